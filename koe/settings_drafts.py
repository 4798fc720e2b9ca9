"""The settings of reply drafts: who signs, what may be promised, where replies stand."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from koe.settings_part import Part

#: What a reply may promise, where the settings allow it.
PromisedAction = Literal["exchange", "refund", "repair", "voucher", "date"]


def _as_list(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


class Texts(Part):
    """A text in the languages of replies; one alone stands for both."""

    ja: str = ""
    en: str = ""

    @model_validator(mode="before")
    @classmethod
    def _one_for_both(cls, value: object) -> object:
        return {"ja": value, "en": value} if isinstance(value, str) else value

    def of(self, lang: str) -> str:
        """The text of a language, without spaces around it; empty where there is none."""
        return (self.ja if lang == "ja" else self.en).strip()


class DraftsSettings(Part):
    """Reply drafts.

    ``signature`` closes a reply, ``signatures`` those of single queues. ``contact`` is where customers reach a person
    in private, ``returns`` how something is returned. ``actions`` are the only ones that may be promised.
    ``templates`` is a folder of templates of one's own, read before koe's. ``outlets`` says where the replies to a
    source stand, and so how long they may be. ``name_from`` are attributes that hold a customer's name.
    """

    company: Texts = Texts()
    signature: Texts = Texts()
    signatures: dict[str, Texts] = Field(default_factory=dict)
    contact: Texts = Texts()
    returns: Texts = Texts()
    actions: Annotated[list[PromisedAction], BeforeValidator(_as_list)] = Field(default_factory=list)
    templates: str | None = None
    outlets: dict[str, Literal["google_play", "app_store", "x", "any"]] = Field(default_factory=dict)
    name_from: Annotated[list[str], BeforeValidator(_as_list)] = Field(default=["customer_name", "氏名", "お名前"])
