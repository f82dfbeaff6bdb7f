"""The command ``thespian director bootstart``: the Director as a service of this machine."""

from __future__ import annotations

from pathlib import Path

import click

from thespian_director.control import DirectorControl, pass_control

NO_FOLDER = 5  # the exit status that scripts know


@click.command("bootstart")
@click.argument("words", nargs=-1, metavar="[NAME] [nostart]")
@click.option("--dry-run", is_flag=True, help="Print what would be written and run, and do nothing.")
@click.option("--user", default="thespian", show_default=True, help="Who the system runs as.")
@click.option(
    "--operators", default="thespian-operators", show_default=True, help="The group of those who may use it."
)
@click.option("--manager", help="systemd, upstart or launchd; the one of this machine by default.")
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    help="Write the files below this folder, as for an image, and run nothing.",
)
@pass_control
def command(
    control: DirectorControl,
    words: tuple[str, ...],
    dry_run: bool,
    user: str,
    operators: str,
    manager: str | None,
    root: Path | None,
) -> None:
    """Make the system a service, which is started when this machine boots.

    It is started now, too, unless "nostart" is given. NAME is the name of the service:
    "thespian.director" by default, where dots become dashes.

    For systemd, the service has a user of its own and may do little else than run actors; whoever is in the
    group of operators can read its key, and so use it. The unit is checked with "systemd-analyze verify"
    before it is written. For launchd and upstart the user must exist. For System V and Windows nothing is
    written.

    The exit status is 5 when there is no director's folder, 2 when no service manager is known or runs
    here, and 1 after any other error.
    """
    from thespian_director.errors import DirectorError
    from thespian_director.services import making, systemd
    from thespian_director.services.service import Service, account_name, service_name

    names = [word for word in words if word != "nostart"]
    if len(names) > 1:
        raise click.UsageError(f"only one name can be given, not {len(names)}: {' '.join(names)}")
    if not control.folder.path.is_dir():
        raise DirectorError(
            f"the director's folder {control.folder.path} does not exist",
            f"make it:  mkdir -p {control.folder.path}",
            exit_status=NO_FOLDER,
        )
    control.folder.check()
    service = Service(
        service_name(names[0] if names else None),
        str(control.folder.path),
        user=account_name(user),
        operators=account_name(operators),
        starts="nostart" not in words,
    )
    kind = manager or making.manager_here()
    if kind not in making.MANAGERS:
        raise click.BadParameter(f"{kind!r} is none of {', '.join(making.MANAGERS)}", param_hint="--manager")
    work = making.MANAGERS[kind](service)
    if not making.check(work) and work.unit is not None:
        click.echo("Note: systemd-analyze could not verify the unit", err=True)
    for sentence in making.out_of_reach(service):
        click.echo(f"Note: {sentence}", err=True)
    if dry_run:
        for line in making.described(work):
            click.echo(line)
        return
    if kind == "systemd" and root is None:
        systemd.require_running()
    making.write(work, root or Path("/"))
    for path in work.files:
        click.echo(f"Wrote {(root or Path('/')) / path.lstrip('/')}")
    if root is None:
        making.carry_out(work, operators, click.echo)
    for note in work.notes:
        click.echo(note)
