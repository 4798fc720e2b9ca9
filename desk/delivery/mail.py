"""E-mail as a target: one message a reply, over SMTP."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from koe.errors import DelayError, DeliveryError
from koe.outbox import OutgoingReply
from koe.settings_delivery import EmailTarget, check_mail_address

_SUBJECTS = {"ja": "お問い合わせ・ご意見へのご返信", "en": "Our reply to your feedback"}


class Mail:
    """Sends messages through one server. ``Message-ID`` is made of the key, the same in every try.

    SMTP has no idempotency: when the connection is cut after the message was taken and before that was said, the
    customer may get it twice, with the same ``Message-ID``.
    """

    def __init__(self, settings: EmailTarget, password: str | None, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._password = password
        self._clock = clock

    def deliver(self, reply: OutgoingReply) -> str:
        """Send a reply to the address of koe.yaml, or to the one that the feedback has as an attribute.

        Raises:
            DelayError: no connection, or the server says that it is for now (4xx).
            DeliveryError: there is no address, or the server refuses for good (5xx).
        """
        message = self._message(reply)
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _refusal(max(codes, default=550), f"{self._settings.host} refuses the recipient") from error
        except smtplib.SMTPResponseException as error:
            said = (
                error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
            )
            raise _refusal(error.smtp_code, f"{self._settings.host} answered {error.smtp_code} {said}") from error
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryError(f"{self._settings.host}: {error}") from error
        except ssl.SSLCertVerificationError as error:
            raise DeliveryError(f"{self._settings.host} does not prove who it is: {error.verify_message}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise DelayError(f"{self._settings.host} cannot be reached: {error or type(error).__name__}") from error
        return f"taken by {self._settings.host}"

    def _message(self, reply: OutgoingReply) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self._settings.sender
        message["To"] = self._recipient(reply)
        message["Subject"] = f"{_SUBJECTS.get(reply.lang or '', _SUBJECTS['en'])} [{reply.ticket}]"
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{reply.key}@{self._settings.sender.rpartition('@')[2]}>"
        message.set_content(reply.text)
        return message

    def _recipient(self, reply: OutgoingReply) -> str:
        if self._settings.to is not None:
            return self._settings.to
        name = self._settings.to_attribute or ""
        address = reply.attributes.get(name, "").strip()
        if not address:
            raise DeliveryError(f"{reply.source}:{reply.external_id} has no attribute {name!r} with an address")
        try:
            return check_mail_address(address)
        except ValueError as error:
            raise DeliveryError(
                f"the attribute {name!r} of {reply.source}:{reply.external_id} is no address"
            ) from error

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        secure = ssl.create_default_context()
        if settings.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port_in_use, timeout=settings.timeout, context=secure
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port_in_use, timeout=settings.timeout)
        try:
            if settings.tls == "starttls":
                server.starttls(context=secure)
            if settings.user is not None and self._password is not None:
                server.login(settings.user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def _refusal(code: int, problem: str) -> DeliveryError:
    return DelayError(problem) if 400 <= code < 500 else DeliveryError(problem)
