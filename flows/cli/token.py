"""``koe token``: which applications may come in through the API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows.cli.session import WHO, JsonOption, echo_json, open_store
from flows.cli.tables import show_table
from koe.account import Role, account_name
from koe.errors import ConflictError

if TYPE_CHECKING:
    from datetime import datetime

    from koe.account import ApiToken

commands = typer.Typer(help="Tokens of applications, for the API of the desk.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The application's name, such as erp.")]
ByOption = Annotated[str, typer.Option("--as", envvar=WHO, help="Who you are, for the audit log.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(commands, name="token", rich_help_panel="Issues and tickets")


@commands.command()
def create(
    ctx: typer.Context,
    name: NameArgument,
    role: Annotated[
        Literal["viewer", "agent"], typer.Option("--role", help="agent may also claim, reply, resolve and reopen.")
    ] = "viewer",
    queue: Annotated[
        list[str] | None, typer.Option("--queue", help="A queue whose tickets it sees; several times (default: all).")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How long it works.")] = 365,
    replace: Annotated[bool, typer.Option("--replace", help="In the place of the token it has, which ends.")] = False,
    by: ByOption = "terminal",
) -> None:
    """Print a token for an application, once; koe keeps a hash of it only."""
    from desk import accounts

    wiring = open_store(ctx)
    now = wiring.clock()
    accounts.require_queues(wiring.settings, queue or ())
    with wiring.database.work() as work:
        if not replace and account_name(name) in {one.application for one in work.sign_ins.api_tokens()}:
            raise ConflictError(f"{name} has a token; --replace makes another one and ends that one")
        secret = accounts.make_api_token(work, name, Role(role), by, now, timedelta(days=days), queue or ())
        work.commit()
    typer.echo(f"token of {name} (it is shown this once):", err=True)
    typer.echo(secret)


@commands.command("list")
def list_tokens(ctx: typer.Context, json_out: JsonOption = False) -> None:
    """List applications with a token: role, queues, when it was made, last used and ends."""
    wiring = open_store(ctx)
    with wiring.database.work(write=False) as work:
        tokens = work.sign_ins.api_tokens()
    if json_out:
        echo_json({"applications": tokens})
        return
    show_table(
        ["application", "role", "queues", "made", "by", "last used", "ends"],
        [_row(token, wiring.clock()) for token in tokens],
    )
    if not tokens:
        typer.echo("no application has a token; `koe token create NAME` makes one", err=True)


@commands.command()
def revoke(ctx: typer.Context, name: NameArgument, by: ByOption = "terminal") -> None:
    """Let the token of an application work no more."""
    from desk import accounts

    wiring = open_store(ctx)
    with wiring.database.work() as work:
        accounts.revoke_api_token(work, name, by, wiring.clock())
        work.commit()
    typer.echo(f"the token of {name} works no more")


def _row(token: ApiToken, now: datetime) -> list[str]:
    ends = "never" if token.expires_at is None else f"{token.expires_at:%Y-%m-%d}"
    return [
        token.application,
        token.role.value,
        ",".join(token.queues) or "all",
        f"{token.created_at:%Y-%m-%d}",
        token.created_by,
        "never" if token.last_used_at is None else f"{token.last_used_at:%Y-%m-%d %H:%M}",
        f"{ends} (over)" if token.expires_at and token.expires_at <= now else ends,
    ]
