"""Settings of other models that read in the place of koe's own heads: for sentiment, trigger phrases, embeddings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from koe.settings_part import Part
from koe.taxonomy import TRIGGER_TYPES, Polarity, Sentiment


def _text_keys(value: object) -> object:
    # YAML reads the label in `0: negative` as a number.
    return {str(k) if isinstance(k, int) else k: v for k, v in value.items()} if isinstance(value, dict) else value


def _trigger(value: str) -> str:
    kind, _, polarity = value.partition(":")
    if kind not in TRIGGER_TYPES:
        raise ValueError(f"unknown trigger type {kind!r}; known ones are {', '.join(TRIGGER_TYPES)}")
    if polarity and polarity not in set(Polarity):
        raise ValueError(
            f"unknown polarity {polarity!r}; expected type:{'|'.join(Polarity)}, such as delivery:positive"
        )
    return value


class HeadModel(Part):
    """A model in Hugging Face format: a folder, or the id of one on the hub (``organisation/model``)."""

    name: str = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    def meant_from(self, folder: Path) -> Self:
        """The same with a relative name as a path from a folder, where it leads to one."""
        own = folder / Path(self.name).expanduser()
        return self.model_copy(update={"name": str(own)}) if own.is_dir() else self


class SentimentModel(HeadModel):
    """A sequence classifier. ``labels`` says which mood each of its labels means; those it does not name mean what
    they say (positive, neg, 4 stars …), or else neutral.
    """

    labels: Annotated[dict[str, Sentiment], BeforeValidator(_text_keys)] = Field(default_factory=dict)


class TriggerModel(HeadModel):
    """A token classifier with BIO, BIOES or IO tags. ``labels`` gives for a tag, without its ``B-`` or ``I-``, the
    trigger type, or ``type:polarity``; those it does not name mean the type of that name, or else nothing.
    """

    labels: Annotated[dict[str, Annotated[str, AfterValidator(_trigger)]], BeforeValidator(_text_keys)] = Field(
        default_factory=dict
    )


class EmbeddingModel(HeadModel):
    """An encoder. ``pooling`` (default: what the model's own files say, else mean) makes one vector of the pieces';
    ``prefix`` goes before every text that is read, as some encoders want it (``"query: "``).
    """

    pooling: Literal["mean", "cls"] | None = None
    prefix: str = ""
