"""The guard's Japanese rules.

The verb comes last in Japanese and says whether it is done: ``返金いたします`` promises, ``返金いたしかねます`` and
``返金が可能かどうか`` do not. Words between a thing and its verb such as 確認 or ご希望 leave it open; so does what
follows (``…とは申し上げられません``). Money (返金, 補償, クーポン) is stopped wherever it is named, unless a word of
the sentence leaves it open or speaks of something else (``返金の方針``).
"""

from __future__ import annotations

import re

from desk.drafts.rules.japanese_words import (
    BEST,
    CHANGE,
    COMPENSATION,
    COSTS,
    DO,
    DONE,
    EXCHANGE,
    FAULT,
    FEE,
    GAP,
    GIVES,
    GOODS,
    OFFER,
    REFUND,
    REPAIR,
    REVIEW,
    SENDS,
    SINCE,
    VOUCHER,
    WE,
    WHEN,
    WILL_ACT,
)
from desk.drafts.rules.rule import Rule, any_of

_NO = r"(?:ません|かねます|ない)"
#: "… とは申し上げられません", "… かどうか", "… ということはございません".
_TAKEN_BACK = any_of(
    rf"と(?:は|も|まで|いう(?:の|こと)は)?[^。]{{0,14}}{_NO}",
    r"か(?:どうか|否か|は|を|、|$|。|？|\?)",
    r"(?:という|といった)ことは",
)
_WORKED_ON = any_of(
    r"よう[、に]*[^。]{0,14}(?:努め|取り組|心がけ|尽力|徹底|見直|検討|注意)",
    rf"と(?:は|も|まで)?[^。]{{0,14}}{_NO}",
)
_DENIED = any_of(
    *("(?:で|に)?は(?:ござい|あり|な)", "ではな", "(?:が|だ|である)?とは", "か(?:どうか|否か|は|に|、|を)"),
    r"と(?:までは)?(?:判断|申し上げ|言い切)[^。]{0,8}(?:ません|かね|おらず)",
    *("が(?:ある|あった)か", "の(?:有無|所在)", "に(?:ついて|関し)", "を(?:調査|確認|負いかね)"),
    *("(?:において|のもと)", "を(?:持|も)って"),
    r"が(?:ござい|あり|あれ)[^。]{0,6}(?:たら|ば|場合)",
    r"が(?:ある|あった)場合",
)
_NEEDLESS = any_of(
    r"[^。]{0,6}(?:という|といった)ことは[^。]{0,8}ません",
    r"必要(?:は|も)",
    r"ことは[^。]{0,8}ません",
)
_NOT_AT_ALL = r"[^。]*(?:ません|かねます)"

_FREE = r"(?:無償|無料|弊社|当店|当社|店舗|購入|新品|返品|いつでも)"
_HAPPENS = any_of(
    *("起こ[しりらさ]", "起き", "発生(?:さ|し|いた)?", "再発", "迷惑をおかけ", "繰り返[しさ]", "生じ"),
    r"(?:こと|事|不具合|問題|トラブル|間違い)[はがも]?[^。]{0,6}(?:ござい|あり)",
)
_AGAIN = any_of(
    rf"(?:絶対に|決して|今後(?:は)?)[^。！？!?\n]{{0,24}}?{_HAPPENS}[^。、]{{0,4}}?ません",
    r"[二2]度と[^。！？!?\n]{0,30}?ません",
    r"[二2]度と[^。！？!?\n]{0,20}?ないよう(?:に)?(?:いた|致)?し(?:ます|てまいります)",
    r"(?:ない|ません|ぬ)(?:こと[をは]|と)(?:お)?(?:約束|保証|誓)",
    r"再発(?:は)?(?:一切|絶対に|決して)?(?:し|いたし|致し|させ|あり|ござい)ません",
    r"(?:必ず|確実に|絶対に|完全に)再発[をは]?(?:防止|防[ぎぐ])",
    r"再発防止を(?:お)?(?:約束|保証)",
)
_ADMITS = any_of(
    rf"(?:責任|非|落ち度)は(?:すべて|全て|全面的に|完全に)?{WE}に(?:あり|ござい)ます",
    rf"{WE}(?:が|は|で|として)?[^。、]{{0,8}}責任を(?:負い|取り|とり|認め|負わせて(?:いただき|頂き))(?:ます|ました|たく)",
    r"(?:過失|非|落ち度|責任|誤り)を(?:全面的に|すべて)?認め(?:ます|ました|させて|ており)",
    rf"{WE}(?:が|で)[^。、※]{{0,10}}?(?:間違|誤っ|取り違え)",
    r"責任を痛感",
)
_CAUSES = any_of(
    rf"{WE}[^。、※]{{0,8}}?(?:{FAULT}|非(?=が|は|を|で))",
    rf"(?:こちら|メーカー)側?(?:の|に)(?:{FAULT}|非(?=が|は|を|で))",
    rf"{WE}の[^。、※]{{0,8}}?が(?:間違|誤っ|悪か)",
    rf"{WE}(?:の)?(?:製品|商品)が原因",
    r"(?:弊社|当社|当店|当方|私ども)(?:が|の方が)悪(?:かった|うございま|いです)",
)
_IF_CHANGED = any_of(
    r"(?:いただけ|頂け|もらえ)(?:れば|ましたら|たら|ますと|る(?:の|ん)で(?:あれば|したら)|るなら|る場合|ませんか|ますか"
    r"|ないでしょうか|ますでしょうか)",
    r"お願い(?:でき(?:れば|ましたら|ませんか|ますか|ますでしょうか|ないでしょうか)|(?:いた|致)?します)",
    r"くださ(?:れば|いましたら|ったら|るなら)",
)
_FOR_A_CHANGE = any_of(
    rf"{REVIEW}[^。]{{0,8}}?{CHANGE}[^。、]{{0,6}}?{_IF_CHANGED}",
    rf"{REVIEW}[^。]{{0,8}}?{CHANGE}[^。]{{0,14}}?(?:場合|たら|(?:方|お客様)に)[^。]*?{OFFER}",
)
_IN_RETURN = any_of(
    rf"{REVIEW}[^。]{{0,8}}?{CHANGE}[^。]{{0,12}}?(?:代わり|引き?換え|見返り|条件)",
    rf"{BEST}[^。]{{0,14}}?(?:いただけ|頂け|くださ|つけて|付けて|投稿|書い|場合|方に|たら|れば)[^。]*?{OFFER}",
)
#: A sentence with one of these names money without promising it.
_IN_PASSING = re.compile(
    any_of(
        *(
            "確認",
            "検討",
            "調査",
            "相談",
            "可否",
            "有無",
            "希望",
            "要望",
            "望み",
            "望ん",
            "説明",
            "判断",
            "審査",
            "問い合わせ",
        ),
        *(
            "申請",
            "依頼",
            "規定",
            "規約",
            "方針",
            "条件",
            "ません",
            "かね",
            "ない",
            "とのこと",
            "お申し出",
            "言われ",
            "手順",
        ),
        *("流れ", "案内", "届い", "終了", "対象外", "でしょうか", "ますか", "かどうか", "について", "につき", "販売"),
        *("ありがとう", "窓口", "※"),
    )
)


def _stops(name: str, pattern: str, after: str) -> Rule:
    return Rule(name, re.compile(pattern), after=re.compile(after))


def _money(name: str, pattern: str) -> Rule:
    return Rule(name, re.compile(pattern), anywhere=_IN_PASSING)


RULES = (
    _stops("promise_refund", rf"{REFUND}{GAP}{DONE}", _TAKEN_BACK),
    _stops("promise_exchange", rf"{EXCHANGE}{GAP}(?!でき|可能){DONE}", _TAKEN_BACK),
    # "フィルターは工具なしで交換できます" is about the product.
    _stops("promise_exchange", rf"{_FREE}[^。、]{{0,12}}?{EXCHANGE}{GAP}(?:できます|可能です)", _TAKEN_BACK),
    _stops("promise_exchange", rf"{GOODS}{GAP}{SENDS}{GAP}{DONE}|無(?:料|償)で{SENDS}{DO}", _TAKEN_BACK),
    _stops("promise_repair", rf"{REPAIR}{GAP}{DONE}", _TAKEN_BACK),
    _stops(
        "promise_repair",
        r"修理の(?:上|うえ)、?お?[戻返]し|修理(?:代金?|費用?|料金?)は(?:いただき|頂き|かかり)ません",
        _TAKEN_BACK,
    ),
    _stops("promise_voucher", rf"{VOUCHER}(?:{GAP}{GIVES}|(?:を|に|と)?{DO})", _TAKEN_BACK),
    _stops("promise_voucher", rf"{FEE}[^。、]{{0,8}}?(?:無料|半額)に(?:なり|{DO})", _TAKEN_BACK),
    _stops("promise_compensation", rf"{COMPENSATION}{GAP}{DONE}|負担{DO}", _TAKEN_BACK),
    _stops("promise_compensation", rf"{COSTS}{GAP}(?:負担|支払い?|弁済){GAP}{DONE}", _TAKEN_BACK),
    _stops(
        "promise_compensation", rf"代金?[^。、]{{0,4}}{WE}(?:が|で|にて){GAP}(?:負担|支払い?){GAP}{DONE}", _TAKEN_BACK
    ),
    _stops(
        "promise_compensation",
        rf"(?:慰謝料|見舞金|解決金|[\d,]+円){GAP}(?:支払い?|差し上げ|お渡し){GAP}(?:{DONE}|ます)",
        _TAKEN_BACK,
    ),
    _money("promise_refund", "返金|払い?戻し|払戻し"),
    _money("promise_compensation", f"{COMPENSATION}|慰謝料|見舞金"),
    _money("promise_voucher", r"クーポン|割引(?:券|コード)|商品券|ギフト(?:カード|券)|優待券|引換券"),
    _stops("promise_date", rf"{WHEN}{SINCE}{WILL_ACT}", _TAKEN_BACK),
    _stops("never_again", _AGAIN, _WORKED_ON),
    _stops("liability", _CAUSES, _DENIED),
    _stops("liability", _ADMITS, _TAKEN_BACK),
    _stops("review", _FOR_A_CHANGE, _NEEDLESS),
    _stops("review", _IN_RETURN, _NOT_AT_ALL),
)
