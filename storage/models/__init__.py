"""The tables, one module for each word of the design."""

from __future__ import annotations

from storage.models.account import AccountRow, ApiTokenRow, LoginAttemptRow, SessionRow, SetupTokenRow
from storage.models.alert import AlertRow
from storage.models.analysis import AnalysisRow, IntentRow, SegmentRow, TriggerPhraseRow
from storage.models.audit import AuditRow
from storage.models.base import Base
from storage.models.commitment import CommitmentRow, FixNoticeRow, FollowUpRow
from storage.models.counter import CounterRow
from storage.models.exposure import ExposureRow
from storage.models.feedback import CopyRow, FeedbackRow
from storage.models.issue import CorrectionRow, IssueRow, LedgerRow, MemberRow, UnassignedRow
from storage.models.notification import NotificationRow
from storage.models.outbox import DeliveryRow, OutboxRow
from storage.models.proposal import ProposalRow
from storage.models.quarantine import QuarantineRow
from storage.models.routing import RoutingRow
from storage.models.snapshot import ConfigSnapshotRow
from storage.models.ticket import ReplyRow, TicketCopyRow, TicketEventRow, TicketRow

__all__ = [
    "AccountRow",
    "AlertRow",
    "AnalysisRow",
    "ApiTokenRow",
    "AuditRow",
    "Base",
    "CommitmentRow",
    "ConfigSnapshotRow",
    "CopyRow",
    "CorrectionRow",
    "CounterRow",
    "DeliveryRow",
    "ExposureRow",
    "FeedbackRow",
    "FixNoticeRow",
    "FollowUpRow",
    "IntentRow",
    "IssueRow",
    "LedgerRow",
    "LoginAttemptRow",
    "MemberRow",
    "NotificationRow",
    "OutboxRow",
    "ProposalRow",
    "QuarantineRow",
    "ReplyRow",
    "RoutingRow",
    "SegmentRow",
    "SessionRow",
    "SetupTokenRow",
    "TicketCopyRow",
    "TicketEventRow",
    "TicketRow",
    "TriggerPhraseRow",
    "UnassignedRow",
]
