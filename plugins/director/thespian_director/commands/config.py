"""The command ``thespian director config``: what the settings say."""

from __future__ import annotations

import click

from thespian_director.control import DirectorControl, pass_control

_LABEL_WIDTH = 19  # the labels are right-aligned to it, and the values line up


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs, with the keys told above.")
@pass_control
def command(control: DirectorControl, as_json: bool) -> None:
    """Show what the settings in the director's folder say.

    A setting that cannot be read, or that others can write, is an error.

    --json prints one object with the keys "sources_location", "system_base", "old_system_base",
    "admin_port", "logging_directory", "convention_leader", "other_capabilities", "logging",
    "internal_log" and "internal_log_bytes". What is not set is null.
    """
    import json

    folder = control.folder
    capabilities, logging = folder.other_capabilities, folder.log_definitions
    internal_log, internal_log_bytes = folder.internal_log
    if as_json:
        found = {
            "sources_location": control.sources_dir,
            "system_base": control.system_base,
            "old_system_base": folder.old_base_name,
            "admin_port": control.admin_port,
            "logging_directory": control.logdir,
            "convention_leader": folder.convention_leader,
            "other_capabilities": capabilities,
            "logging": logging,
            "internal_log": internal_log,
            "internal_log_bytes": internal_log_bytes,
        }
        click.echo(json.dumps(found, indent=2, default=repr))
        return
    rows = [
        ("Sources location", control.sources_dir),
        ("System Base", control.system_base),
        ("OLD System Base", folder.old_base_name),
        ("Admin Port", control.admin_port),
        ("Logging directory", control.logdir),
        ("Convention Leader", folder.convention_leader),
        ("Other Capabilities", folder.setting("othercaps") or "{}"),
    ]
    for label, value in rows:
        if value is not None:
            first, *more = str(value).splitlines()
            click.echo(f"{label:>{_LABEL_WIDTH}}: {first}")
            for line in more:
                click.echo(" " * (_LABEL_WIDTH + 2) + line)
