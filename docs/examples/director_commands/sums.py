"""The director command ``sums``: what is in the folder of sources, by SHA-256."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click


@click.command()
@click.option(
    "--folder",
    envvar="THESPIAN_DIRECTOR_DIR",
    default=".",
    show_default="the current folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the sources are; THESPIAN_DIRECTOR_DIR by default.",
)
def sums(folder: Path) -> None:
    """Print the SHA-256 of each zip file, as sha256sum does."""
    for file in sorted(folder.glob("*.zip")):
        click.echo(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}")
