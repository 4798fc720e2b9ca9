"""Names in the other language: what the glossary says, and above all when it says nothing."""

from __future__ import annotations

import pytest

from nlp.discovery.glossary import Pair, entries, other_name

#: What customers say, and what the glossary makes of it.
FROM_JAPANESE = {
    "充電中に音が出ない": "no sound",
    "充電しながら音が出ません": "no sound",
    "音がまったくしない": "no sound",
    "ストラップがすぐ切れた": "strap breaks",
    "肩ひもが三日でちぎれました": "strap breaks",
    "ボタンが引っ込んだ": "button is stuck",
    "音量ボタンが固い": "volume button is stiff",
    "電池の減りが異常に早い": "battery does not last",
    "帰宅してから寝るまでの間さえ電池が続かない": "battery does not last",
    "バッテリーが膨らんできた": "battery swells",
    "Ｂｌｕｅｔｏｏｔｈがすぐ切れる": "Bluetooth drops",
    "接続が頻繁に途切れます": "connection drops",
    "フックを差す部分の樹脂の継ぎ手が割れてしまいました": "coupling cracks",
    "ﾎﾞｳﾙｶﾞﾀｶﾞﾀ": "bowl is loose",
    "モーターから白い煙が上がる": "motor gives off smoke",
    "本体が異常に熱くなる": "unit gets too hot",
    "充電器から焦げ臭いにおいがする": "charger smells burnt",
    "アプリで「デバイスが見つかりません」になります": "device is not found",
    "更新の後、アプリが落ちるようになった": "app crashes",
    "名字が登録できません": "registration does not work",
    "ログインできない": "log-in does not work",
    "メインブラシに髪の毛が絡まる": "roller brush gets tangled with hair",
    "掃除が終わっても充電台に戻れない": "does not return to the charging dock",
    "腰回りのゴムがすぐ伸びる": "elastic goes slack",
    "電池がすごく早く減る": "battery does not last",
    "届いた箱のサイズが注文と違います": None,
    "サイズが違う": "size is wrong",
    "色が違っていました": "colour is wrong",
    "箱がつぶれて届いた": "box is crushed",
    "荷物が届かない": "parcel does not arrive",
    "返事が来ない": "reply does not come",
    "電話が30分つながらない": "phone line is never answered",
    "年会費が二重に請求された": "membership fee is charged twice",
    "蓋が閉まらない": "lid does not close",
    "ファスナーが壊れた": "zip breaks",
    "水筒から漏れる": "bottle leaks",
    "説明書の文字が小さすぎて読めません": "text is too small",
    "排水口が詰まる": "drain clogs",
    "冷蔵庫がぜんぜん冷えない": "fridge does not cool",
    "パンにカビが生えていた": "bread goes mouldy",
    "マットに毛玉ができる": "mat pills",
}
FROM_ENGLISH = {
    "no sound while charging": "音が出ない",
    "no audio whatsoever": "音が出ない",
    "the strap snapped on day two": "ストラップが切れる",
    "strap broke off": "ストラップが切れる",
    "volume button is stuck": "音量ボタンが戻らない",
    "buttons are far too stiff": "ボタンが固い",
    "battery runs empty too soon": "電池がもたない",
    "the battery barely lasts an hour": "電池がもたない",
    "Bluetooth keeps dropping": "Bluetoothが切れる",
    "connection falls over about every five minutes": "接続が切れる",
    "Drive connector snapped on wholemeal dough": "コネクタが折れる",
    "bowl came off mid-meringue": "ボウルが外れる",
    "smoke came out of the motor": "モーターから煙が出る",
    "charger gets burning hot": "充電器が熱くなる",
    "Can't find the device": "デバイスが見つからない",
    "app can't find my vacuum": "掃除機が見つからない",
    "my vacuum is offline": "掃除機がオフラインになる",
    "the app crashes every time": "アプリが落ちる",
    "can't log in any more": "ログインができない",
    "unable to cancel": "キャンセルができない",
    "hair winds round the brush": "ブラシに髪が絡まる",
    "does not find its way back": None,
    "robot does not return to the charging dock": "充電台に戻れない",
    "waistband goes slack": "腰回りが伸びる",
    "wrong size": "サイズが違う",
    "Wrong colour, twice": "色が違う",
    "the parcel never arrived": "荷物が届かない",
    "refund has not come": "返金がされない",
    "missing screws": "ネジが入っていない",
    "lid won't close": "蓋が閉まらない",
    "zip is broken": "ファスナーが壊れる",
    "bottle leaks": "水筒から漏れる",
    "screen went black": "画面が映らない",
    "screen goes black": "画面が映らない",
    "cracked screen": "画面が割れる",
    "light never comes on": "ライトが点かない",
    "suction is weak": "吸引力が弱い",
    "customer service is terrible": "サポートが悪い",
    "shipping cost is too high": "送料が高い",
}
#: What must not become a name: denied, doubted, imagined, said of something else, or half of it missing.
NOTHING_IN_JAPANESE = [
    "ストラップが切れない",
    "電池は切れていない",
    "壊れにくい取っ手",
    "取っ手が壊れそう",
    "取っ手が壊れたら困る",
    "電池が切れると音が鳴る",
    "蓋が割れるかと思った",
    "ボウルがゆるいのではと疑いました",
    "ボタンが壊れてほしくない",
    "画面が割れるほど落とした",
    "割れた画面",
    "音がいいのに飽きる",
    "ストラップを外すとボタンが光る",
    "電話でしか解約できない",
    "電池カバーの色",
    "お客様センターが混む",
    "とても残念です",
    "切れる",
    "ストラップ",
    "充電が必要",
    "会員カードケースが届く",
    "靴下がずっと破れない",
    "画面は割れませんでした",
    "バッテリー残量表示",
]
NOTHING_IN_ENGLISH = [
    "the strap did not break",
    "strap never breaks",
    "not a broken strap in sight",
    "no broken strap",
    "if the strap breaks I return it",
    "I hope the strap does not snap",
    "the strap might snap",
    "afraid the battery dies",
    "battery cover",
    "no battery cover",
    "no button works",
    "no sound issues",
    "the strap broke my heart",
    "app froze my phone",
    "when the battery dies it beeps",
    "button",
    "it snapped",
    "very disappointed",
    "strap and box arrived",
    "coating of paint",
    "Drive harder",
    "can't cancel online",
    "can't cancel without calling",
    "the screen protector box is nice",
    "sound quality is great",
    "broken promises about the battery",
]


@pytest.mark.parametrize(("said", "name"), FROM_JAPANESE.items())
def test_a_japanese_statement_has_an_english_name(said, name):
    assert other_name(said, [], "ja") == name


@pytest.mark.parametrize(("said", "name"), FROM_ENGLISH.items())
def test_an_english_statement_has_a_japanese_name(said, name):
    assert other_name(said, [], "en") == name


@pytest.mark.parametrize("said", NOTHING_IN_JAPANESE)
def test_what_a_japanese_statement_does_not_say_is_no_name(said):
    assert other_name(said, [], "ja") is None


@pytest.mark.parametrize("said", NOTHING_IN_ENGLISH)
def test_what_an_english_statement_does_not_say_is_no_name(said):
    assert other_name(said, [], "en") is None


def test_members_decide_where_the_name_says_two_things():
    name = "ボタンが固いし、音が出ない"
    assert other_name(name, [], "ja") is None
    texts = [("1", "音が出ない"), ("2", "音が出ません"), ("3", "ボタンが固い")]
    assert other_name(name, texts, "ja") == "no sound"
    assert other_name(name, [*texts, ("4", "ボタンが硬いです")], "ja") is None


def test_members_tell_what_the_name_does_not_say():
    texts = [("1", "the strap snapped"), ("2", "strap broke"), ("3", "useless thing"), ("4", "fell into the lake")]
    assert other_name("gave way on day two", texts, "en") == "ストラップが切れる"
    # one person, however often, and a few among many are not enough
    assert other_name("gave way on day two", [("1", "the strap snapped")] * 5, "en") is None
    many = [(str(number), "useless thing") for number in range(20)]
    assert other_name("gave way on day two", [*texts, *many], "en") is None


def test_the_glossary_is_large_and_well_formed():
    components, symptoms = entries("component"), entries("symptom")
    assert len(components) >= 250
    assert len(symptoms) >= 120
    befallen = {kind for symptom in symptoms for kind in symptom.kinds}
    assert befallen == {kind for component in components for kind in component.kinds}
    for entry in [*components, *symptoms]:
        assert all(form and form == form.strip() for form in (*entry.ja, *entry.en))


@pytest.mark.parametrize(("lang", "other"), [("ja", "en"), ("en", "ja")])
def test_a_composed_name_says_what_it_was_composed_from(lang, other):
    pairs = [
        Pair(component, symptom)
        for component in entries("component")
        for symptom in entries("symptom")
        if component.kinds & symptom.kinds
    ]
    there = {pair: other_name(pair.name(lang), [], lang) for pair in pairs}
    assert None not in there.values()
    right = sum(name == pair.name(other) for pair, name in there.items())
    # a keyboard that does not work is one that does not respond, and so on
    assert right >= 0.99 * len(pairs)
