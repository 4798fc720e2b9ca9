"""English clauses that read as a full statement, told by their commonest words: no tagger is at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nlp.discovery.statements import RUN, Statement, inside
from nlp.discovery.words import english_words, stem, word_set

#: The longest run of clauses looked at, and how long a name reads at a glance, in words.
_LONGEST = 13
_GOOD = (3, 9)
_WORD = re.compile(r"[^\W_]+(?:[’'\-.][^\W_]+)*%?")
_STOP = re.compile(r"[,;:—–()\[\]…!?\"“”|/*~•\n]|\.(?=\s|$)|\s-+\s|[^\x00-\u024f\u2018-\u201f]")
_JOINING = word_set(
    """
    and but so because when while since then which that or as if until unless although though
    """
)
_HEAD = word_set(
    """
    and but so then also because or plus well now just still even the a an my our its this that these those your
    honestly sadly unfortunately suddenly yet however
    """
)
_PREPOSITIONS = word_set(
    """
    with after when while until before from in on at for to of by as if unless without within into onto over
    under about during through since where which who than like per upon whenever via across though although
    because once every what how why whose
    """
)
_TAIL = (
    _PREPOSITIONS
    | _JOINING
    | word_set(
        """
    the a an my our its his her their your this is are was were be been am i we he she they you it's has have
    had do does did will would can could should might may must not no very so too just even i'm it that's to
    really more every any some there here
    """
    )
)
_SPEAKING = word_set(
    """
    i i'm i've i'd i'll we we've we're it it's he she they that's there's you you've what there he's she's
    here's which
    """
)
_AUXILIARY = word_set(
    """
    is are was were has have had do does did will would can could keeps keep kept isn't wasn't should
    shall may might must be been being
    """
)
_VERBS = word_set(
    """
    is are was were be has have had does do did can could will would won't can't goes go went gone get gets got
    keeps keep kept come comes came fall falls fell break breaks broke broken stop stops die dies dead drop cut
    cuts split splits crack snap snaps burn burns burnt burned smell smells stink stinks smoke smokes melt melts
    leak leaks make makes made lose loses lost shut shuts stay stays sit sits stuck refuse refuses fail fails
    crash crashes freeze freezes froze forget forgets say says said show shows tell tells told send sends sent
    ship ships charge charges take takes took turn turns wake wakes woke ring rings buzz buzzes ping pings spin
    spins wobble wobbles rattle rattles jam jams clog clogs wrap wraps tangle tangles wind winds sag sags
    stretch stretches slip slips slide slides roll rolls ride rides dig digs shrink shrinks shrank fade fades
    bleed bleeds need needs want wants last lasts hold holds reach reaches find finds found miss misses missing
    arrive arrives left leave leaves lock locks click clicks work works connect connects pair pairs play plays
    hear sound sounds ask asks log logs sign signs bounce bounces reject rejects accept accepts save saves
    update cancel cancels bill bills pay pays paid give gives gave run runs ran wore wear wears tear tears tore
    torn bend bends bent peel peels hang hangs cost costs loop loops vanish vanishes disappear disappears
    disconnect disconnects drain drains light lights blink blinks fit fits scratch scratches
    """
)
_STATES = word_set(
    """
    wrong loose broken dead missing stuck silent mute unreachable offline slow empty late faulty defective
    damaged useless impossible stiff slack baggy dark gone cracked split short noisy loud hot off
    """
)


def english_statements(text: str, phrases: Sequence[str] = ()) -> Iterator[Statement]:
    """Clauses between marks and conjunctions, runs of them, and phrases, as far as they can stand by themselves."""
    clauses = []
    at = 0
    for stop in [*_STOP.finditer(text), None]:
        end = stop.start() if stop else len(text)
        clauses.append([(match.start(), match.end()) for match in _WORD.finditer(text, at, end)])
        at = stop.end() if stop else at
    for clause in clauses:
        cuts = [0, *(n for n in range(1, len(clause)) if text[slice(*clause[n])].lower() in _JOINING), len(clause)]
        runs = [
            (cuts[first], cuts[last])
            for first in range(len(cuts) - 1)
            for last in range(first + 1, min(first + RUN, len(cuts) - 1) + 1)
        ]
        for start, end in [*runs, *inside(text, phrases, clause)]:
            one = _trimmed(text, clause[start:end])
            if one:
                yield one


def _trimmed(text: str, spans: list[tuple[int, int]]) -> Statement | None:
    words = [text[start:end].lower().replace("’", "'") for start, end in spans]
    lost = 0.0
    while words and words[0] in _HEAD:
        # what follows such a word speaks of something said before it
        lost += 0.4 if words[0] in ("that", "which") else 0.0
        words, spans = words[1:], spans[1:]
    while words and words[-1] in _TAIL:
        lost += 0.1
        words, spans = words[:-1], spans[:-1]
    if len(words) < 2 or len(words) > _LONGEST or words[0] in _PREPOSITIONS:
        return None
    name = text[spans[0][0] : spans[-1][1]]
    least, most = _GOOD
    lost += 0.3 * max(least - len(words), 0) + 0.08 * max(len(words) - most, 0)
    lost += 0.3 if words[0] in _SPEAKING else 0.6 if words[0] in _AUXILIARY else 0.0
    # a subject of its own after the first word: the beginning belongs to another clause
    lost += 0.6 if words[1] in _SPEAKING else 0.1 * any(word in ("i", "it") for word in words[2:])
    return Statement(name, max(_says(words) - lost, 0.0), frozenset(english_words(name)))


def _says(words: list[str]) -> float:
    if any(
        word.endswith("n't") or word in ("not", "no", "never", "nothing", "won't", "can't", "cannot") for word in words
    ):
        return 1.0
    # the first word is what is spoken of, so that a verb there has nothing it speaks of
    if any(word in _VERBS or word.endswith(("'s", "'re")) for word in words[1:]):
        return 1.0
    if any(word in _STATES for word in words):
        return 0.9
    if any(stem(word) in _VERBS or (len(word) > 4 and word.endswith(("ed", "ing"))) for word in words[1:]):
        return 0.8
    return 0.6 if words[0] in _VERBS else 0.2
