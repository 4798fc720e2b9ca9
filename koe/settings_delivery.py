"""Settings of delivery: where replies go, by source and by channel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator

from koe.errors import UsageError
from koe.feedback import Channel
from koe.settings_part import Part
from koe.settings_times import Duration

#: The target of replies that koe.yaml gives no other: a file beside the reports.
DEFAULT_TARGET = "file"
DEFAULT_FILE = "replies.jsonl"

T = TypeVar("T")

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def filled(secret: SecretStr, environment: Mapping[str, str]) -> str:
    """A secret with each ``${NAME}`` replaced by that environment variable.

    Raises:
        UsageError: a variable is not set; says which.
    """

    def value(found: re.Match[str]) -> str:
        if not environment.get(found[1]):
            raise UsageError(f"the environment variable {found[1]} is not set")
        return environment[found[1]]

    return _VARIABLE.sub(value, secret.get_secret_value())


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise ValueError(f"{value!r} is no web address; expected something like https://shop.example/replies")
    if parts.username or parts.password:
        raise ValueError("a web address with a password in it would be printed; expected secret: ${NAME} instead")
    return value


def check_mail_address(value: str) -> str:
    """The address itself.

    Raises:
        ValueError: when it is no single e-mail address.
    """
    if not re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+", value):
        raise ValueError(f"{value!r} is no e-mail address; expected something like support@shop.example")
    return value


def _path_alone(value: object) -> object:
    return {"path": value} if isinstance(value, str) else value


MailAddress = Annotated[str, AfterValidator(check_mail_address)]


class FileTarget(Part):
    """A file that gets one JSON line a reply; a relative path is meant from the folder of koe.yaml."""

    path: str = Field(min_length=1)


class WebhookTarget(Part):
    """An address that gets a signed POST for each reply.

    ``secret`` signs (HMAC-SHA256); ``${NAME}`` in it stands for an environment variable. ``timeout`` is in seconds.
    Only https, but to this machine itself or with ``plain_http``.
    """

    url: Annotated[str, AfterValidator(_web_address)]
    secret: SecretStr = Field(min_length=1)
    timeout: float = Field(default=10, gt=0, le=120)
    plain_http: bool = False

    @model_validator(mode="after")
    def _private(self) -> WebhookTarget:
        parts = urlsplit(self.url)
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK and not self.plain_http:
            raise ValueError("replies would cross the network readable by anybody; expected https, or plain_http: true")
        return self


class EmailTarget(Part):
    """An SMTP server that sends each reply as a message.

    The message goes ``to`` one address, or to the one in the feedback's attribute ``to_attribute``. ``password`` may
    be ``${NAME}``, an environment variable. ``tls``: ``starttls``, ``tls`` (from the first byte) or ``none``.
    """

    host: str = Field(min_length=1)
    port: int | None = Field(default=None, ge=1, le=65_535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    sender: MailAddress
    to: MailAddress | None = None
    to_attribute: str | None = None
    timeout: float = Field(default=20, gt=0, le=120)

    @model_validator(mode="after")
    def _sound(self) -> EmailTarget:
        if (self.to is None) == (self.to_attribute is None):
            raise ValueError("expected either to: an address, or to_attribute: the attribute that holds it")
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password go together")
        if self.user is not None and self.tls == "none" and self.host not in _LOOPBACK:
            raise ValueError("the password would cross the network readable by anybody; expected tls: starttls or tls")
        return self

    @property
    def port_in_use(self) -> int:
        """The port, by default the one that belongs to the kind of encryption."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.tls]


class Target(Part):
    """Somewhere replies go: one of ``file``, ``webhook`` and ``email``."""

    file: Annotated[FileTarget | None, BeforeValidator(_path_alone)] = None
    webhook: WebhookTarget | None = None
    email: EmailTarget | None = None

    @model_validator(mode="after")
    def _just_one(self) -> Target:
        if sum(kind is not None for kind in (self.file, self.webhook, self.email)) != 1:
            raise ValueError("a target is just one of file, webhook and email")
        return self

    @property
    def longest(self) -> timedelta:
        """How long a delivery may take: both kinds ask and wait a dozen times at most."""
        return timedelta(seconds=12 * max((part.timeout for part in (self.webhook, self.email) if part), default=0))


class DeliverySettings(Part):
    """Where replies go: by source, else by channel, else to ``default``; and how often a delivery is tried.

    A failed try is followed by another one after ``first_wait``, then twice that, up to ``longest_wait``; after
    ``tries`` failures the reply is given up until somebody says ``koe send --retry``. Who delivers a reply has it for
    ``lease``; if nothing was heard by then, the next try begins.
    """

    targets: dict[str, Target] = Field(default_factory=dict)
    sources: dict[str, str] = Field(default_factory=dict)
    channels: dict[Channel, str] = Field(default_factory=dict)
    default: str = DEFAULT_TARGET
    tries: int = Field(default=12, ge=1, le=100)
    first_wait: Duration = Field(default=timedelta(minutes=1), gt=timedelta())
    longest_wait: Duration = Field(default=timedelta(hours=6), gt=timedelta())
    lease: Duration = Field(default=timedelta(minutes=5), gt=timedelta())

    @field_validator("sources", "channels", "default")
    @classmethod
    def _known_targets(cls, value: T, info: ValidationInfo) -> T:
        known = {*info.data.get("targets", {}), DEFAULT_TARGET}
        for name in value.values() if isinstance(value, dict) else [value]:
            if name not in known:
                raise ValueError(f"unknown target {name!r}; known ones are {', '.join(sorted(known))}")
        return value

    @model_validator(mode="after")
    def _time_enough(self) -> DeliverySettings:
        for name, target in self.targets.items():
            if target.longest >= self.lease:
                raise ValueError(
                    f"the lease ends before a delivery to {name} has to: expected more than twelve times its timeout"
                )
        return self

    def target_for(self, source: str, channel: Channel | None) -> str:
        """The name of the target that replies to a source and a channel go to."""
        by_channel = self.channels.get(channel) if channel else None
        return self.sources.get(source) or by_channel or self.default
