"""The command ``thespian director avail``: which packages there are to load."""

from __future__ import annotations

import click

from thespian_director.control import DirectorControl, pass_control
from thespian_director.folder import FOLDER_VARIABLE


@click.command("avail")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs, with the keys told above.")
@pass_control
def command(control: DirectorControl, as_json: bool) -> None:
    """List the packages in the director's folder.

    They are listed by group, the newest first, with the hash that each has when it is loaded. A group is
    one that has a TLI file. Nothing is started, and no signature is checked: "tlsinfo" does that.

    --json prints one object with the keys "folder" and "groups", a list of objects with "group" and
    "packages", a list of objects with "file" and "hash".
    """
    import json
    import os

    control.folder.check()
    groups = [
        (group.group_name, [(os.path.basename(file), _hash_of(file)) for file in group.tls_filenames()])
        for group in control.all_group_loadable_sources()
    ]
    if as_json:
        found = {
            "folder": control.sources_dir,
            "groups": [
                {"group": name, "packages": [{"file": file, "hash": hash_} for file, hash_ in packages]}
                for name, packages in groups
            ],
        }
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"{FOLDER_VARIABLE}={control.sources_dir}")
    wide_group = max((len(name) for name, _ in groups), default=0)
    wide_file = max((len(file) for _, packages in groups for file, _ in packages), default=0)
    for name, packages in groups:
        if not packages:
            click.echo(f"{name:>{wide_group}}: no package")
        for number, (file, hash_) in enumerate(packages):
            label = f"{name:>{wide_group}}: " if number == 0 else " " * wide_group + "+ "
            click.echo(f"{label}{file:<{wide_file}}    {hash_}")


def _hash_of(file: str) -> str:
    from thespian_core.sources.reading import read_source, source_hash

    try:
        return source_hash(read_source(file)[0])
    except (OSError, ValueError) as why:
        return f"({getattr(why, 'strerror', None) or why})"
