"""``koe user``: who may work at the desk."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.session import WHO, JsonOption, echo_json, open_store
from flows.cli.tables import show_table
from koe.account import Role
from koe.errors import UsageError

if TYPE_CHECKING:
    from koe.account import Account

commands = typer.Typer(help="Users of the response desk.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The user's name, such as mika.tanaka.")]
ByOption = Annotated[str, typer.Option("--as", envvar=WHO, help="Who you are, for the audit log.")]
QueueOption = Annotated[
    list[str] | None, typer.Option("--queue", help="A queue their tickets come from; several times (default: all).")
]
LanguageOption = Annotated[
    list[str] | None, typer.Option("--lang", help="A language they answer in, such as ja; several times.")
]
SkillOption = Annotated[
    list[str] | None, typer.Option("--skill", help="A skill that opens queues which ask for it; several times.")
]
LimitOption = Annotated[int | None, typer.Option("--limit", min=0, help="Tickets they may hold at once (0: any).")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(commands, name="user", rich_help_panel="Issues and tickets")


@commands.command()
def add(
    ctx: typer.Context,
    name: NameArgument,
    role: Annotated[Role, typer.Option("--role", help="What they may do.")] = Role.AGENT,
    queue: QueueOption = None,
    lang: LanguageOption = None,
    skill: SkillOption = None,
    limit: LimitOption = None,
    generate: Annotated[bool, typer.Option("--generate", help="Make up a password and print it, once.")] = False,
    setup: Annotated[
        bool, typer.Option("--setup", help="Print a token with which they choose a password themselves.")
    ] = False,
    by: ByOption = "terminal",
) -> None:
    """Add a user. The password is asked for (from a pipe: its first line), generated, or chosen by the user."""
    from desk import accounts
    from desk.passwords import Passwords, generated_password

    if generate and setup:
        raise UsageError("give --generate or --setup, not both")
    wiring = open_store(ctx)
    wanted = accounts.Changes(role, queue, lang, skill, limit)
    password = generated_password() if generate else "" if setup else _asked()
    now = wiring.clock()
    with wiring.database.work() as work:
        account = accounts.add(work, wiring.settings, name, wanted, by, now)
        if setup:
            secret = accounts.make_setup_token(work, account.name, by, now)
        else:
            accounts.set_password(work, Passwords(), account.name, password, by, now)
            secret = password
        work.commit()
    typer.echo(f"{account.name} is {account.role.value} now", err=True)
    if generate or setup:
        _shown_once("password" if generate else "set-up token, good for a day", secret)


@commands.command()
def change(
    ctx: typer.Context,
    name: NameArgument,
    role: Annotated[Role | None, typer.Option("--role", help="What they may do.")] = None,
    queue: QueueOption = None,
    lang: LanguageOption = None,
    skill: SkillOption = None,
    limit: LimitOption = None,
    by: ByOption = "terminal",
) -> None:
    """Change what a user may do and which tickets they get; "" as a queue, language or skill means none."""
    from desk import accounts

    wiring = open_store(ctx)
    wanted = accounts.Changes(role, _all_or(queue), _all_or(lang), _all_or(skill), limit)
    if wanted == accounts.Changes():
        raise UsageError("say what to change: --role, --queue, --lang, --skill or --limit")
    with wiring.database.work() as work:
        account = accounts.change(work, wiring.settings, name, wanted, by, wiring.clock())
        work.commit()
    show_table(_COLUMNS, [_row(account)])


@commands.command("list")
def list_users(ctx: typer.Context, json_out: JsonOption = False) -> None:
    """List users; `koe token list` lists applications."""
    wiring = open_store(ctx)
    with wiring.database.work(write=False) as work:
        users = work.accounts.list()
    if json_out:
        echo_json({"users": users})
        return
    show_table(_COLUMNS, [_row(user) for user in users])
    if not users:
        typer.echo("no users yet; `koe user add NAME --role admin` adds the first one", err=True)


@commands.command()
def disable(
    ctx: typer.Context,
    name: NameArgument,
    undo: Annotated[bool, typer.Option("--undo", help="Let them in again, with the password they had.")] = False,
    by: ByOption = "terminal",
) -> None:
    """Keep a user out: their sessions end at once."""
    from desk import accounts

    wiring = open_store(ctx)
    with wiring.database.work() as work:
        act = accounts.enable if undo else accounts.disable
        account = act(work, name, by, wiring.clock())
        work.commit()
    typer.echo(f"{account.name} is {'disabled' if account.disabled else account.role.value} now")


@commands.command()
def token(ctx: typer.Context, name: NameArgument, by: ByOption = "terminal") -> None:
    """Print a token with which a user chooses a (new) password, once and within a day."""
    from desk import accounts

    wiring = open_store(ctx)
    with wiring.database.work() as work:
        secret = accounts.make_setup_token(work, name, by, wiring.clock())
        work.commit()
    _shown_once("set-up token, good for a day", secret)


def _asked() -> str:
    """A password from the keyboard, unseen and twice, or from a pipe; never from the command line, which all see."""
    if sys.stdin.isatty():
        return str(typer.prompt("password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def _shown_once(what: str, secret: str) -> None:
    typer.echo(f"{what} (it is shown this once):", err=True)
    typer.echo(secret)


def _all_or(given: list[str] | None) -> list[str] | None:
    return given if given is None else [one for one in given if one]


_COLUMNS = ["name", "role", "queues", "languages", "skills", "limit", "state"]


def _row(account: Account) -> list[str]:
    return [
        account.name,
        account.role.value,
        ",".join(account.queues) or "all",
        ",".join(account.languages) or "all",
        ",".join(account.skills) or "-",
        str(account.limit or "-"),
        "disabled" if account.disabled else "active",
    ]
