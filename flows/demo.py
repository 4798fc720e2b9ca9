"""``koe demo``: the sample data through the whole pipeline, in a folder of its own."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path

from flows.demo_logins import Login, in_words, make_logins
from flows.steps import report as reporting
from flows.steps.run import ProgressFactory, RunResult, run
from flows.wiring import Wiring
from koe.errors import UsageError
from koe.settings import Settings
from koe.settings_file import load_settings

#: Lies in a folder that the demo built, so that it never clears a foreign one.
MARKER = ".koe-demo"
DATABASE = "koe.sqlite"
OUTPUT = "koe-out"


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that was built: what the run did and what to look at."""

    folder: Path
    result: RunResult
    logins: list[Login]

    @property
    def summary(self) -> str:
        """What to look at next, for the person at the terminal."""
        page = next(path for path in self.result.reports if path.suffix == ".html")
        data = next(path for path in self.result.reports if path.suffix == ".json")
        return "\n".join(
            [
                f"The weekly defect report: {page}",
                f"  prove it:          cd {self.folder} && koe verify {data.parent.name}/{data.name}",
                f"  issues:            cd {self.folder} && koe issues list",
                f"  response queues:   cd {self.folder} && koe queue list",
                f"  refused rows:      cd {self.folder} && koe quarantine list",
                f"  response desk:     cd {self.folder} && koe desk",
                "  its log-ins, for this machine only and shown only now:",
                *in_words(self.logins),
            ]
        )


def build_demo(folder: Path, progress: ProgressFactory, make_wiring: Callable[[Settings], Wiring] = Wiring) -> Demo:
    """Build the demo anew, whatever the environment says of databases; tests give a wiring of their own.

    Raises:
        UsageError: the folder exists and is not an earlier demo.
    """
    _clear(folder)
    with as_file(files("samples")) as samples:
        shutil.copytree(samples / "data", folder / "data")
        shutil.copy(samples / "koe.yaml", folder / "koe.yaml")
    from samples.plan import LAST_WEEK

    settings = load_settings(folder / "koe.yaml")
    # KOE_DATABASE, KOE_OUTPUT or KOE_NOTIFY may name the real store and real people, who must not get sample data.
    own = settings.model_copy(update={"database": f"sqlite:///{DATABASE}", "output": OUTPUT, "notify": []})
    wiring = make_wiring(own)
    result = run(wiring, progress, LAST_WEEK)
    mark_fixes(wiring)
    report = reporting.build(wiring, LAST_WEEK)
    paths = reporting.write(report, wiring.output, langs=own.languages)
    return Demo(folder, replace(result, reports=tuple(paths)), make_logins(wiring))


def mark_fixes(wiring: Wiring) -> list[str]:
    """Say what the maker knows and no customer does: which issues were fixed, as `koe issues fix` does.

    The issue is the one that holds most of what customers are known to say of the fault; returns the ids.
    """
    from samples.plan import FIXES

    truth = json.loads(files("samples").joinpath("truth.json").read_text("utf-8"))
    marked = []
    with wiring.database.work() as work:
        members = work.issues.members()
        for fix in FIXES:
            said = {one["feedback"] for one in truth["segments"] if one["issue"] == fix.issue}
            holding = Counter(member.issue for member in members if member.span.feedback in said)
            if holding:
                ((issue, _),) = holding.most_common(1)
                since = fix.week.start(wiring.settings.zone)
                work.issues.fix(issue, by="demo", effective_at=since)
                marked.append(issue)
        work.commit()
    return marked


def _clear(folder: Path) -> None:
    if folder.exists():
        if not folder.is_dir():
            raise UsageError(f"{folder} is a file; move it away or give --folder OTHER")
        if not (folder / MARKER).exists() and any(folder.iterdir()):
            raise UsageError(f"{folder} exists and was not made by `koe demo`; move it away or give --folder OTHER")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARKER).write_text("made by `koe demo`; `koe demo` clears this folder\n", "utf-8")
