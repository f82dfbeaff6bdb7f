"""The command ``thespian director start``: the system, the Director, and the newest packages."""

from __future__ import annotations

import click

from thespian_director.control import DirectorControl, pass_control


@click.command("start")
@click.argument("wait", required=False)
@pass_control
def command(control: DirectorControl, wait: str | None) -> None:
    """Start the system and the Director, and load the newest package of every group.

    What runs already is left as it is, so that this may be done twice, and from two terminals at once.

    With any argument, such as "wait", the command goes on until the system ends, which it does when this is
    sent SIGTERM or Ctrl-C. The exit status is 0 when the system was asked to end, and else 1. A package that
    cannot be loaded does not end it.
    """
    from thespian_director.commands.refresh import refresh
    from thespian_director.errors import DirectorError
    from thespian_director.systems import is_shared
    from thespian_director.waiting import EndRequest, wait_for_end

    control.folder.check()
    what = "is joined" if control.is_up else "is started"
    control.tell(f"a system on {control.system_base} at Admin Port {control.admin_port} {what}")
    if wait is None:
        if not is_shared(control.system_base):
            click.echo(
                f"Note: a system on {control.system_base} ends with the program that starts it", err=True
            )
        refresh(control)
        return
    with EndRequest() as request:
        try:
            refresh(control)
        except DirectorError as why:
            if not control.is_alive:
                raise
            click.echo(f"Error: {why}", err=True)
        wait_for_end(control, request)
