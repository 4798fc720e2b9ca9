"""The words behind the pattern rules: what names a danger, a demand or a threat, and what takes that back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from koe.taxonomy import Intent, Polarity


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that speak for a trigger type, an intent or danger.

    ``evidence`` is what a match adds to the log-odds of the model's head (3 makes 0.05 to 0.51). ``stands`` marks words
    whose phrase is a trigger whatever the head says.
    """

    type: str
    words: re.Pattern[str]
    evidence: float
    intent: Intent | None = None
    safety: bool = False
    stands: bool = False
    polarity: Polarity = Polarity.NEGATIVE


def _rule(kind: str, words: str, evidence: float, **more: object) -> Rule:
    return Rule(kind, re.compile(words, re.IGNORECASE), evidence, **more)  # type: ignore[arg-type]


RULES = (
    # danger, Japanese
    _rule(
        "safety",
        r"発煙|煙(?:が(?:出|上が|立|も|見え)|を(?:吹|上|出)|っぽい|みたいな)|白煙|黒煙"
        r"|(?:焦げ|こげ|焼け)(?:臭|くさ|(?:た|る|てる|ている)?(?:よう|みたい)?な?(?:臭|にお|匂))"
        r"|火花(?:が|を|も)|発火|出火"
        r"|火を[吹噴]|火が(?:出|つ|付|上)|燃え(?:出|始|上が|てしま|ました|かけ)|感電|ビリ[ッっ]と(?:来|き)|漏電"
        r"|一酸化炭素|爆発(?:し|音)|破裂(?:し|音)|異臭(?:が|と)",
        4.0,
        safety=True,
    ),
    _rule(
        "safety",
        r"(?:怪我|ケガ|けが|大怪我|負傷|(?<![ぁ-ん])やけど|(?<=[をにがのはと])やけど|ヤケド|火傷|流血|出血)(?=[をがしまでにを]|$|[。!、])|血が(?:出"
        r"|止ま|滲|にじ)"
        r"|(?:指|手|足|顔|爪|腕|唇|口の中|喉|目)[のをがにはも].{0,5}(?:切っ(?:た|て)|切れ(?:た|て)|挟(?:ま|ん)"
        r"|刺さ|腫れ|焼け)"
        r"|(?:電池|バッテリー|本体|背面|ケース).{0,8}(?:膨張|膨ら(?:み|ん)|パンパン)"
        r"|(?:コード|プラグ|コンセント|アダプタ[ー]?|ケーブル|端子|基板|電源|充電器).{0,6}(?:溶け|焦げ|変形)"
        r"|(?:触れ|持て|さわれ)ない(?:ほど|くらい|ぐらい)(?:熱|あつ)|異常(?:に|な)(?:発熱|熱)|異常発熱"
        r"|アレルギー(?:反応)?(?:が|を)(?:出|起)|かぶれ(?:た|まし|て)|ただれ(?:た|まし|て)|蕁麻疹|じんましん"
        r"|湿疹が|発疹"
        r"|救急(?:車|搬送|外来|で)|(?:皮膚科|病院|医者|眼科|歯医者)(?:に|へ|で)(?:行|運|かか|診|駆)|誤飲|誤嚥"
        r"|窒息|食中毒"
        r"|(?:ガラス|金属|プラスチック|針|虫|カビ|破片)(?:片)?(?:が|も)(?:混入|入って|混ざ)|危険(?:です|だ"
        r"|な(?:商品|製品))",
        3.0,
        safety=True,
    ),
    # danger, English
    _rule(
        "safety",
        r"\b(?:(?:wisps?|puffs?|plumes?|curls?|clouds?) of smoke"
        r"|(?:acrid|scorched|scorching|singed|charred|electrical) (?:\w+ ){0,2}(?:smell|odou?r|stink|whiff)"
        r"|(?:smell|odou?r|stink|whiff) (?:of|like) (?:\w+ ){0,2}(?:burn\w*|scorch\w*|sing\w*|melt\w*|smoke)"
        r"|smok(?:e|ing) (?:came|coming|poured|pouring|started|billowed|from|out)|started smok(?:ing|e)|saw smoke"
        r"|burn(?:ing|t) (?:\w+ )?smell|smell(?:s|ed|ing)?(?: \w+){0,3} (?:burning|burnt|burned)"
        r"|caught (?:on )?fire|on fire"
        r"|burst into flames?|spark(?:s|ed|ing)|electrocut\w+|electric(?:al)? shock|shocked (?:me|my|him|her|us)"
        r"|(?:got|gave me|get|getting|gives me) an? (?:\w+ )?(?:electric )?shock|exploded|blew up in"
        r"|carbon monoxide|gas leak"
        r"|set off (?:the|our|my) smoke (?:alarm|detector))\b",
        4.0,
        safety=True,
    ),
    _rule(
        "safety",
        r"\b(?:burn(?:ed|t|s)? (?:my|his|her|our|their|the) (?:\w+ )?(?:hand|finger|arm|skin|face|leg|thigh"
        r"|palm|tongue|wrist|son"
        r"|daughter|carpet|floor|table|counter|desk|bed)\w*|blister(?:s|ed)|injur(?:y|ies|ed)|hurt (?:my|his"
        r"|her|himself|herself)"
        r"|(?:cut|sliced|gashed|pinched) (?:my|his|her|our) (?:\w+ )?(?:hand|finger|thumb|lip|foot|toe|leg"
        r"|arm)s?|bleed(?:ing)?|blood"
        r"|stitches|(?:er|a&e|emergency room|hospital|urgent care)\b|chok(?:ed|ing) (?:hazard|on)|chok(?:ed"
        r"|ing)|swallowed"
        r"|allergic reaction|(?:broke out in|came out in) (?:a |an )?(?:\w+ )?(?:rash|hives)|rash|hives"
        r"|chemical burn|food poisoning"
        r"|melt(?:ed|ing)|overheat(?:s|ed|ing)|too hot to (?:touch|hold)|scald\w*|(?:battery|pack|phone"
        r"|it)(?: \w+){0,3} (?:swollen"
        r"|swelled|swelling|bulging|bulged)|fire hazard|safety hazard|dangerous|hazardous|glass shards?"
        r"|shards? of (?:glass|metal))",
        3.0,
        safety=True,
    ),
    # refunds
    _rule(
        "refund_request",
        r"返金(?:して|を(?:お願い|希望|求め|要求)|希望|お願い|してほし|してもら(?:いたい|えま)|対応を)"
        r"|お金を?返し|代金を?返|金返せ|返品(?:したい|希望|をお願い)"
        r"|全額返",
        3.0,
        intent=Intent.REFUND_DEMAND,
    ),
    _rule(
        "refund_request",
        r"\b(?:(?:want|need|demand|expect|requesting|request|issue|give me|like"
        r"|waiting for) (?:\w+ ){0,3}(?:refund|money back)"
        r"|refund (?:me|please|my|us|now)|please refund|(?:like|want|expect) my (?:\w+ ){0,2}refunded"
        r"|every penny back|give (?:me )?back (?:my |the )?money|credit note|(?:my|our) money back(?: please)?"
        r"|money back please"
        r"|how (?:do|can) i get a refund)\b",
        3.0,
        intent=Intent.REFUND_DEMAND,
    ),
    # leaving
    _rule(
        "churn",
        r"(?:二度と|もう|金輪際|今後(?:一切)?は?|次は).{0,10}(?:買わな|買いませ|買うことはな|利用しな"
        r"|利用しませ|使わな|使いませ|頼みませ|頼まな|注文しな|行きませ|行かない)"
        r"|解約(?:し(?:ま|た|よ)|を?(?:検討|考え|決め))|退会(?:し|を?(?:検討|考え|決め))|乗り換え(?:ま|る|た"
        r"|よ|を?(?:検討|考え))|他社(?:に|へ)(?:変え|移|替え|乗)",
        2.5,
        intent=Intent.CHURN_THREAT,
    ),
    _rule(
        "churn",
        r"\b(?:(?:never|not|won'?t|wont) (?:be )?(?:buy(?:ing)?|purchas(?:e|ing)|order(?:ing)?|shop(?:ping)?"
        r"|us(?:e|ing)|fly(?:ing)?)(?: \w+){0,5}"
        r" (?:again|ever|anymore)|never again|(?:cancel(?:l?ed|l?ing)?|end(?:ing|ed)?) (?:my|our"
        r"|the) (?:\w+ )?(?:subscription|account|membership"
        r"|contract|plan)|switch(?:ing|ed)? to (?:another|a different|your competitor|the competition)|tak(?:e"
        r"|ing) (?:my|our) business elsewhere"
        r"|lost (?:a|me as a) customer)\b",
        2.5,
        intent=Intent.CHURN_THREAT,
    ),
    # the law, the authorities, the press
    _rule(
        "support",
        r"消費(?:者|生活)(?:庁|センター)|国民生活センター|弁護士|訴え(?:ま|る|よ|て)|訴訟|裁判|法的(?:措置"
        r"|手段)|警察(?:に|へ)|内容証明|景品表示法|週刊誌|マスコミ"
        r"|保健所(?:に|へ)|被害届",
        3.0,
        intent=Intent.LEGAL_THREAT,
    ),
    _rule(
        "support",
        r"\b(?:(?:lawyer|attorney|solicitor)s?|small claims|legal department|issue proceedings|(?:small claims"
        r"|consumer) (?:court|protection)|su(?:e"
        r"|ing) (?:you|them|this)|legal action|lawsuit"
        r"|class action|trading standards|better business bureau|\bbbb\b|ombudsman|attorney general"
        r"|report(?:ing|ed)? (?:you|this|them|it) to"
        r"|chargeback|\bfcc\b|\bcpsc\b|take (?:you|this|them) to court|expect a letter|go(?:ing)? to the press)\b",
        3.0,
        intent=Intent.LEGAL_THREAT,
    ),
    # the wrong thing
    _rule(
        "wrong_item",
        r"(?:違う|別の|異なる|間違った|ちがう)(?:色|サイズ|商品|もの|物|品|柄|型|機種)[がを]?.{0,3}(?:届|来|送"
        r"|入って)|(?:色|サイズ|商品|品物)(?:が|も)(?:違|ちが)(?:う|っ|い)"
        r"|誤(?:配送|送|発送)",
        0.0,
        stands=True,
    ),
    _rule(
        "wrong_item",
        r"\b(?:(?:sent|received|got|shipped|delivered)(?: \w+){0,2} (?:the )?wrong (?:\w+ )?(?:size|colou?r"
        r"|item|one|product|model|order|thing)"
        r"|wrong (?:size|colou?r|item|product|model) (?:was |were )?(?:sent|delivered|arrived|shipped|received))\b",
        0.0,
        stands=True,
    ),
)

SPAM = re.compile(
    r"https?://\S+.{0,80}(?:free|bonus|promo|割引|無料|儲|稼)|(?:free|bonus|promo|副業|簡単に稼|無料で稼"
    r"|LINE(?:で|に)?(?:追加|登録)|必ず儲|投資で).{0,60}"
    r"(?:https?://|www\.|\bt\.me|@\w{4,}|LINE|DM)|(?:whats ?app|telegram)\s*[:+]?\s*\+?\d{6,}",
    re.IGNORECASE | re.DOTALL,
)

#: What follows a Japanese match, or precedes an English one, when the thing did not happen.
DENIED_AFTER = re.compile(
    r"[^。！!？?\n、]{0,6}?(?:(?:は|も|が|を|に|で)?(?:し|い|され)?(?:ない|なく|なかった|ません|ませんでし"
    r"|ず(?:に|、|。)|なし|無し|ゼロ|防止|対策|防ぐ|防げ|心配|恐れ|おそれ|不要|注意|いらず)"
    r"|する(?:と|って)(?:聞|噂)|かと(?:思|心配)|って(?:聞|噂))"
)
DENIED_BEFORE = re.compile(
    r"(?:\b(?:no|not|never|without|zero|isn'?t|wasn'?t|doesn'?t|didn'?t|hasn'?t|haven'?t|don'?t|won'?t"
    r"|prevents?|avoid(?:s|ing)?|protects? (?:from|against)"
    r"|worried|afraid|scared|if it|in case|heard|read that|instead of|less)\b[^.!?\n]{0,24})$",
    re.IGNORECASE,
)

#: Sayings that name a danger and mean none.
HARMLESS = re.compile(
    r"爆発的|爆発しそう|SNSで火が|火を[吹噴]く(?:ほど|レベル|くらい)|火花を散ら|炎上(?:し|中"
    r"|商法)|顔から火|口から火|(?:話題|人気|注目)が?(?:沸騰|爆発)"
    r"|\b(?:is|are|this|pure|straight|absolute(?:ly)?|so|totally|sounds?|looks?|songs?"
    r"|beats?) (?:on )?fire\b(?! alarm| hazard)|fire(?:stick| ?tv| tablet| hd)\b"
    r"|kindle fire|amazon fire|sparks? joy|shock(?:ingly|ed) (?:good|great|by how|at how|how)"
    r"|blew up (?:on|in) (?:tiktok|twitter|popularity|social)"
    r"|killer (?:deal|app|feature|price|sound)|mind[- ]?blow|cutting[- ]edge|(?:mouth|tongue|lips) on fire"
    r"|blood red|burn(?:ing|ed|s)? (?:through"
    r"|a hole|calories|cd|dvd|disc)|blood (?:pressure|oxygen|sugar|orange|glucose)"
    r"|burning (?:question|desire|passion)|melt(?:s|ed)? (?:in (?:my|your|the) mouth|my heart|away)",
    re.IGNORECASE,
)
