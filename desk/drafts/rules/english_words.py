"""The English words of the guard: who commits to what, and what takes it back. Texts are plain and in lower case."""

from __future__ import annotations

from desk.drafts.rules.rule import any_of, word_of

WE = any_of(
    r"\b(?:we|i|they|someone|somebody)",
    r"\bour (?:[a-z]+ )?[a-z]+",
    r"\b(?:the|my) (?:team|staff|shop|company|warehouse|support|manager|colleagues?|technicians?|engineers?)",
    r"\ba colleague",
)
_GLADLY = r"(?:more than |only too |very )?(?:happy|glad|pleased|delighted|able|ready|willing|going|prepared)"
_DOING = (
    r"(?:refund|issu|process|send|arrang|offer|giv|prepar|ship|replac|exchang|repair|fix|compensat|reimburs|pay|post)"
)
#: What was done without giving anything: "we have received your refund request".
_ONLY_HEARD = any_of(
    *("received", "noted", "read", "seen", "heard", "checked", "found", "looked", "asked", "understood", "forwarded"),
    *("passed", "tested", "considered", "explained", "promised", "agreed"),
)
_COMMIT = any_of(
    rf"(?:'ll| will| shall| can(?!'t|not)| could)(?: be {_GLADLY} to)?",
    rf"(?:'re|'m| are| am| is) {_GLADLY} to",
    rf"(?:'d| would) (?:be {_GLADLY}|like|love) to",
    r"(?: hereby)? (?:promise|guarantee|undertake|agree)(?:s|d)?(?: you)?(?: to| that)?",
    rf"(?:'re|'m| are| am| is|'ll be| will be)(?: now| already| currently)? (?={_DOING}\w*ing\b)",
    rf"(?:'ve| have| has)(?: already| now| just)? (?=(?!{_ONLY_HEARD})(?:\w+ed|sent|paid|put|made|given|gone)\b)",
    r"(?: hereby| gladly| always| already)? (?=(?:offer|grant|give|refund|reimburse|compensate|refunded)\b)",
)
_YOU_GET = any_of(
    r"\byou(?:'ll| will| shall| are going to| can expect to| can| may| should)(?: \w+ly| soon| also| then)? "
    r"(?:get|receive|have|be|claim|expect|find|see)",
    r"\byou (?:can|may) (?=(?:swap|exchange) (?:it|this|them|your))",
    r"\byou(?:'re| are) (?:entitled to|owed|due|getting|eligible for)",
    r"\byou get",
    r"\b(?:let|allow) (?:me|us)(?: to)?\b",
    r"\b(?:please|kindly) accept",
    r"\bhere(?:'s| is|'re| are)",
    r"\bplease (?:enjoy|use) (?:your|this)",
    r"\benjoy",
)
#: The beginning of a promise.
COMMITS = rf"(?:{WE}{_COMMIT}|{_YOU_GET})(?! not\b| never\b)"

_LEAVES_OPEN = any_of(
    *(
        "not",
        "never",
        "no",
        "n't",
        "cannot",
        "unable",
        "whether",
        "if",
        "about",
        r"ask\w*",
        r"check\w*",
        r"look\w* into",
    ),
    *(
        r"discuss\w*",
        r"consider\w*",
        "only",
        r"decide(?!d to)\w*",
        r"explain\w*",
        "regarding",
        r"request\w*",
        "question",
    ),
    *(
        "policy",
        "tell",
        "how",
        "know",
        "inform",
        "examine",
        "review",
        "clarify",
        "forward",
        "pass",
        "talk",
        "understand",
    ),
    *("understood", "noted", "told", "hear", "see", "sorry", r"want\w*", r"wish\w*", "contact"),
)
#: What may stand between the beginning and the thing.
GAP = rf"(?:(?!\b{_LEAVES_OPEN}\b)[^.;:!?\n※]){{0,60}}?"

REFUND = word_of(
    r"refund(?:s|ed|ing)?(?! (?:request|polic|rule|term|department|question|form|process))",
    r"reimburs\w+",
    r"money back",
    r"back your money",
    r"(?:return|give back) (?:all )?(?:your|the) (?:money|payment)",
    r"pay(?:ing)? (?:you|it) back",
    r"(?:every|all)\b[^.,;]{0,20} back",
    r"(?:send|pay|give|put|transfer)\w* (?:the|your)[^.,;]{0,15} back (?:to|on)",
)
_COSTS = r"(?:costs?|bills?|damage|expenses|fees?)"
COMPENSATION = word_of(
    r"compensat\w+",
    r"damages",
    r"reparations?",
    r"mak(?:e|ing) (?:it )?up (?:to you )?for (?:your|the|all)",
    r"pay(?:ing)? (?:you )?for",
    r"pay(?:ing)? you\b(?! back)",
    r"cover(?:ing)? (?:it|this|that|them)",
    r"(?:cover|pay|bear|reimburs|refund)(?:e|ing)? (?:the |your |all |any )*(?:[a-z']+ )?" + _COSTS,
)
VOUCHER = any_of(
    r"\b(?:vouchers?|coupons?|gift cards?|discounts?(?: codes?)?|store credit)\b",
    r"\bfree (?:month|year|gift|product|sample)s?\b",
    r"\b(?:bonus |loyalty |extra |\d+ )points\b",
    r"\bgoodwill (?:gesture|credit|payment)\b",
    r"\b(?:\d+ ?(?:%|percent)|half) off\b",
    r"\bcredit (?:on|to|in) your account\b",
)
_SEND = r"(?:send|ship|post|mail|deliver|get)(?:ing)?"
_NO_GOODS = r"(?!link|form|address|instruction|detail|page|answer|information|person|team|message)"
_FRESH = r"(?:brand[- ]new|new|fresh|different|right|correct|spare|missing)"
EXCHANGE = word_of(
    r"replacements?(?! (?:filter|part|battery|manual)s? (?:is|are))",
    r"replac(?:e|ed|ing)(?! the (?:text|wording|picture|photo|description|page))",
    r"exchang(?:e|es|ed|ing)(?! (?:polic|rule|rate))",
    r"swap(?:ped|ping)?",
    r"switch (?:it|this|them) for",
    rf"(?:a|the|another|your) {_FRESH} (?:one|unit|device|item|product|size|part|pair|piece|\w+er)",
    rf"{_SEND} (?:you )?(?:out )?another",
    rf"{_SEND} (?:you )?(?:the|a|your) {_FRESH} {_NO_GOODS}\w+",
)
REPAIR = word_of(
    r"repair(?:s|ed|ing)?(?! (?:manual|guide|shop|centre|center|instruction|cost))",
    r"(?:fix|mend)(?:ing|ed)? (?:it|yours?)",
    r"(?:it|yours?(?: \w+)?) (?:fixed|mended)",
)
_IS = r"(?: \w+)?(?:'s| is| are| has been| have been| was| were| will be| is being) (?:already |now |being )?"
_THERE = any_of(
    *("issued", "processed", "made", "sent", "approved", "started", "arranged", "credited", "paid", "shipped"),
    *("guaranteed", "possible", "due", "yours", "coming"),
)
#: "(a refund) is on its way".
IS_COMING = rf"{_IS}(?:{_THERE}|on (?:its|the|their) way)\b"

_NUMBER = r"(?:\d+|an?|one|two|three|four|five|six|seven|ten|twenty|a few|a couple of)"
_UNIT = r"(?:minutes?|hours?|(?:business |working )?days?|weeks?|months?)"
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = any_of(
    *("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?"),
    *("sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?"),
)
_MOMENT = any_of(
    _DAY,
    *("tomorrow", "weekend", "week", "month", "morning", "afternoon", "evening", "end of", "close of"),
    *("christmas", "easter", "new year(?:'s)?"),
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}",
    rf"{_MONTH} \d{{1,2}}",
    r"\d{4}-\d{2}-\d{2}",
    r"\d{1,2}/\d{1,2}",
    r"\d{1,2}(?::\d\d)? ?(?:am|pm|o'clock)",
)
_AT = r"(?:by|on|before|until|no later than|this|next|coming|in time for)"
DATE = any_of(
    r"\b(?:today|tonight|tomorrow|the day after tomorrow)\b",
    rf"\b{_AT} (?:the )?(?:next |this |coming )?{_MOMENT}\b",
    rf"\b(?:in|within|under|less than) (?:the next )?(?:about )?{_NUMBER}(?:(?: to |-)(?:\d+|\w+))? {_UNIT}\b",
)
_REACHES = any_of(
    *("arrive", "reach"),
    r"be (?:shipped|delivered|sent|released|fixed|repaired|ready|out|available|there|back|with you|resolved|solved)",
)
_PARCEL = any_of(
    *("update", "fix", "order", "parcel", "package", "delivery", "replacement", "refund", "item", "answer", "reply"),
    *("version", "patch", "money"),
)
_IN_HAND = r"(?:shipping|sending|calling|posting|delivering|releasing|refunding|replacing|repairing|fixing)"
#: Who will do something that a date can belong to.
WILL_DO = (
    any_of(
        rf"{WE}(?:'ll| will| shall| can(?!'t|not)| promise| guarantee| (?:aim|plan|expect) to)",
        rf"{WE}(?:'re| are|'m| am) going to",
        rf"{WE}(?:'re| are|'m| am) {_IN_HAND}",
        r"\byou(?:'ll| will| shall| should| can expect to) (?:hear|get|receive|have|see)",
        r"\bexpect (?:an?|the|your|our|to)",
        rf"\b(?:it|they|that|this)(?:'ll| will| should) {_REACHES}",
        rf"\b(?:your|the|our|an?) (?:new )?{_PARCEL}(?:'ll| will)",
    )
    + r"(?! not\b| never\b)"
)
#: What may stand between the two.
LONG_GAP = r"(?:(?!\b(?:not|never|n't|whether|unless)\b)[^.;!?\n※]){0,70}?"

CHANGE = (
    r"(?:chang|updat|edit|amend|revis|rais|improv|increas|remov|delet|tak|withdraw|correct|reconsider|upgrad|adjust"
    r"|lift|rewrit|alter|bump|turn|set|put|mov|boost)(?:e|es|ed|ing|s|en)?(?: down| back)?"
)
REVIEW = r"(?:(?:reviews?|ratings?|stars?|scores?|comments?|feedback|posts?)\b)"
OFFER = any_of(
    *("we'll", "we will", "we can", "we'd", "we would", "i'll", "i will", "i can", "you'll", "you will", "you get"),
    *("get an?", "receive", "refund", "coupon", "voucher", "gift", r"free\b", "discount", "money", "reward"),
)
BETTER = r"(?:better|higher|changed|new|updated|5[- ]star|five[- ]star|positive|good|nicer|top)"
