"""Contact: to whom nobody writes of their own accord, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from koe.feedback import Feedback
from koe.taxonomy import Intent
from koe.ticket import Ticket
from nlp.normalise import normalise

if TYPE_CHECKING:
    from koe.analysis import Analysis
    from storage.work import Work

_NO_ANSWER = re.compile(
    r"(?:返信|返事|お返事|回答|連絡|返答|電話)(?:は|も|等は|などは)?(?:、)?(?:一切|特に|もう)?"
    r"(?:不要|無用|[い要]りません|[い要]らない|必要(?:は)?(?:ありません|ない)|結構です|しないで|なさらないで|やめて|お断り)"
    r"|\bno (?:reply|response|answer|contact|follow[- ]?up)(?: is| was)? (?:needed|necessary|required|wanted|please)\b"
    r"|\bno need to (?:reply|respond|answer|contact|write|call)\b"
    r"|\b(?:do not|don't|please stop|stop) (?:reply|repl?ying|contact(?:ing)?|call(?:ing)?|e?-?mail(?:ing)?"
    r"|writ(?:e|ing)|messag(?:e|ing))(?: to)? me\b",
    re.IGNORECASE,
)


def asks_for_no_answer(feedback: Feedback) -> bool:
    """Whether the customer says that nobody should answer: 「返信は不要です」, "no reply needed"."""
    words = normalise(f"{feedback.title or ''}\n{feedback.text or ''}").text.replace("’", "'")
    return bool(_NO_ANSWER.search(words))


def why_no_contact(work: Work, tickets: Sequence[Ticket], model: str) -> dict[str, str]:
    """The tickets whose customers are left in peace, each with the reason in words.

    That is where the customer asked for no answer or somebody corrected that none is needed, after a threat of law,
    and for spam. ``model`` names the analyses that tell.
    """
    said = work.feedback.load([ticket.feedback for ticket in tickets])
    read = work.analyses.load([one.text_hash for one in said.values()], model, embeddings=False)
    found = {}
    for ticket in tickets:
        stored = said.get(ticket.feedback)
        if stored is None:
            found[ticket.id] = "what was said is not in the store any more"
        elif any(one.kind == "no-answer" for one in work.reading_corrections.of(ticket.feedback)):
            found[ticket.id] = "it needs no answer"
        elif reason := _reason(stored.feedback, read.get(stored.text_hash)):
            found[ticket.id] = reason
    return found


def _reason(feedback: Feedback, analysis: Analysis | None) -> str:
    if asks_for_no_answer(feedback):
        return "the customer asked for no answer"
    intents = analysis.intents if analysis else {}
    if Intent.LEGAL_THREAT in intents:
        return "the law, an authority or the press was threatened"
    return "it is spam" if Intent.SPAM in intents else ""
