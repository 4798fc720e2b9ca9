"""Work: everything a unit of work can read and write, one store for each word."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import Connection

from storage.account_store import AccountStore
from storage.alert_store import AlertStore
from storage.analysis_store import AnalysisStore
from storage.audit_store import AuditStore
from storage.commitment_store import CommitmentStore
from storage.exposure_store import ExposureStore
from storage.failed_deliveries import FailedDeliveries
from storage.feedback_store import FeedbackStore
from storage.follow_up_store import FollowUpStore
from storage.issue_store import IssueStore
from storage.notification_store import NotificationStore
from storage.outbox_store import OutboxStore
from storage.proposal_store import ProposalStore
from storage.quarantine_store import QuarantineStore
from storage.rating_history import RatingHistory
from storage.reading_corrections import ReadingCorrections
from storage.routing_store import RoutingStore
from storage.segment_vectors import SegmentVectors
from storage.sign_in_store import SignInStore
from storage.snapshot_store import SnapshotStore
from storage.ticket_filing import TicketFiling
from storage.ticket_moves import TicketMoves
from storage.ticket_search import TicketSearch
from storage.ticket_store import TicketStore
from storage.ticket_timeline import TicketTimelines


class Work:
    """A unit of work; what it wrote is lost unless :meth:`commit` is called."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def commit(self) -> None:
        """Keep what was written so far; what is written afterwards needs another commit."""
        self._connection.commit()

    @cached_property
    def feedback(self) -> FeedbackStore:
        """What customers said."""
        return FeedbackStore(self._connection)

    @cached_property
    def quarantine(self) -> QuarantineStore:
        """Rows that were refused."""
        return QuarantineStore(self._connection)

    @cached_property
    def analyses(self) -> AnalysisStore:
        """What models say of texts."""
        return AnalysisStore(self._connection)

    @cached_property
    def segment_vectors(self) -> SegmentVectors:
        """What texts complain of, as vectors."""
        return SegmentVectors(self._connection)

    @cached_property
    def issues(self) -> IssueStore:
        """Recurring complaints and their ledger."""
        return IssueStore(self._connection)

    @cached_property
    def proposals(self) -> ProposalStore:
        """What koe would change about issues."""
        return ProposalStore(self._connection)

    @cached_property
    def alerts(self) -> AlertStore:
        """Issues that rise beyond chance."""
        return AlertStore(self._connection)

    @cached_property
    def notifications(self) -> NotificationStore:
        """Which target was sent which report."""
        return NotificationStore(self._connection)

    @cached_property
    def reading_corrections(self) -> ReadingCorrections:
        """What people corrected in koe's reading of feedback."""
        return ReadingCorrections(self._connection)

    @cached_property
    def routings(self) -> RoutingStore:
        """What the routing rules decided."""
        return RoutingStore(self._connection)

    @cached_property
    def tickets(self) -> TicketStore:
        """Feedback that waits for an answer."""
        return TicketStore(self._connection)

    @cached_property
    def filing(self) -> TicketFiling:
        """Tickets by the thousand."""
        return TicketFiling(self._connection)

    @cached_property
    def ticket_search(self) -> TicketSearch:
        """Tickets by what they are about."""
        return TicketSearch(self._connection)

    @cached_property
    def ticket_moves(self) -> TicketMoves:
        """Tickets from queue to queue and hand to hand."""
        return TicketMoves(self._connection)

    @cached_property
    def ratings(self) -> RatingHistory:
        """How the stars of feedback changed."""
        return RatingHistory(self._connection)

    @cached_property
    def timelines(self) -> TicketTimelines:
        """Tickets with all that happened to them."""
        return TicketTimelines(self._connection)

    @cached_property
    def commitments(self) -> CommitmentStore:
        """What customers were promised."""
        return CommitmentStore(self._connection)

    @cached_property
    def follow_ups(self) -> FollowUpStore:
        """What is written to customers after their case."""
        return FollowUpStore(self._connection)

    @cached_property
    def exposures(self) -> ExposureStore:
        """Units of products and variants."""
        return ExposureStore(self._connection)

    @cached_property
    def snapshots(self) -> SnapshotStore:
        """Settings that reports were made under."""
        return SnapshotStore(self._connection)

    @cached_property
    def outbox(self) -> OutboxStore:
        """Replies on their way."""
        return OutboxStore(self._connection)

    @cached_property
    def failed_deliveries(self) -> FailedDeliveries:
        """Replies that were given up."""
        return FailedDeliveries(self._connection)

    @cached_property
    def accounts(self) -> AccountStore:
        """Who works at the desk."""
        return AccountStore(self._connection)

    @cached_property
    def sign_ins(self) -> SignInStore:
        """Sessions and tokens."""
        return SignInStore(self._connection)

    @cached_property
    def audit(self) -> AuditStore:
        """Who did what."""
        return AuditStore(self._connection)
