"""Template files: which there are, which fits a case best, and how one is filled in.

A template is a file ``LANG/WORDS.j2``. Its words, parted by points, say what it is for, and all of them must fit::

    ja/ISSUE-0142.j2             one issue
    ja/defect.unhappy.j2         a trigger type, a kind of customer
    en/safety.short.j2           a size: short or brief, where the full text does not fit
    en/any.google_play.j2        everything else, in one outlet

The issue weighs most, then the subject, the kind of customer, the outlet and the channel. A fitting template of one's
own folder comes before all of koe's. Files whose name begins with ``_`` are parts that others include.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from desk.drafts.case import DraftCase
from desk.drafts.customer import CustomerKind
from desk.drafts.outlets import Outlet
from desk.drafts.subject import ANYTHING, FOLLOW_UP, ISSUE_FIXED, LEGAL, SOLVED
from koe.errors import SettingsError
from koe.feedback import Channel
from koe.taxonomy import TRIGGER_TYPES

SHIPPED = Path(__file__).parent / "templates"
#: From the longest to the shortest.
SIZES = ("full", "short", "brief")

_ISSUE = re.compile(r"ISSUE-\d{4,}")
_WEIGHTS = {"issue": 16, "subject": 8, "kind": 4, "outlet": 2, "channel": 1}


def choose(case: DraftCase, size: str, own: Path | None, own_types: frozenset[str] = frozenset()) -> str | None:
    """The name of the template that fits a case best in a size; ``None`` when no template has it.

    ``own_types`` are the trigger types of koe.yaml.

    Raises:
        SettingsError: a template of the own folder has a name that koe cannot read.
    """
    for folder in (own, SHIPPED):
        fitting = [
            (weight, name)
            for name, words in (_templates(folder, case.lang, own_types) if folder else ())
            if (weight := _weight(words, case, size)) is not None
        ]
        if fitting:
            return max(fitting, key=lambda one: (one[0], one[1]))[1]
    return None


def fill_in(name: str, values: Mapping[str, object], own: Path | None) -> str:
    """The text of a template; no more than one empty line in a row, none at its ends.

    Raises:
        SettingsError: it cannot be read, asks for a value that there is not, or reaches for what templates may not.
    """
    environment = _environment(own)
    try:
        text = environment.get_template(name).render(values)
    except TemplateSyntaxError as error:
        raise SettingsError(f"not a template: {error.message}", where=f"{error.filename}:{error.lineno}") from error
    except UndefinedError as error:
        known = ", ".join(sorted(values))
        raise SettingsError(str(error.message), where=_place(error, name, own), expected=f"one of {known}") from error
    except SecurityError as error:
        raise SettingsError(
            f"templates may not do this: {error.message}", where=_place(error, name, own), expected="values and filters"
        ) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise SettingsError(f"the template fails: {error}", where=_place(error, name, own)) from error
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


@lru_cache(maxsize=8)
def _environment(own: Path | None) -> ImmutableSandboxedEnvironment:
    folders = [own, SHIPPED] if own else [SHIPPED]
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=False,  # a reply is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _templates(folder: Path, lang: str, own_types: frozenset[str]) -> Sequence[tuple[str, frozenset[str]]]:
    """The templates of a folder with their words; koe's own never change while it runs."""
    if folder == SHIPPED:
        return _shipped(lang)
    if not folder.is_dir():
        raise SettingsError(
            f"no such folder: {folder}",
            where="drafts.templates",
            expected="a folder with ja/ and en/",
            example="templates: replies",
        )
    return _read_names(folder, lang, own_types)


@lru_cache(maxsize=2)
def _shipped(lang: str) -> Sequence[tuple[str, frozenset[str]]]:
    return _read_names(SHIPPED, lang, frozenset())


def _read_names(folder: Path, lang: str, own_types: frozenset[str]) -> Sequence[tuple[str, frozenset[str]]]:
    named = []
    for path in sorted((folder / lang).glob("[!_]*.j2")):
        words = frozenset(path.name.removesuffix(".j2").split("."))
        for word in sorted(words):
            if _sort_of(word) is None and word not in own_types:
                raise SettingsError(
                    f"unknown word {word!r} in a template's name",
                    where=str(path),
                    expected="an issue id, a trigger type, a kind of customer, an outlet, a channel, any, short, brief",
                    example="defect.unhappy.j2",
                )
        named.append((f"{lang}/{path.name}", words))
    return named


def _weight(words: frozenset[str], case: DraftCase, size: str) -> int | None:
    """How well a template fits; ``None`` when a word of its name does not hold."""
    if (words & set(SIZES) or {"full"}) != {size}:
        return None
    if case.subject in (FOLLOW_UP, ISSUE_FIXED) and case.subject not in words:
        return None  # what answers a complaint cannot ask how it is now
    held = {
        "issue": case.issue,
        "subject": case.subject,
        "kind": case.kind.value,
        "outlet": case.outlet.value,
        "channel": case.channel.value,
    }
    weight = 0
    for word in words.difference(SIZES, {ANYTHING}):
        sort = _sort_of(word) or "subject"
        if held[sort] != word:
            return None
        weight += _WEIGHTS[sort]
    return weight


def _sort_of(word: str) -> str | None:
    if _ISSUE.fullmatch(word):
        return "issue"
    return _SORTS.get(word)


_SORTS: Mapping[str, str] = {
    **dict.fromkeys((*TRIGGER_TYPES, LEGAL, SOLVED, FOLLOW_UP, ISSUE_FIXED), "subject"),
    **dict.fromkeys([kind.value for kind in CustomerKind], "kind"),
    **dict.fromkeys([outlet.value for outlet in Outlet if outlet is not Outlet.ANY], "outlet"),
    **dict.fromkeys([channel.value for channel in Channel], "channel"),
    **dict.fromkeys(SIZES, "size"),
    ANYTHING: "any",
}


def _place(error: BaseException, name: str, own: Path | None) -> str:
    """The file and line of a template where rendering failed."""
    folders = [str(folder) for folder in (own, SHIPPED) if folder]
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if any(frame.filename.startswith(one) for one in folders)
    ]
    templates = [frame for frame in frames if frame.filename.endswith(".j2")]
    return f"{templates[-1].filename}:{templates[-1].lineno}" if templates else name
