"""Settings: what ``koe.yaml`` may say, with its defaults.

Every key can also be an environment variable: ``KOE_DATABASE``, ``KOE_DETECTION__LEVEL`` and so on; the environment
wins over the file. :mod:`koe.settings_file` reads the file and tells mistakes with their line.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from koe.feedback import Channel, Disclosure, Scale
from koe.settings_clocks import CalendarSettings, Targets, in_days
from koe.settings_delivery import DeliverySettings
from koe.settings_drafts import DraftsSettings
from koe.settings_environment import DELIMITER, PREFIX, EnvironmentSource
from koe.settings_heads import EmbeddingModel, SentimentModel, TriggerModel
from koe.settings_notify import NotifySettings
from koe.settings_part import Part
from koe.settings_times import Duration, ZoneName
from koe.settings_webhooks import WebhookSettings, checked
from koe.taxonomy import TRIGGER_TYPES, Intent, Polarity, Sentiment
from koe.ticket import Priority


def _iso_date(value: object) -> object:
    # YAML reads an unquoted 2022-01-01 as a date.
    return value.isoformat() if isinstance(value, date) else value


def _as_list(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


class SourceSettings(Part):
    """A file or a set of files that feedback comes from, and how its columns are called.

    ``map`` gives the column of a field (``text: 本文``), ``set`` a fixed value for it. A field whose column has the
    same name needs no entry; columns that no field claims become attributes, but for those in ``ignore``.
    """

    channel: Channel | None = None
    path: Annotated[list[str], BeforeValidator(_as_list)] = Field(min_length=1)
    format: Literal["csv", "tsv", "jsonl", "xlsx", "parquet"] | None = None
    encoding: str | None = None
    timezone: ZoneName | None = None
    time_format: str | None = None
    sheet: str | None = None
    map: dict[str, str] = Field(default_factory=dict)
    set: dict[str, Annotated[str | int | float, BeforeValidator(_iso_date)]] = Field(default_factory=dict)
    ignore: list[str] = Field(default_factory=list)
    scale: Scale | None = None


class Names(Part):
    """A name in the report's languages."""

    ja: str | None = None
    en: str | None = None


class ProductSettings(Part):
    """How a product is called, which team owns its defects, and of what kind it is (``speaker``)."""

    name: Names = Names()
    owner: str | None = None
    kind: str | None = None


class ModelSettings(Part):
    """Which model reads the feedback: ``default`` is koe's own; else the folder of another in koe's format.

    ``sentiment``, ``triggers`` and ``embedding`` name other models that read in the place of its heads.
    """

    name: str = "default"
    sentiment: SentimentModel | None = None
    triggers: TriggerModel | None = None
    embedding: EmbeddingModel | None = None
    batch_tokens: int = Field(default=4096, ge=512)
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    @field_validator("sentiment", "triggers", "embedding", mode="before")
    @classmethod
    def _default_is_own(cls, value: object) -> object:
        return None if value == "default" else value

    def heads_meant_from(self, folder: Path) -> ModelSettings:
        """The same with the other models' folders as paths from a folder."""
        heads = {"sentiment": self.sentiment, "triggers": self.triggers, "embedding": self.embedding}
        return self.model_copy(update={head: one and one.meant_from(folder) for head, one in heads.items()})


class TriggerPattern(Part):
    """A trigger type of one's own, found by spaCy Matcher patterns or by plain words."""

    type: str
    polarity: Polarity = Polarity.NEGATIVE
    words: list[str] = Field(default_factory=list)
    pattern: list[dict[str, Any]] = Field(default_factory=list)
    lang: Literal["ja", "en"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> TriggerPattern:
        if not self.words and not self.pattern:
            raise ValueError("a trigger pattern needs words: or pattern:")
        return self


class TaxonomySettings(Part):
    """Changes to the trigger types: renamed, switched off, added."""

    rename: dict[str, str] = Field(default_factory=dict)
    off: list[str] = Field(default_factory=list)
    add: list[TriggerPattern] = Field(default_factory=list)

    @field_validator("rename", "off")
    @classmethod
    def _known_types(cls, names: Any) -> Any:
        for name in names:
            if name not in TRIGGER_TYPES:
                raise ValueError(f"unknown trigger type {name!r}; known ones are {', '.join(TRIGGER_TYPES)}")
        return names


class Condition(Part):
    """When a routing rule holds: every key that is given must hold; within a list one is enough.

    ``triggers`` counts phrases that say something went wrong where the type names a fault, and ``polarity`` asks for
    others. ``low_score`` is a survey score in the lowest quarter of its scale. ``answer`` is an answer to a question,
    ``answered`` a question that has one. ``length_at_least`` counts title and text in columns of a terminal: a kanji
    is two, a Latin letter one. ``repeated`` is the same person again after something that needed a response.
    """

    safety: bool | None = None
    stars_at_most: float | None = None
    stars_at_least: float | None = None
    score_at_most: float | None = None
    low_score: bool | None = None
    triggers: Annotated[list[str] | None, BeforeValidator(_as_list)] = None
    polarity: Annotated[list[Polarity] | None, BeforeValidator(_as_list)] = None
    intents: Annotated[list[Intent] | None, BeforeValidator(_as_list)] = None
    sentiment: Annotated[list[Sentiment] | None, BeforeValidator(_as_list)] = None
    channel: Annotated[list[Channel] | None, BeforeValidator(_as_list)] = None
    product: Annotated[list[str] | None, BeforeValidator(_as_list)] = None
    lang: Annotated[list[str] | None, BeforeValidator(_as_list)] = None
    disclosure: Annotated[list[Disclosure] | None, BeforeValidator(_as_list)] = None
    reach_at_least: int | None = None
    length_at_least: int | None = None
    repeated: bool | None = None
    answer: bool | None = None
    answered: bool | None = None


class RoutingRule(Part):
    """One line of the routing table: the first that holds decides.

    A rule holds when one of its ``when`` holds and none of its ``unless``. ``queue`` ``none`` makes no ticket;
    ``by_channel`` names another queue for some channels. ``reason`` says in words why, for the person who gets the
    ticket; ``label`` says the same in the desk's languages.
    """

    name: str
    when: Annotated[list[Condition], BeforeValidator(_as_list)] = Field(default=[Condition()], min_length=1)
    unless: Annotated[list[Condition], BeforeValidator(_as_list)] = Field(default_factory=list)
    queue: str
    by_channel: dict[Channel, str] = Field(default_factory=dict)
    priority: Priority
    needs_response: bool = True
    reason: str = ""
    label: Names = Names()

    @property
    def sentence(self) -> str:
        """Why the rule holds, as tickets keep it: the reason, or the label where that is all there is."""
        return self.reason or self.label.en or self.label.ja or ""


class QueueSettings(Part):
    """A queue and how soon its tickets are due, by priority.

    With a ``calendar`` its clocks count business time, without one elapsed time. ``due`` is short for the first
    response alone of ``targets``. Only people with all of its ``skills`` get its tickets. ``follow_up`` is how long
    after resolving somebody asks the customer whether it holds.
    """

    title: Names = Names()
    calendar: str | None = None
    due: dict[Priority, Duration] = Field(default_factory=dict)
    targets: dict[Priority, Targets] = Field(default_factory=dict)
    lease: Duration = timedelta(minutes=30)
    skills: list[str] = Field(default_factory=list)
    follow_up: Duration | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_days_of_business_time(cls, value: object) -> object:
        if isinstance(value, dict) and value.get("calendar"):
            for name, written in in_days(value):
                raise ValueError(
                    f"{name} says {written}; with a calendar expected hours or minutes of work, such as 8h"
                )
        return value

    @model_validator(mode="after")
    def _one_first_response(self) -> QueueSettings:
        for priority, targets in self.targets.items():
            if targets.first_response is not None and priority in self.due:
                raise ValueError(
                    f"due.{priority} and targets.{priority}.first_response are the same thing; leave it in one of them"
                )
        return self

    def first_response(self, priority: Priority) -> timedelta | None:
        """How soon koe.yaml wants a first response; ``None`` where it does not say."""
        targets = self.targets.get(priority, Targets())
        return self.due.get(priority) if targets.first_response is None else targets.first_response

    def resolution(self, priority: Priority) -> timedelta | None:
        """How soon koe.yaml wants a solution; ``None`` where it does not say."""
        return self.targets.get(priority, Targets()).resolution


class RoutingSettings(Part):
    """The routing rules, read before the default table; with ``defaults: false`` instead of it."""

    rules: list[RoutingRule] = Field(default_factory=list)
    defaults: bool = True
    repeat_within: Duration = timedelta(days=60)


class DiscoverySettings(Part):
    """How alike complaints must be to share an issue, and how many make one.

    ``min_members`` counts different feedback. ``complaint`` is the probability from which a segment complains.
    ``assign`` says how far a segment must stand out towards an issue, in standard deviations of what unrelated
    complaints of the product show; ``found`` is the cosine at which two gathered groups are one issue.
    ``auto_merge`` carries the surest proposals to merge issues out; otherwise they wait for a person. ``regroup``
    groups all complaints anew after each run, every move an event of the ledger; `koe issues regroup` does it once.
    ``parts`` are the attributes that name a part which several products may have in common.
    """

    min_members: int = Field(default=4, ge=2)
    complaint: float = Field(default=0.5, ge=0, le=1)
    assign: float = Field(default=2.2, ge=0, le=10)
    found: float = Field(default=0.45, ge=-1, le=1)
    auto_merge: bool = False
    regroup: bool = False
    parts: Annotated[list[str], BeforeValidator(_as_list)] = Field(default_factory=lambda: ["part"])


class DetectionSettings(Part):
    """How sure an alert must be: the false discovery rate over all issues of a week, and the weeks looked back on.

    The weekly report looks back on ``baseline_weeks``, ``koe detect`` on ``series_weeks``.
    """

    level: float = Field(default=0.05, gt=0, lt=1)
    baseline_weeks: int = Field(default=12, ge=3)
    series_weeks: int = Field(default=52, ge=3)
    min_weeks: int = Field(default=4, ge=2)


class Settings(BaseSettings):
    """The whole of ``koe.yaml``. Relative paths are meant from the folder of the file."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,  # passwords of databases, mails and chats
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        protected_namespaces=(),
    )

    database: str = "sqlite:///koe.sqlite"
    timezone: ZoneName = "Asia/Tokyo"
    output: str = "koe-out"
    output_url: str = ""
    languages: Annotated[list[Literal["ja", "en"]], BeforeValidator(_as_list)] = Field(
        default=["ja", "en"], min_length=1
    )
    max_row_bytes: int = Field(default=1_000_000, ge=1_000)
    sources: dict[str, SourceSettings] = Field(default_factory=dict)
    products: dict[str, ProductSettings] = Field(default_factory=dict)
    model: ModelSettings = ModelSettings()
    taxonomy: TaxonomySettings = TaxonomySettings()
    discovery: DiscoverySettings = DiscoverySettings()
    detection: DetectionSettings = DetectionSettings()
    notify: Annotated[list[NotifySettings], BeforeValidator(_as_list)] = Field(default_factory=list)
    routing: RoutingSettings = RoutingSettings()
    calendars: dict[str, CalendarSettings] = Field(default_factory=dict)
    queues: dict[str, QueueSettings] = Field(default_factory=dict)
    delivery: DeliverySettings = DeliverySettings()
    webhooks: Annotated[list[WebhookSettings], BeforeValidator(_as_list)] = Field(default_factory=list)
    drafts: DraftsSettings = DraftsSettings()
    folder: Path = Field(default=Path(), exclude=True)
    file: Path | None = Field(default=None, exclude=True)

    @field_validator("webhooks")
    @classmethod
    def _sound_webhooks(cls, webhooks: list[WebhookSettings], info: ValidationInfo) -> list[WebhookSettings]:
        return checked(webhooks, info.data.get("delivery", DeliverySettings()).lease)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that weeks and bare times are meant in."""
        return ZoneInfo(self.timezone)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return EnvironmentSource(settings_cls), init_settings
