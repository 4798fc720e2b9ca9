"""A chosen model's weights and tokenizer, out of its folder alone: nothing is asked of the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from koe.errors import ModelError
from nlp.other_models.choice import Choice, Kind
from nlp.other_models.passes import Passes
from nlp.other_models.pieces import PieceReader

_TRAINED_FOR: dict[Kind, str] = {
    "SequenceClassification": "sequence classification",
    "TokenClassification": "token classification",
    "encoder": "encoding text",
}


@dataclass(frozen=True, slots=True)
class Running:
    """How models run here: ``batch_tokens`` bounds the padded pieces of one call, ``dtype`` is the number format."""

    batch_tokens: int
    dtype: torch.dtype


def open_passes(choice: Choice, running: Running, offsets: bool, prefix: str = "") -> Passes:
    """Load a chosen model with its tokenizer; with ``offsets`` that must say where its pieces stand.

    Raises:
        ModelError: when one of them cannot be loaded, or the weights lack those of the model's kind.
    """
    import transformers

    pieces = _open_tokenizer(choice, offsets, prefix)
    opener = transformers.AutoModel if choice.kind == "encoder" else getattr(transformers, f"AutoModelFor{choice.kind}")
    try:
        with _quiet():
            model, told = opener.from_pretrained(
                choice.folder,
                local_files_only=True,
                trust_remote_code=False,
                dtype=running.dtype,
                output_loading_info=True,
            )
    except Exception as error:  # OSError, ValueError, RuntimeError, SafetensorError, ImportError …
        raise ModelError(f"model {choice.name!r}: its weights cannot be loaded ({_reason(error)})") from error
    missing = sorted(key for key in told["missing_keys"] if choice.kind != "encoder" or "pooler" not in key)
    if missing:
        raise ModelError(
            f"model {choice.name!r}: its weights lack {', '.join(missing[:3])}; "
            f"expected a model trained for {_TRAINED_FOR[choice.kind]}"
        )
    if choice.kind == "encoder" and model.config.is_encoder_decoder:
        model = model.get_encoder()
    if model.config.pad_token_id is None:
        model.config.pad_token_id = pieces.pad
    return Passes(model.eval(), pieces, running.batch_tokens)


def _open_tokenizer(choice: Choice, offsets: bool, prefix: str) -> PieceReader:
    from transformers import AutoTokenizer

    try:
        with _quiet():
            tokenizer = AutoTokenizer.from_pretrained(choice.folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # as above, and the bare Exception of tokenizers
        raise ModelError(f"model {choice.name!r}: its tokenizer cannot be read ({_reason(error)})") from error
    if offsets and not tokenizer.is_fast:
        raise ModelError(
            f"model {choice.name!r} has a slow tokenizer ({type(tokenizer).__name__}), which does not say where its "
            "pieces stand in the text; name a model with a fast one (a tokenizer.json in its folder)"
        )
    return PieceReader(tokenizer, prefix)


def _reason(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the bars and tables that transformers prints while it loads."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
