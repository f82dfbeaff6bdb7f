"""The command ``thespian director refresh``: the newest package of every group into the running system."""

from __future__ import annotations

import click

from thespian_director.control import DirectorControl, pass_control


@click.command("refresh")
@pass_control
def command(control: DirectorControl) -> None:
    """Load the newest package of every group, unless it is loaded already.

    The system is started unless it runs. A group whose newest package cannot be loaded goes on as it is,
    and so does this command with the groups after it; the exit status is 1 then.
    """
    refresh(control)


def refresh(control: DirectorControl) -> None:
    """Load what is new, and tell it.

    Raises:
        DirectorError: why some of it was not loaded.
    """
    from thespian_director.errors import DirectorError
    from thespian_director.loading import load_new, newest

    choices = newest(control)
    control.tell(f"groups with packages in {control.sources_dir}: {len(choices)}")
    control.ensure_authority()
    loaded, errors = [], []
    try:
        for outcome in load_new(control, choices):
            if isinstance(outcome, DirectorError):
                errors.append(outcome)
            else:
                loaded.append(outcome)
    finally:  # not before the bar is gone, and also when the system ends meanwhile
        for each in loaded:
            click.echo(each)
    if errors:
        raise DirectorError("\n".join(map(str, errors)))
