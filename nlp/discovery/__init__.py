"""Discovery: complaint segments and known issues in, members of issues, new issues and their names out."""

from nlp.discovery.complaints import (
    ComplaintSegment,
    Discovery,
    FoundIssue,
    KnownIssue,
    Unassigned,
    complaint_segments,
)

__all__ = ["ComplaintSegment", "Discovery", "FoundIssue", "KnownIssue", "Unassigned", "complaint_segments"]
