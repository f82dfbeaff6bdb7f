"""The command ``thespian director tlsinfo``: is a package signed, and what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from thespian_director.control import DirectorControl, pass_control

if TYPE_CHECKING:
    from thespian_director.packages.reading import Verified

# The exit statuses that scripts know.
NO_FILE, NO_MEMBER, NOT_VERIFIED = 4, 6, 7


@click.command("tlsinfo")
@click.argument("tlsfile", type=click.Path(path_type=Path))
@click.argument("what", metavar="[contents|MEMBER]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs, with the keys told above.")
@pass_control
def command(control: DirectorControl, tlsfile: Path, what: str | None, as_json: bool) -> None:
    """Verify a package with the keys in the director's folder.

    A file that is not in the current folder is looked for in the director's. With "contents" its files are
    listed with their sizes in bytes; with the name of one, that is printed.

    --json prints one object with the keys "file", "hash", "form", "algorithm", "key" and "contents", a list
    of objects with "name" and "size".

    The exit status is 4 when there is no such file, 6 when nothing in it has that name, and 7 when no key
    verifies it.
    """
    import json

    from thespian_core.sources.reading import read_source, source_hash
    from thespian_director.errors import DirectorError
    from thespian_director.packages.reading import verify_with
    from thespian_director.packages.sealing import BadPackage

    path = tlsfile if tlsfile.exists() else control.folder.path / tlsfile
    try:
        data, _ = read_source(path)
    except FileNotFoundError:
        raise DirectorError(f'The tls file "{tlsfile}" does not exist', exit_status=NO_FILE) from None
    except OSError as why:
        raise DirectorError(
            f'The tls file "{path}" cannot be read: {why.strerror}', exit_status=NO_FILE
        ) from None
    except ValueError as why:  # it is larger than any package
        raise DirectorError(
            f'Could not validate signature on "{path}"', str(why), exit_status=NOT_VERIFIED
        ) from None
    try:
        verified = verify_with(control.folder, data)
    except BadPackage as why:
        raise DirectorError(
            f'Could not validate signature on "{path}"', str(why), exit_status=NOT_VERIFIED
        ) from None
    if as_json:
        found = {
            "file": str(path),
            "hash": source_hash(data),
            "form": verified.form,
            "algorithm": verified.algorithm,
            "key": str(verified.key_file),
            "contents": [{"name": name, "size": size} for name, size in _contents(verified)],
        }
        click.echo(json.dumps(found, indent=2))
    elif what is None:
        click.echo(f'Validated "{path}" loadable with key {verified.key_file}')
    elif what == "contents":
        for name, size in _contents(verified):
            click.echo(f" {size:>6}  {name}")
    else:
        _print_member(verified, what, path)


def _contents(verified: Verified) -> list[tuple[str, int]]:
    return [
        (member.filename, member.file_size)
        for member in verified.archive.zip.infolist()
        if not member.is_dir()
    ]


def _print_member(verified: Verified, name: str, path: Path) -> None:
    import difflib

    from thespian_core.sources.archive import BadArchive
    from thespian_director.errors import DirectorError

    try:
        data = verified.archive.read(name)
    except FileNotFoundError:
        near = difflib.get_close_matches(name, verified.archive.files, n=1)
        mending = [f"did you mean {near[0]}?"] if near else []
        raise DirectorError(f'"{path}" has no file "{name}"', *mending, exit_status=NO_MEMBER) from None
    except BadArchive as why:
        raise DirectorError(f'"{path}": {why}', exit_status=NO_MEMBER) from None
    click.echo(data, nl=False)
