"""The model: one BERT encoder and the heads that read its one pass."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from koe.errors import ModelError
from koe.taxonomy import TRIGGER_TYPES, Intent, Polarity, Sentiment
from nlp.model_files import INDEX, weight_files

SENTIMENTS = tuple(Sentiment)
POLARITIES = tuple(Polarity)
INTENTS = tuple(Intent)

#: Where a piece stands: outside every phrase, at the begin of one, inside, at the end, or a phrase by itself.
PLACES = ("outside", "begin", "inside", "end", "single")

_EMBEDDINGS = "bert.embeddings.word_embeddings.weight"
_SHARDS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")


@dataclass(slots=True)
class Calibration:
    """What was fitted on the held-back part after training.

    ``temperature`` divides the sentiment logits; the thresholds turn probabilities into decisions. ``outside`` is
    added to the log-odds that a piece belongs to no phrase: the higher, the fewer phrases. A phrase has a second type
    when that has the share ``second``. ``danger`` weighs what speaks for danger: the head's log-odds, the score of the
    surest safety phrase, and the evidence of words (see :mod:`nlp.patterns`).
    """

    temperature: float = 1.0
    intents: dict[str, float] = field(default_factory=dict)
    safety: float = 0.5
    outside: float = 0.0
    second: float = 0.35
    danger: dict[str, float] = field(default_factory=lambda: {"bias": 0.0, "head": 1.0, "phrase": 0.0, "words": 1.0})


@dataclass(slots=True)
class Outlook:
    """Everything about a model that is not a weight, as ``config.json`` keeps it under ``koe``."""

    name: str = "koe-small"
    version: str = "0.4.0"
    trigger_types: tuple[str, ...] = TRIGGER_TYPES
    calibration: Calibration = field(default_factory=Calibration)


class Heads(nn.Module):
    """All heads. Widths: ``w`` the encoder's, ``T`` the trigger types."""

    def __init__(self, width: int, types: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.types = types
        self.tokens_hidden = nn.Linear(2 * width, width)
        self.tokens = nn.Linear(width, len(PLACES) + types + len(POLARITIES))
        self.document = nn.Linear(2 * width, width)
        self.sentiment = nn.Linear(width, len(SENTIMENTS))
        self.intents = nn.Linear(width, len(INTENTS))
        self.safety = nn.Linear(width, 1)
        self.statement_hidden = nn.Linear(width, 64)
        self.statement = nn.Linear(64, 1)
        self.vector_hidden = nn.Linear(2 * width, 2 * width)
        self.vector = nn.Linear(2 * width, width)
        self.vector_mean: Tensor
        self.vector_scale: Tensor
        self.register_buffer("vector_mean", torch.zeros(2 * width))
        self.register_buffer("vector_scale", torch.ones(2 * width))

    def read_tokens(self, hidden: Tensor, middle: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits per piece from last and middle layer ``(…, w)``: its place in a phrase ``(…, 5)``, the phrase's type
        ``(…, T)``, its polarity ``(…, 3)``. Where a phrase stands is learnt from all types together.
        """
        joint = torch.cat([self.dropout(hidden), self.dropout(middle)], dim=-1)
        out = self.tokens(self.dropout(functional.gelu(self.tokens_hidden(joint))))
        places, types, polarity = out.split((len(PLACES), self.types, len(POLARITIES)), dim=-1)
        return places, types, polarity

    def read_document(self, first: Tensor, pooled: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits ``(n, 4)`` sentiment, ``(n, 11)`` intents, ``(n,)`` safety, from first piece and mean ``(n, w)``."""
        joint = torch.cat([self.dropout(first), self.dropout(pooled)], dim=-1)
        hidden = self.dropout(torch.tanh(self.document(joint)))
        return self.sentiment(hidden), self.intents(hidden), self.safety(hidden).squeeze(-1)

    def read_statements(self, pooled: Tensor) -> Tensor:
        """Complaint logits ``(n,)`` from pooled statements ``(n, w)``."""
        hidden = torch.tanh(self.statement_hidden(self.dropout(pooled)))
        return cast(Tensor, self.statement(hidden).squeeze(-1))

    def embed(self, pooled: Tensor, middle: Tensor) -> Tensor:
        """Unit vectors from the pooled last and middle layer, all ``(n, w)``."""
        joint = (torch.cat([pooled, middle], dim=-1) - self.vector_mean) / self.vector_scale
        return functional.normalize(self.vector(functional.gelu(self.vector_hidden(joint))), dim=-1)


class KoeModel(nn.Module):
    """A BERT encoder with :class:`Heads`; ``config`` is the encoder's Hugging Face configuration."""

    def __init__(self, config: Any, outlook: Outlook | None = None) -> None:
        from transformers import BertModel

        super().__init__()
        self.config = config
        self.outlook = outlook or Outlook()
        self.bert = BertModel(config, add_pooling_layer=False)
        self.heads = Heads(config.hidden_size, len(self.outlook.trigger_types), config.hidden_dropout_prob)

    @property
    def width(self) -> int:
        """The length of an embedding."""
        return int(self.config.hidden_size)

    def encode(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """States of the last and of the middle layer, ``(n, l, w)``, for padded ids and their mask ``(n, l)``."""
        states = self.bert(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        return states[-1], states[2 * len(states) // 3]

    def save(self, folder: Path) -> None:
        """Write it in Hugging Face format, float16, the frozen word embeddings in a file of their own."""
        from safetensors.torch import save_file

        folder.mkdir(parents=True, exist_ok=True)
        half = {name: value.detach().to(torch.float16).contiguous() for name, value in self.state_dict().items()}
        shards = [{_EMBEDDINGS: half.pop(_EMBEDDINGS)}, half]
        weight_map: dict[str, str] = {}
        for name, shard in zip(_SHARDS, shards, strict=True):
            save_file(shard, folder / name, metadata={"format": "pt"})
            weight_map |= dict.fromkeys(shard, name)
        size = sum(value.numel() * 2 for shard in shards for value in shard.values())
        _write_json(folder / INDEX, {"metadata": {"total_size": size}, "weight_map": weight_map})
        self.save_outlook(folder)

    def save_outlook(self, folder: Path) -> None:
        """Write ``config.json`` alone: the encoder's configuration and koe's part with the calibration."""
        config = self.config.to_dict() | {"architectures": ["KoeModel"], "dtype": "float16"}
        _write_json(folder / "config.json", config | {"koe": asdict(self.outlook)})

    @classmethod
    def load(cls, folder: Path) -> KoeModel:
        """Read a folder that :meth:`save` wrote, into float32.

        Raises:
            ModelError: when a file is missing or is not what it should be.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file
        from transformers import BertConfig

        config, outlook = read_config(folder)
        state: dict[str, Tensor] = {}
        try:
            for path in weight_files(folder):
                state |= load_file(path)
            with torch.device("meta"):
                model = cls(BertConfig.from_dict(config), outlook)
            model.load_state_dict({name: value.float() for name, value in state.items()}, assign=True, strict=False)
        except (OSError, SafetensorError, RuntimeError) as error:
            raise ModelError(
                f"{folder}: the weights cannot be read ({error}); install or train the model again"
            ) from error
        missing = sorted(set(model.state_dict()) - set(state))
        if missing:
            raise ModelError(f"{folder}: the weights lack {missing[0]} and {len(missing) - 1} more; train it again")
        _fill_positions(model)
        return model.eval()


def read_config(folder: Path) -> tuple[dict[str, Any], Outlook]:
    """The encoder's configuration and koe's part of a model folder.

    Raises:
        ModelError: when the folder holds no model in koe's format, or one of another version of koe.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{folder}: no readable config.json; expected a model folder, such as `koe train` writes"
        ) from error
    part = config.pop("koe", None)
    if not isinstance(part, dict) or config.get("model_type") != "bert":
        raise ModelError(
            f"{folder}: not a model in koe's format (config.json has no `koe` part); "
            "leave model: default, or name a folder made by nlp/training/train.py"
        )
    try:
        calibration = Calibration(**part.pop("calibration"))
        part["trigger_types"] = tuple(part["trigger_types"])
        return config, Outlook(**part, calibration=calibration)
    except (TypeError, KeyError) as error:
        raise ModelError(
            f"{folder}: config.json is of another version of koe ({error}); make the model anew: "
            "`koe train` for an adapted one, nlp/training/train.py for others"
        ) from error


def _fill_positions(model: KoeModel) -> None:
    """Buffers that BERT does not keep in its files are still on the meta device: make them anew."""
    embeddings = model.bert.embeddings
    size = model.config.max_position_embeddings
    embeddings.register_buffer("position_ids", torch.arange(size).expand((1, -1)), persistent=False)
    embeddings.register_buffer("token_type_ids", torch.zeros((1, size), dtype=torch.long), persistent=False)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
