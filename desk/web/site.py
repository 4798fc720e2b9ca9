"""The site: what every page needs of koe, made once when the application starts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from desk.due import ServiceLevels, service_levels
from desk.passwords import Passwords
from desk.routing import all_queues
from desk.web.boards import Boards
from desk.web.language import LANGUAGES, Language
from koe.settings import Names, QueueSettings, Settings

if TYPE_CHECKING:
    from storage.database import Database
    from storage.work import Work

#: The names of this machine for itself.
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Site:
    """Settings, database and clock of the desk.

    ``model`` names the model whose analyses are shown. ``secure`` is whether browsers come over TLS: then cookies
    are kept from plain connections. ``hosts`` are the names the desk answers to (empty: to all).
    """

    settings: Settings
    database: Database
    clock: Callable[[], datetime]
    model: Callable[[Work], str]
    passwords: Passwords = field(default_factory=Passwords)
    secure: bool = False
    hosts: Collection[str] = LOOPBACK

    @cached_property
    def languages(self) -> dict[str, Language]:
        """The languages of the pages, by code."""
        return {code: Language.of(code, self.settings.zone) for code in LANGUAGES}

    @cached_property
    def queues(self) -> dict[str, QueueSettings]:
        """All queues by name."""
        return all_queues(self.settings)

    @cached_property
    def boards(self) -> Boards:
        """The figures of the desk, some of them kept for a while."""
        return Boards()

    @cached_property
    def levels(self) -> ServiceLevels:
        """What every queue promises."""
        return service_levels(self.settings)

    @cached_property
    def labels(self) -> dict[str, Names]:
        """What koe.yaml calls the reasons of its own rules in each language, by the sentence that tickets keep."""
        own = self.settings.routing.rules
        return {rule.sentence: rule.label for rule in own if rule.label.ja or rule.label.en}

    def queue_title(self, name: str, language: Language) -> str:
        """What a queue is called; its name where koe.yaml gives no title."""
        title = self.queues[name].title if name in self.queues else None
        return ((title.ja if language.code == "ja" else title.en) if title else None) or name

    def product_name(self, product: str | None, language: Language) -> str:
        """What a product is called; its id where koe.yaml gives no name."""
        if product is None:
            return language.gettext("Unknown product")
        known = self.settings.products.get(product)
        name = (known.name.ja if language.code == "ja" else known.name.en) if known else None
        return name or (known and (known.name.en or known.name.ja)) or product
