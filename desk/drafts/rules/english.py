"""The guard's English rules.

A promise is a commitment ("we will", "you will get", "please accept") and a thing ("a refund"). Words between the two
that ask, tell or deny ("check whether", "explain", "not") break it; so does what stands before it ("cannot promise that
…", "find out if …"). Money (refunds, compensation, vouchers) is stopped wherever it is named, unless a word of the
sentence leaves it open or speaks of something else ("you asked for a refund").
"""

from __future__ import annotations

import re

from desk.drafts.rules.english_words import (
    BETTER,
    CHANGE,
    COMMITS,
    COMPENSATION,
    DATE,
    EXCHANGE,
    GAP,
    IS_COMING,
    LONG_GAP,
    OFFER,
    REFUND,
    REPAIR,
    REVIEW,
    VOUCHER,
    WILL_DO,
)
from desk.drafts.rules.rule import Rule, any_of, word_of

_TURN = re.compile(r"[;:]|,? but\b|,? however\b|,? instead\b|,? and (?=we\b|i\b|you\b|it\b)")

_SAYING = any_of(
    *("promise", "guarantee", "say", "confirm", "assure", "commit", "know", "sure", "certain", "mean", "think"),
    *("claim", "state", "agree", "decided?", "tell", "told", "offer"),
)
_FINDING_OUT = r"(?:check|see|ask|find out|look into|know|tell you|confirm|clarify|examine|assess|learn|sure|decide)"
_OTHERS = r"(?:you|the shop|the seller|anyone|somebody|someone)"
#: "we cannot promise that …", "whether …", "find out if …", "you asked …", "did the shop …".
_OPEN = any_of(
    rf"(?:\bnot|n't|\bnever|\bcannot|\bunable to|\bneither|\bnor)\b[^,]{{0,30}}?\b{_SAYING}\w*\b[^,]{{0,25}}$",
    r"\bwhether\b[^,]{0,60}$",
    rf"\b{_FINDING_OUT}\w* if\b[^,]{{0,40}}$",
    r"\byou (?:asked?|want|wish|write|wrote|said|say|mention|demand|expect)\w*\b[^,]{0,40}$",
    rf"(?:^ ?|\b(?=\w+ {_OTHERS}))(?:did|does|do|has|have|would|could|can|should|will)(?: {_OTHERS}\b[^,]{{0,30}})? ?$",
)
_OR_IF = any_of(_OPEN, r"\bif\b[^,]{0,40}$", r"\b(?:no|not|never|nor)\b[^,]{0,15}$")
_OR_PLEASE = any_of(_OPEN, r"\bplease\b[^,]{0,40}$", r"\bas soon as\b[^,]{0,30}$")
_EFFORT = any_of(
    r"\b(?:can ?not|can't|unable to|not able to|don't|do not|won't) (?:\w+ )?"
    r"(?:promise|guarantee|say|rule out|be sure|assure)",
    r"^(?!.*\b(?:we|i)(?: can|'ll|'d like to| will)? (?:promise|guarantee)).*\b(?:work\w*|try\w*|hop(?:e|ing)|aim\w*"
    r"|do(?:ing)? (?:our best|all|everything)|want|wish|learn\w*|measures?|steps|strive|effort)\b",
    r"\byou (?:asked?|want|wish|write|wrote|said|say|demand)\w*\b",
)
_DENIED = any_of(
    r"(?:\bnot(?! only)|n't(?! only)|\b(?:never|neither|nor|whether|if|whose|hardly))\b[^,]{0,40}$",
    r"\bno(?! doubt| question| one)\b[^,]{0,40}$",
    r"\b(?:was|were|is) (?:it|this|that)\b[^,]{0,15}$",
)
_NEGATED = any_of(
    r"(?:\bnot|n't|\bnever|\bno need|\bnothing|\bwithout|\bcannot)\b[^,]{0,70}$",
    r"\bthank\w*\b[^,]{0,40}$",
)

_AGAIN = any_of(
    r"\b(?:never|not|won't|doesn't|wouldn't|nothing)\b(?: \w+){0,4}? "
    r"(?:happen|occur|recur|repeat|go wrong|take place)(?:s|ed|ing)?(?: to (?:you|anyone|anybody))?(?: like this)? "
    r"(?:again|a second time|any ?more|in (?:the )?future|twice)\b",
    r"\b(?:won't|will not|will never|never)\b[^.,;!?]{0,30}\b(?:again|any ?more|be repeated|repeat itself)\b",
    r"\bnever (?:\w+ )?(?:again|recur\w*)\b",
    r"\b(?:will|won't|not|never) recur\b",
    r"\bnever (?:have|see|face) (?:this|the same|such an?|any|that) (?:problem|issue|trouble|fault)\w*\b",
    r"\b(?:promise|guarantee)\w*\b[^.!?]{0,20}\bthe last time\b",
    r"\bno more problems\b",
    r"\bgone for good\b",
)
_FAULT = any_of(
    r"\b(?:our|my)(?: own| entire)? (?:fault|mistake|error|negligence|oversight|carelessness|blunder|wrongdoing)\b"
    r"(?! (?:log|code|message|report|page|rate))",
    r"\b(?:fault|mistake|error|blame|responsibility|liability) (?:was|is|lies|lay|rests) (?:\w+ly |all )?"
    r"(?:ours|with us|on us|mine|on our (?:side|part))\b",
    r"\b(?:fault|mistake|error|failure|problem|slip) (?:on|at) our (?:part|side|end)\b",
    r"\bour (?:responsibility|doing) that\b",
    r"\b(?:is|was|'s)(?: \w+ly| all)? our (?:responsibility|doing)\b",
    r"\bour (?:bad|faulty|defective|broken|badly made)\b",
    r"\bwe(?:'re| are| were)(?: \w+ly| the ones?)? (?:to blame|at fault|in the wrong|liable|negligent|guilty|careless"
    r"|responsible for (?:the|this|your|it|what|all))",
    r"\b(?:that|which) we(?:'re| are| were) responsible for\b",
    r"\b(?:we|i)(?: \w+ly| hereby|'ll| will|'d like to)? (?:accept|take|assume|bear|acknowledge|admit)(?: \w+){0,3}? "
    r"(?:responsibility|liability|blame|fault|guilt)\b(?! (?:to|towards) |.{0,30}\bseriously)",
    r"\bwe(?:'ve| have)? (?:made|did) (?:a|the|an|something) (?:\w+ )?(?:mistake|error|wrong)\b",
    r"\bwe(?:'ve| have)? (?:messed|screwed) (?:this |it )?up\b",
    r"\bwe(?:'ve| have)? (?:caused|broke|damaged) (?:this|the|your)\b",
    r"\bwe (?:admit|concede)\b",
    r"\bwe were wrong\b",
    r"\b(?:this|that|it)(?: one)?(?: is| was|'s) (?:all )?on us\b",
)
_FOR_A_REVIEW = any_of(
    rf"\bif you(?:'d|'ve| would| could| can| have| were to)?(?: \w+){{0,3}}? {CHANGE} (?:[\w-]+ ){{0,3}}?{REVIEW}",
    rf"\b(?:once|when|after|as soon as|provided(?: that)?|should) (?:you|the|your)\b(?: \w+){{0,4}}? {CHANGE}"
    rf"(?: \w+){{0,3}}? ?{REVIEW}?[^.!?\n]{{0,60}}\b{OFFER}",
    rf"\b{OFFER}[^.!?\n]{{0,40}}\b(?:once|when|after|as soon as|if) (?:the|your) {REVIEW} "
    rf"(?:is|has been|gets|was) {CHANGE}",
    rf"\b{CHANGE} (?:your|the|this) (?:\w+ ){{0,2}}?{REVIEW}[^.!?\n]{{0,40}}?\b(?:and|then|to) {OFFER}",
    rf"\b(?:would|could|can|will) you (?:\w+ ){{0,3}}?{CHANGE} (?:your|the) (?:\w+ ){{0,2}}?{REVIEW}",
    rf"\b(?:in (?:return|exchange) for|{OFFER}[^.!?\n]{{0,30}}? for) (?:an? |the |your )?{BETTER}(?: \w+)? ?{REVIEW}",
    rf"\b(?:5|five)[- ]stars?(?: {REVIEW})? (?:gets?|earns?|and (?:we|get|you))",
    rf"\b(?:who|that) {CHANGE} their {REVIEW}",
    rf"\b(?:who|that) (?:give|leave|write|post)s? (?:\w+ )?(?:{BETTER}|(?:five|5) {REVIEW})[^.!?\n]{{0,20}}\b{OFFER}",
)
_MONEY_BACK = any_of(
    r"\bmake sure (?:that )?you (?:get|receive|have)\b[^.;!?\n※]{0,20}(?:money|refund)",
    r"\b(?:payment|order|purchase|money|price|fee|amount)\b[^.,;]{0,20} (?:will be|has been|have been|is being|was) "
    r"(?:\w+ )?(?:refunded|reimbursed|returned|credited|paid back)\b",
    r"\b(?:full|whole|purchase|entire) (?:amount|price|sum)\b[^.,;]{0,20} (?:back|returned|credited)\b",
    r"\bevery (?:penny|cent|yen)\b[^.,;]{0,15} (?:back|returned)\b",
    r"\bcredited (?:the|your) ",
    r"\bmoney (?:will be|is|goes|comes) (?:\w+ )?back\b",
    r"\bback (?:in|on|to) your (?:account|card)",
)
_ON_US = any_of(
    r"\b(?:use|enter|with) (?:the |this |our )?(?:code|voucher|coupon)\b",
    r"\b(?:month|order|year|delivery|shipping|coffee|box|filter) (?:is|will be) (?:on us|on the house)\b",
)
_DATED = any_of(
    rf"{WILL_DO}{LONG_GAP}{DATE}",
    rf"{DATE}(?: the (?:day|week|month|year))?,? (?:at the latest,? )?{WILL_DO}",
    r"\b(?:version|update|fix|patch|release),? (?:is |which is )?(?:out|due|coming|planned|scheduled|available) "
    rf"{DATE}",
    r"\b(?:goes live|comes out|ships|arrives|launches|is (?:guaranteed|due|expected|scheduled|planned|promised))\b"
    rf"{LONG_GAP}{DATE}",
)
#: A sentence with one of these names money without promising it.
_IN_PASSING = re.compile(
    any_of(
        r"\?$",
        r"n't\b",
        "※",
        word_of(
            *("not", "never", "no", "none", "cannot", "unable", "neither", "nor", "without", "whether", "only", "if"),
            *(r"ask\w*", r"request\w*", r"check\w*", r"decid\w*", r"depend\w*", r"discuss\w*", r"consider\w*"),
            *(r"look\w* into", r"explain\w*", r"polic\w+", "terms", "rules", r"want\w*", r"wish\w*", "how", "about"),
            *("hop(?:e|ed|ing)", r"expect\w*", r"prefer\w*", "understand", "understood", "noted", "told", "said"),
            *("wrote", r"mention\w*", "sorry", "ended", "expired", "worked", "thank(?:s| you) for", "before"),
            *("contact", r"forward\w*", "pass(?:ed)?", "received", "possible", "sold", "buy", "bought", "handled"),
        ),
    )
)


def _stops(name: str, pattern: str, before: str) -> Rule:
    return Rule(name, re.compile(pattern), before=re.compile(before), turn=_TURN)


def _money(name: str, pattern: str) -> Rule:
    return Rule(name, re.compile(pattern), anywhere=_IN_PASSING)


RULES = (
    _stops("promise_refund", rf"{COMMITS}{GAP}{REFUND}", _OPEN),
    _stops("promise_compensation", rf"{COMMITS}{GAP}{COMPENSATION}", _OPEN),
    _stops("promise_voucher", rf"{COMMITS}{GAP}{VOUCHER}", _OPEN),
    _stops("promise_exchange", rf"{COMMITS}{GAP}{EXCHANGE}", _OPEN),
    _stops("promise_repair", rf"{COMMITS}{GAP}{REPAIR}", _OPEN),
    _stops("promise_refund", rf"\brefunds?{IS_COMING}|{_MONEY_BACK}", _OR_IF),
    _stops("promise_compensation", rf"\bcompensation{IS_COMING}", _OR_IF),
    _stops("promise_compensation", r"\b(?:as|in|by way of) (?:a )?compensation\b", _NEGATED),
    _stops("promise_voucher", rf"{VOUCHER}{IS_COMING}|{_ON_US}", _OR_IF),
    _stops("promise_exchange", rf"{EXCHANGE}{IS_COMING}", _OR_IF),
    _money("promise_refund", REFUND),
    _money("promise_compensation", r"\bcompensat\w+\b"),
    _money("promise_voucher", VOUCHER),
    _stops("promise_date", _DATED, _OR_PLEASE),
    _stops("never_again", _AGAIN, _EFFORT),
    _stops("liability", _FAULT, _DENIED),
    _stops("review", _FOR_A_REVIEW, _NEGATED),
)
