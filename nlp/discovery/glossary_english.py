"""Components and their symptoms in English statements, told by word order: no tagger is at hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.discovery.glossary import Entry, Pair
from nlp.discovery.words import spoken, stem, word_set

_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)*|~|[^\sa-z0-9'~-]")
_NOT, _CANNOT, _BREAK = "not", "cannot", "|"
_DENIALS = word_set("not never barely hardly scarcely nor")
_UNABLE, _UNWILLING = word_set("unable impossible"), word_set("fail fails failed refuse refuses refused")
#: Words that change nothing about what is said of what.
_FILLERS = word_set(
    """
    a an the my our your his her its their this that these those which is are was were be been being am have has had do
    does did will can gets get got getting keep keeps kept keeping just already also always constantly often frequently
    sometimes occasionally suddenly completely totally entirely really very too so far quite rather pretty way still
    even again slightly quickly easily right simply randomly immediately practically basically literally
    all both only much more most super extremely awfully incredibly ridiculously now there here any
    """
)
#: The past of verbs that many symptoms begin with.
_PAST = {"went": "goes", "came": "comes", "fell": "falls", "ran": "runs"}
#: Where another statement begins; after the second kind it is a condition, or about another moment.
_JOINTS = word_set("and but or so because since then plus yet it they i we you he she")
_CONDITIONS = word_set("if unless when whenever while after before until till once as although though lest whether")
#: What follows them is not said to be so.
_DOUBTS = word_set(
    """
    might may would should could hope hopes hoping afraid worried worry fear expect expected imagine wonder guess like
    supposed almost nearly
    """
)
#: What may follow a component, so that it is one and not the first half of another word.
_AFTER = word_set(
    """
    in on at for of with into onto over under from to during through within inside outside out up off anymore today
    either whatsoever altogether
    """
)
#: After such a word the symptom is something that is done to something else, unless it is a time.
_OBJECTS = word_set(
    """
    the a an my your our his her their its me us him them this that these those everything nothing something
    """
)
_TIMES = word_set(
    """
    first second third next day days week weeks month months minute minutes moment time times year years hour hours
    other same last few couple while little bit lot single morning evening night
    """
)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word that counts: its stem, its place among all words, whether what it says is in doubt, and its singular.

    A component is told by its singular alone: a coating is no coat.
    """

    key: str
    place: int
    doubt: bool = False
    thing: str = ""


@dataclass(frozen=True, slots=True)
class _Form:
    """What stands before and after the component."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    symptom: Entry


class EnglishPairs:
    """Finds a component with a symptom right beside it, only words without meaning between them."""

    def __init__(self, components: Sequence[Entry], symptoms: Sequence[Entry]) -> None:
        self._components: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
        for component in components:
            for form in component.en:
                keys = tuple(word.thing for word in _read(form)[1])
                self._components.setdefault(keys[0], []).append((keys, component))
        self._forms = [_form(form, symptom) for symptom in symptoms for form in symptom.en]

    def find(self, text: str) -> list[Pair]:
        """See :class:`nlp.discovery.glossary.Recogniser`."""
        raw, words = _read(text)
        found = []
        taken = 0
        for start in range(len(words)):
            named = self._component(words, start)
            if named and start >= taken:
                taken, components = named
                said = self._said_of(components, raw, words, start, taken)
                if said:
                    taken, pair = said
                    found.append(pair)
        return found

    def _component(self, words: Sequence[_Word], start: int) -> tuple[int, list[Entry]] | None:
        """The longest component that begins at a word: where it ends, and all that are called so."""
        fits = [
            (keys, component)
            for keys, component in self._components.get(words[start].thing, ())
            if tuple(word.thing for word in words[start : start + len(keys)]) == keys
        ]
        longest = max((len(keys) for keys, _ in fits), default=0)
        return (start + longest, [one for keys, one in fits if len(keys) == longest]) if fits else None

    def _said_of(
        self, components: Sequence[Entry], raw: Sequence[str], words: Sequence[_Word], start: int, end: int
    ) -> tuple[int, Pair] | None:
        """The longest symptom beside a component, and where it ends."""
        best: tuple[int, int, Pair] | None = None
        for form in self._forms:
            component = next((one for one in components if one.kinds & form.symptom.kinds), None)
            length = len(form.before) + len(form.after)
            if component and (best is None or length > best[0]) and _stands(form, raw, words, start, end):
                best = length, end + len(form.after), Pair(component, form.symptom)
        return best[1:] if best else None


def _stands(form: _Form, raw: Sequence[str], words: Sequence[_Word], start: int, end: int) -> bool:
    first, last = start - len(form.before), end + len(form.after)
    if first < 0 or last > len(words):
        return False
    around = [*words[first:start], *words[end:last]]
    if not all(_same(word.key, key) for word, key in zip(around, [*form.before, *form.after], strict=True)):
        return False
    if any(word.doubt for word in words[first:last]):
        return False
    denied = first > 0 and words[first - 1].key in (_NOT, _CANNOT, "no", "without")
    following = raw[words[last - 1].place + 1 :]
    if form.after:
        return not denied and not _is_object(following)
    return not denied and (
        not following or following[0] in _FILLERS | _AFTER | _JOINTS | _CONDITIONS or not following[0].isalnum()
    )


def _same(key: str, wanted: str) -> bool:
    return key == wanted or (wanted == _NOT and key == _CANNOT)


def _is_object(following: Sequence[str]) -> bool:
    return bool(following) and following[0] in _OBJECTS and (len(following) < 2 or following[1] not in _TIMES)


def _form(form: str, symptom: Entry) -> _Form:
    before, _, after = (form if "~" in form else f"~ {form}").partition("~")
    return _Form(_keys(before), _keys(after), symptom)


def _keys(text: str) -> tuple[str, ...]:
    return tuple(word.key for word in _read(text)[1])


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")) else word


def _read(text: str) -> tuple[list[str], list[_Word]]:
    """All words, and those that count with their stems."""
    raw = _TOKEN.findall(spoken(text).replace("’", "'").replace("-", " "))
    words: list[_Word] = []
    doubt = False
    place = 0
    while place < len(raw):
        word, following = raw[place], raw[place + 1] if place + 1 < len(raw) else ""
        step = 1
        if word in ("cannot", "can't", "cant", "couldn't") or (word in ("can", "could") and following == "not"):
            step = 1 if word not in ("can", "could") else 2
            words.append(_Word(_CANNOT, place + step - 1, doubt))
        elif word in _UNABLE | _UNWILLING and following == "to":
            step = 2
            words.append(_Word(_CANNOT if word in _UNABLE else _NOT, place + 1, doubt))
        elif word in _DENIALS or word.endswith("n't") or (word == "no" and following == "longer"):
            step = 2 if word == "no" else 1
            words.append(_Word(_NOT, place + step - 1, doubt))
        elif word in _JOINTS | _CONDITIONS or not (word[0].isalnum() or word == "~"):
            words.append(_Word(_BREAK, place))
            doubt = word in _CONDITIONS
        elif word in _DOUBTS:
            doubt = True
        elif word not in _FILLERS:
            plain = word.removesuffix("'s")
            words.append(_Word(stem(_PAST.get(plain, plain)), place, doubt, _singular(plain)))
        place += step
    return raw, words
