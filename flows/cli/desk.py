"""``koe desk``: the response desk in the browser."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.session import open_store
from koe.errors import UsageError

if TYPE_CHECKING:
    from desk.web.site import Site
    from flows.wiring import Wiring

PORT = 8420


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(rich_help_panel="Issues and tickets")(desk)


def desk(
    ctx: typer.Context,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")] = PORT,
    behind_tls: Annotated[
        bool, typer.Option("--behind-tls", help="Browsers come over TLS, through a proxy that you run before koe.")
    ] = False,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="With --behind-tls: the desk's host name in the browser.")
    ] = None,
) -> None:
    """Open the response desk: queues, cases, replies, figures, people. Stop it with Ctrl-C."""
    wiring = open_store(ctx)
    site = make_site(wiring, host, behind_tls, name or [])
    with wiring.database.work() as work:
        from desk.web.first_admin import NAME, first_token

        token = first_token(work, wiring.settings, wiring.clock())
        work.commit()
    place = f"https://{next(iter(site.hosts))}" if behind_tls else f"http://{_bracketed(host)}:{port}"
    if token:
        typer.echo(f"Nobody can sign in yet. Choose a password for {NAME} at {place}/setup")
        typer.echo(f"with this token, which works once, for a day: {token}")
    typer.echo(f"The desk is at {place}")
    serve(site, host, port)


def make_site(wiring: Wiring, host: str, behind_tls: bool, names: list[str]) -> Site:
    """The desk as it is meant to be reached.

    Raises:
        UsageError: passwords would travel unprotected, or the demo would be open to others.
    """
    from desk.web.site import LOOPBACK, Site
    from flows.demo import MARKER

    loopback = _is_loopback(host)
    if not loopback and not behind_tls:
        raise UsageError(
            f"on {host} passwords would travel unprotected; put a proxy with TLS before koe and say "
            "--behind-tls --name THE.HOST.NAME, or listen on 127.0.0.1"
        )
    if behind_tls and not names:
        raise UsageError("--behind-tls needs the desk's host name in the browser: --name desk.example.com")
    if names and not behind_tls:
        raise UsageError("--name goes with --behind-tls; on loopback the desk answers to localhost and 127.0.0.1")
    if (behind_tls or not loopback) and (wiring.settings.folder / MARKER).exists():
        raise UsageError("this is the demo, whose log-ins are for this machine only; leave out --host and --behind-tls")

    def model(work: object) -> str:
        from flows.cli.queue import model_in_use

        return model_in_use(wiring, work)  # type: ignore[arg-type]

    return Site(
        settings=wiring.settings,
        database=wiring.database,
        clock=wiring.clock,
        model=model,
        secure=behind_tls,
        hosts=tuple(names) if behind_tls else LOOPBACK,
    )


def serve(site: Site, host: str, port: int) -> None:
    """Answer requests until the process is told to stop."""
    import uvicorn

    from desk.web.app import create_app

    # Only a proxy that was asked for may say who the browser is; otherwise the brake on passwords could be fooled.
    uvicorn.run(
        create_app(site),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        proxy_headers=site.secure,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=64 * 1024,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
