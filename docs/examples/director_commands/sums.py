"""The director command ``sums``: the packages in the director's folder, by SHA-256."""

from __future__ import annotations

import hashlib

import click

from thespian_director.control import DirectorControl, pass_control


@click.command()
@pass_control
def sums(control: DirectorControl) -> None:
    """Print the SHA-256 of each package, as sha256sum does."""
    control.folder.check()
    for group in control.all_group_loadable_sources():
        control.tell(f"looking at the packages of {group.group_name}")
        for file in group.tls_filenames():
            with open(file, "rb") as package:
                digest = hashlib.sha256(package.read()).hexdigest()
            click.echo(f"{digest}  {file}")
