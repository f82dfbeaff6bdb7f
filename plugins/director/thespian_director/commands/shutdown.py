"""The command ``thespian director shutdown``: the end of the running system."""

from __future__ import annotations

import click

from thespian_director.control import DirectorControl, pass_control


@click.command("shutdown")
@pass_control
def command(control: DirectorControl) -> None:
    """End the system: every actor is sent an ActorExitRequest, and no other message.

    A system of the base that oldthespbase.cfg names is ended as well.
    """
    ended = [name for name in _bases(control) if _end(control, name)]
    if not ended:
        control.require_up()
    click.echo("Shutdown completed")


def _bases(control: DirectorControl) -> list[str]:
    old = control.folder.old_base_name
    return [control.system_base, *([old] if old not in (None, control.system_base) else [])]


def _end(control: DirectorControl, base_name: str) -> bool:
    if not control.is_running_on(base_name):
        return False
    control.tell(f"ending the system on {base_name} at Admin Port {control.admin_port}")
    control.system_on(base_name).shutdown()
    return True
