"""Targets: from what koe.yaml says to the adapter that delivers there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from desk.delivery.adapter import Adapter
from desk.routing import all_queues
from koe.errors import DeliveryError, SettingsError, UsageError
from koe.settings import Settings
from koe.settings_delivery import DEFAULT_FILE, DEFAULT_TARGET, FileTarget, Target, WebhookTarget, filled

if TYPE_CHECKING:
    from desk.delivery.webhook import Webhook


class Targets:
    """The adapters of koe.yaml's targets, each made when it is first used and kept."""

    def __init__(self, settings: Settings, environment: Mapping[str, str], clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._environment = environment
        self._clock = clock
        self._made: dict[str, Adapter] = {}
        self._webhooks: dict[str, Webhook] = {}

    @classmethod
    def of_this_process(cls, settings: Settings, clock: Callable[[], datetime]) -> Targets:
        """The targets with secrets from the environment of this process."""
        return cls(settings, os.environ, clock)

    def adapter(self, name: str) -> Adapter:
        """The adapter of a target.

        Raises:
            DeliveryError: koe.yaml has no such target (any more), or its secret is not set.
        """
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def webhook(self, name: str) -> Webhook:
        """The adapter of a webhook that is told of new tickets.

        Raises:
            DeliveryError: koe.yaml has no such webhook (any more), or its secret is not set.
        """
        if name not in self._webhooks:
            found = next((one for one in self._settings.webhooks if one.target == name), None)
            if found is None:
                raise DeliveryError(f"there is no {name!r} under webhooks: in koe.yaml (any more)")
            try:
                self._webhooks[name] = self._posting_to(found)
            except UsageError as error:
                raise DeliveryError(f"{name!r}: {error}") from error
        return self._webhooks[name]

    def check(self) -> int:
        """Make all adapters; returns how many targets of replies there are.

        Raises:
            SettingsError: the secret of one is not set, or a webhook is to hear of a queue that there is not.
        """
        queues = all_queues(self._settings)
        for place, hook in enumerate(self._settings.webhooks):
            for queue in hook.queues or ():
                if queue not in queues:
                    raise SettingsError(
                        f"unknown queue {queue!r}", where=f"webhooks.{place}.queues", expected=", ".join(queues)
                    )
            try:
                self.webhook(hook.target)
            except DeliveryError as error:
                raise SettingsError(str(error), where=f"webhooks.{place}") from error
        for name in self._settings.delivery.targets:
            try:
                self.adapter(name)
            except DeliveryError as error:
                raise SettingsError(str(error), where=f"delivery.targets.{name}") from error
        return len(self._settings.delivery.targets)

    def _make(self, name: str) -> Adapter:
        target = self._settings.delivery.targets.get(name)
        if target is None and name == DEFAULT_TARGET:
            target = Target(file=FileTarget(path=f"{self._settings.output}/{DEFAULT_FILE}"))
        if target is None:
            raise DeliveryError(f"there is no target {name!r} under delivery: in koe.yaml (any more)")
        try:
            return self._of(target)
        except UsageError as error:
            raise DeliveryError(f"the target {name!r}: {error}") from error

    def _of(self, target: Target) -> Adapter:
        if target.webhook is not None:
            return self._posting_to(target.webhook)
        if target.email is not None:
            from desk.delivery.mail import Mail

            kept = target.email.password
            password = None if kept is None else filled(kept, self._environment)
            return Mail(target.email, password, self._clock)
        from desk.delivery.json_file import JsonFile

        return JsonFile(self._settings.folder / (target.file.path if target.file else DEFAULT_FILE))

    def _posting_to(self, web: WebhookTarget) -> Webhook:
        from desk.delivery.webhook import Webhook

        return Webhook(web.url, filled(web.secret, self._environment), web.timeout, self._clock)
