"""Settings of the targets that the week's summary is sent to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from koe.errors import UsageError
from koe.settings_part import Part

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def _as_list(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


class NotifySettings(Part):
    """A target as an Apprise URL (``slack://…``, ``mailto://…``, ``json://…``), which is kept out of every output.

    ``${NAME}`` in the URL stands for an environment variable. ``languages`` default to those of the reports. ``when``
    says whether every week is sent, or only those in which an issue alerts.
    """

    url: SecretStr = Field(min_length=1)
    languages: Annotated[list[Literal["ja", "en"]] | None, BeforeValidator(_as_list)] = Field(
        default=None, min_length=1
    )
    when: Literal["always", "alert"] = "always"

    @model_validator(mode="before")
    @classmethod
    def _url_alone(cls, value: object) -> object:
        return {"url": value} if isinstance(value, str) else value

    def address(self, environment: Mapping[str, str]) -> str:
        """The URL with its variables filled in.

        A variable that is a part of the URL is percent-encoded, so that a password may hold any character; one that
        is all of the URL is taken as it is.

        Raises:
            UsageError: a variable is not set; says which.
        """
        url = self.url.get_secret_value().strip()
        whole = _VARIABLE.fullmatch(url) is not None

        def filled(found: re.Match[str]) -> str:
            value = environment.get(found[1], "")
            if not value:
                raise UsageError(f"the environment variable {found[1]} is not set")
            return value if whole else quote(value, safe="")

        return _VARIABLE.sub(filled, url)
