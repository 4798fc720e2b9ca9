"""Components and their symptoms in Japanese statements, told by particles and parts of speech."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.discovery.glossary import Entry, Pair
from nlp.discovery.words import Token, spoken, tokens, word_set

#: The particles that tie a component to a symptom, by the one that the glossary writes.
_TIES = {
    "が": word_set("が は も って の まで さえ") | {""},
    "に": word_set("に へ"),
    "から": word_set("から"),
    "まで": word_set("まで"),
    "の": word_set("の"),
    "で": word_set("で"),
    "を": word_set("を は も") | {""},
    "と": word_set("と"),
}
_DENIAL = "ない"
_DENIALS = word_set("ない ぬ ず")
#: Endings that change nothing about what is said.
_PLAIN_ENDINGS = word_set("た だ です ます")
#: After て, or joined to the verb: it goes on, it is done, it begins.
_GOES_ON = word_set(
    """
    居る いる 仕舞う しまう 来る くる 行く いく 有る ある 居り おる てる とる ちゃう ちまう 始める やすい 易い 続ける
    過ぎる すぎる まくる
    """
)
_WISHES = word_set("欲しい ほしい 貰う もらう みる 見る おく 置く 頂く いただく")
#: Particles after a symptom that leave it said.
_LEAVES = word_set("し ので から が けど けれど けれども のに ね よ な なあ わ ぞ さ もの もん たり だり て で")
#: Nouns that take up the whole statement: the fault that …, the state in which …
_TAKES_UP = word_set("不具合 状態 事 こと 症状 現象 問題 為 ため 物 もの 訳 わけ 様 よう 感じ 気味 件 始末 トラブル")
_LONGEST = 6


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word, a particle, a filler (an adverb, a number, a time) or a break; ``token`` is its place in the text."""

    kind: str
    key: str
    token: int
    adverb: bool = False


@dataclass(frozen=True, slots=True)
class _Form:
    """The particle that ties it to the component, and its words."""

    tie: str
    keys: tuple[str, ...]
    symptom: Entry


class JapanesePairs:
    """Finds a component with the particle of a symptom, and the symptom after it."""

    def __init__(self, components: Sequence[Entry], symptoms: Sequence[Entry]) -> None:
        self._components: dict[str, list[Entry]] = {}
        for component in components:
            for form in component.ja:
                self._components.setdefault(_spelling(form), []).append(component)
        self._forms: dict[str, list[_Form]] = {}
        for symptom in symptoms:
            for written in symptom.ja:
                made = _form(written, symptom)
                self._forms.setdefault(made.keys[0], []).append(made)

    def find(self, text: str) -> list[Pair]:
        """See :class:`nlp.discovery.glossary.Recogniser`."""
        words = tokens(spoken(text))
        found = []
        start = 0
        only = False
        while start < len(words):
            # しか: the one way there is; what is denied after it is all the others
            only = words[start].surface == "しか" or (only and words[start].kind != "補助記号")
            named = None if only else self._component(words, start)
            if named is None:
                start += 1
                continue
            end, components = named
            said = self._said_of(components, words, end) if _stands_alone(words, start, end) else None
            if said:
                end, pair = said
                found.append(pair)
            start = end
        return found

    def _component(self, words: Sequence[Token], start: int) -> tuple[int, list[Entry]] | None:
        for end in range(min(start + _LONGEST, len(words)), start, -1):
            components = self._components.get(_spelling("".join(word.surface for word in words[start:end])))
            if components:
                return end, components
        return None

    def _said_of(self, components: Sequence[Entry], words: Sequence[Token], end: int) -> tuple[int, Pair] | None:
        """The longest symptom after a component that ends there, and where the symptom ends."""
        units = _units(words[end:])
        particles = 0
        while particles < len(units) and units[particles].kind == "particle":
            particles += 1
        tie = units[0].key if particles else ""
        for place in _places(units, particles):
            best: tuple[int, int, Pair] | None = None
            for form in self._forms.get(units[place].key, ()):
                component = next((one for one in components if one.kinds & form.symptom.kinds), None)
                if component is None or tie not in _TIES[form.tie] or (best and len(form.keys) <= best[0]):
                    continue
                after = _matched(units, place, form.keys)
                if after is not None and _is_said(units[after:]):
                    best = len(form.keys), end + units[after - 1].token + 1, Pair(component, form.symptom)
            if best:
                return best[1:]
        return None


def _places(units: Sequence[_Unit], start: int) -> Iterator[int]:
    """Where a symptom may begin: at once, or after words that only colour it, with their particles."""
    place = start
    while place < len(units):
        if units[place].kind in ("word", "filler"):
            yield place
        coloured = units[place].kind == "filler" or (units[place].kind == "break" and units[place].key == "、")
        follows = units[place].kind == "particle" and place > start and units[place - 1].kind == "filler"
        if not coloured and not follows:
            return
        place += 1


def _matched(units: Sequence[_Unit], place: int, keys: Sequence[str]) -> int | None:
    """Where the words end, particles between them passed over; ``None`` where they do not stand there."""
    for number, key in enumerate(keys):
        while number and place < len(units) and units[place].kind == "particle":
            place += 1
        if place >= len(units) or units[place].kind not in ("word", "filler") or units[place].key != key:
            return None
        place += 1
    return place


def _is_said(units: Sequence[_Unit]) -> bool:
    """Whether what was said before these units is neither denied, nor wished, nor doubted, nor only a condition."""
    place = 0
    while place < len(units) and (units[place].kind, units[place].key in _GOES_ON) == ("word", True):
        place += 1
    rest = units[place:]
    if not rest or rest[0].kind == "break":
        return True
    if rest[0].kind == "particle":
        return _leaves_it_said(rest[0].key, rest[1:])
    return rest[0].key in _TAKES_UP or rest[0].adverb


def _leaves_it_said(particle: str, following: Sequence[_Unit]) -> bool:
    first = following[0] if following else _Unit("break", "。", 0)
    if particle in ("て", "で") and first.kind in ("word", "filler"):
        return first.key not in _WISHES and (first.key not in _GOES_ON or _is_said(following))
    if particle in ("の", "ん"):
        # のでは, のか, のと: a question, a doubt
        return first.kind != "particle" or first.key not in ("は", "か", "と")
    return particle in _LEAVES


def _stands_alone(words: Sequence[Token], start: int, end: int) -> bool:
    """Whether the words are not a part of a longer noun."""
    before = words[start - 1] if start else None
    joined = before is not None and before.kind in ("名詞", "接頭辞") and not _is_filler(before)
    after = words[end] if end < len(words) else None
    return not joined and not (after is not None and after.kind == "接尾辞")


def _form(written: str, symptom: Entry) -> _Form:
    tie, rest = "が", written
    if written.startswith("~"):
        tie = next(particle for particle in sorted(_TIES, key=len, reverse=True) if written[1:].startswith(particle))
        rest = written[1 + len(tie) :]
    keys = tuple(unit.key for unit in _units(tokens(spoken(rest))) if unit.kind in ("word", "filler"))
    return _Form(tie, keys, symptom)


def _units(words: Sequence[Token]) -> list[_Unit]:
    units = []
    for place, word in enumerate(words):
        if word.kind in ("補助記号", "空白", "記号"):
            units.append(_Unit("break", "、" if word.surface in ("、", ",") else "。", place))
        elif word.kind == "助詞" or word.surface == "に":
            units.append(_Unit("particle", word.surface, place))
        elif word.kind in ("助動詞", "形容詞") and (word.base in _DENIALS or word.normal == "無い"):
            units.append(_Unit("word", _DENIAL, place))
        elif word.kind == "助動詞" and word.base in _PLAIN_ENDINGS:
            # たら, なら: what would be if
            if word.form.startswith("仮定形"):
                units.append(_Unit("word", "たら", place))
        elif _is_filler(word) or _colours(word, words[place + 1] if place + 1 < len(words) else None):
            units.append(_Unit("filler", word.normal, place, word.kind == "副詞"))
        else:
            units.append(_Unit("word", word.normal, place))
            if word.form.startswith("仮定形"):
                units.append(_Unit("word", "ば", place))
    return units


def _colours(word: Token, following: Token | None) -> bool:
    """Whether an adjective says how something happens: 頻繁に, すごく."""
    if word.kind == "形状詞" or word.use == "形状詞可能":
        return following is not None and following.surface == "に"
    return word.kind == "形容詞" and word.form.startswith("連用形")


def _is_filler(word: Token) -> bool:
    return word.kind == "副詞" or (
        word.kind in ("名詞", "接尾辞")
        and (word.detail in ("数詞", "名詞的") or word.use in ("助数詞可能", "副詞可能"))
    )


def _spelling(text: str) -> str:
    return spoken(text).rstrip("ー")
