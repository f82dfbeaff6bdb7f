"""The program: an operator upgrades an application that clients are using, and goes back."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from examples.upgrade.clients import Clients
from examples.upgrade.front import Front
from examples.upgrade.report import figures, print_table
from examples.upgrade.site import CommandFailed, Site

CLIENTS = 3  # that are answered at once
LOOK_S = (0.2, 0.4)  # two more, whose orders are looked at for so long
NOTE = "# Hello\n\nThis *comes* from a package."
PHASES = ("on 1", "upgrade", "on 2", "going back", "back on 1")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 3600),
    default=2.0,
    show_default=True,
    help="How long requests are sent to each version before the next step.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object with the figures, and no session."
)
def main(seconds: float, as_json: bool) -> None:
    """Upgrade a running application without losing a request, and go back.

    A system is started with version 1 of the application "quotes", and five clients ask for quotes without a
    pause. Then version 2 is made, signed and loaded with "refresh": new requests go to it, and those that are
    under way end where they were begun. In the end version 2 is unloaded, and version 1 works again. A second
    application, "notes", brings a library in its package.

    The exit status is 1 when a request was lost, answered twice or answered wrongly.
    """
    told: Callable[[str], None] = (lambda _line: None) if as_json else click.echo
    with tempfile.TemporaryDirectory() as work:
        site = Site(Path(work), told)
        try:
            clients = _run(site, seconds, told)
        except CommandFailed as why:
            raise click.ClickException(str(why)) from None
        finally:
            site.close()
    found = figures(clients, PHASES)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        print_table(found)
    if found["lost"] or found["answered_twice"] or found["wrong"]:
        raise click.ClickException("not every request was answered once")


def _run(site: Site, seconds: float, told: Callable[[str], None]) -> Clients:
    site.make_key()
    site.pack("quotes", "quotes_1", 1)
    site.pack("notes", "notes", 1, f"deps:{site.libraries('notes')}")
    site.director("start")
    told(_render(site))
    front = Front(site.control)
    clients = Clients(site.control.asys, front)
    try:
        clients.phase = PHASES[0]
        clients.begin([0.0] * CLIENTS + list(LOOK_S))
        time.sleep(seconds)

        clients.phase = PHASES[1]
        site.pack("quotes", "quotes_2", 2)
        site.director("refresh")
        front.look()

        clients.phase = PHASES[2]
        time.sleep(seconds)

        clients.phase = PHASES[3]
        newest = site.active("quotes")
        with front.drained():  # an actor that is unloaded ends when its mailbox is empty
            site.unload(newest)

        clients.phase = PHASES[4]
        time.sleep(seconds)
        site.director("list", "quotes")
    finally:
        clients.end()
    return clients


def _render(site: Site) -> str:
    found = site.control.get_role_address("renderer", group="notes")
    assert found is not None
    with site.control.asys.private() as connection:
        answer: Any = connection.ask(found["ActorAddress"], NOTE, 30)
    html, module = answer
    assert module == f"{{{{{found['SourceHash']}}}}}markdown_it", module
    return f"notes says: {html.splitlines()[0]}, with the library of its package, {module}"
