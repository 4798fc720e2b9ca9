"""Discovery: complaint segments and known issues in, members of issues, new issues and their names out.

:func:`nlp.discovery.discover.discover` does the work of a run, :func:`nlp.discovery.copies.find_copies` tells copies,
:func:`nlp.discovery.proposals.propose` doubts the issues (two that are one, one that is two), and
:func:`nlp.discovery.cluster_texts.cluster_texts` is ``koe cluster``.
"""

from nlp.discovery.complaints import (
    ComplaintSegment,
    Discovery,
    FoundIssue,
    KnownIssue,
    Unassigned,
    complaint_segments,
)

__all__ = ["ComplaintSegment", "Discovery", "FoundIssue", "KnownIssue", "Unassigned", "complaint_segments"]
