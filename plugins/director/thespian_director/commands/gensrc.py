"""The command ``thespian director gensrc``: makes a signed package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thespian_director.control import DirectorControl, pass_control

if TYPE_CHECKING:
    from thespian_director.tli import Tli

MISSING_ARGUMENTS = 3  # the exit status that scripts know


class _Gensrc(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Tell missing arguments with the status that they have always had."""
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter as missing:
            vars(missing)["exit_code"] = MISSING_ARGUMENTS
            raise


@click.command("gensrc", cls=_Gensrc)
@click.argument("group")
@click.argument("private_keyfile", type=click.Path(path_type=Path))
@click.argument("sources_dir", type=click.Path(path_type=Path))
@click.argument("inputs", nargs=-1, required=True, metavar="[version:V] [deps:FILE] [tli:FILE] SOURCE...")
@pass_control
def command(
    control: DirectorControl, group: str, private_keyfile: Path, sources_dir: Path, inputs: tuple[str, ...]
) -> None:
    """Make a signed package of sources in the director's folder.

    GROUP is the name that all versions of it have in common. PRIVATE_KEYFILE signs it: "keygen" and openssl
    make such keys. SOURCES_DIR is the folder that names in the package begin in; a SOURCE is a file in it,
    or a pattern in quotes, as "foo/**/*.py", where ** is any number of folders.

    \b
    version:V    its version; "version:date" is the present time, as YYYYMMDDHHMM in UTC.
                 Without one, it takes the place of the one before.
    deps:FILE    also pack the installed packages whose names are lines of this file.
    tli:FILE     what is done with its actors; without it, SOURCES_DIR/GROUP.tli if there is one.

    A FILE is looked for in SOURCES_DIR, and then in the current folder.

    Every .py file is compiled as a check; no code is run. The package is written whole or not at all. When
    the TLI file has a TLS_Keep_Limit, older packages of the group are removed beyond it.

    The exit status is 3 when arguments are missing, and 1 after any other error.
    """
    from thespian_director.packages.collecting import collect
    from thespian_director.packages.files import write_whole
    from thespian_director.packages.keeping import remove_old
    from thespian_director.packages.keys import read_private_key
    from thespian_director.packages.making import check_archive, make_archive, seal
    from thespian_director.progress import track

    words, patterns = _split(inputs)
    _check_group(group)
    folder = control.folder
    folder.check()
    package = folder.path / (f"{group}-{words['version']}.tls" if words["version"] else f"{group}.tls")
    root = Path(sources_dir).absolute()
    tli = _tli(
        [_found(words["tli"], root)]
        if words["tli"]
        else [root / f"{group}.tli", folder.path / f"{group}.tli"],
        is_needed=bool(words["tli"]),
    )
    control.tell(f"reading the key {private_keyfile}")
    key = read_private_key(private_keyfile, folder.weak_keys)
    control.tell(f"collecting files in {root}")
    collected = collect(root, patterns, _found(words["deps"], root) if words["deps"] else None)
    archive = make_archive(collected, track)
    control.tell(f"packed {len(collected.files):,} files into {len(archive):,} bytes")
    check_archive(archive, tli[0] if tli else None)
    installed_tli = folder.path / f"{group}.tli"
    contents = {} if tli is None or tli[0].path == installed_tli else {installed_tli: tli[1]}
    write_whole({**contents, package: seal(archive, key)})
    for notice in collected.notices:
        click.echo(notice, err=True)
    click.echo(f"Wrote {package}")
    group_files = _group_files(folder.path, group)
    if tli is None:
        click.echo(f"there is no {group_files.tli_filename()}: it is needed to load the package", err=True)
        return
    for removed in remove_old(group_files, tli[0].keep_limit, str(package)):
        click.echo(f"Removed {removed}")


def _split(inputs: tuple[str, ...]) -> tuple[dict[str, str], list[str]]:
    """Divide the inputs into words such as ``version:1``, and patterns."""
    import re
    from datetime import datetime, timezone

    from thespian_director.errors import DirectorError

    words = {"version": "", "deps": "", "tli": ""}
    patterns = []
    for one in inputs:
        name, colon, value = one.partition(":")
        if colon and name == "fmt":
            raise DirectorError(f"{one}: there is one form of packages that is written", "leave fmt: out")
        if not colon or name not in words:
            patterns.append(one)
            continue
        if not value:
            raise DirectorError(f"{one} says nothing", f"write it as {name}:VALUE, without a blank")
        if words[name]:
            raise DirectorError(f"{name}: is there twice", "one is enough")
        words[name] = value
    if not patterns:
        raise DirectorError(
            "there is no source to pack",
            'name files or patterns: "foo/**/*.py"',
            exit_status=MISSING_ARGUMENTS,
        )
    if words["version"] == "date":
        words["version"] = datetime.now(timezone.utc).strftime("%Y%m%d%H%M")
    elif words["version"] and not re.fullmatch(r"[A-Za-z0-9._+~-]{1,100}", words["version"]):
        raise DirectorError(f"{words['version']!r} is no version", "use letters, digits and . _ + ~ -")
    return words, patterns


def _check_group(group: str) -> None:
    import re

    from thespian_director.errors import DirectorError

    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}", group):
        raise DirectorError(
            f"{group!r} is no name of a group",
            "use letters, digits and _ . + -, and begin with a letter or digit",
        )


def _found(name: str, root: Path) -> Path:
    """Return the file that a word names: below the folder of sources, else from the current folder."""
    return root / name if (root / name).exists() else Path(name)


def _tli(paths: list[Path], is_needed: bool) -> tuple[Tli, bytes] | None:
    """Return the first TLI file that is there, read and as bytes."""
    from thespian_director.errors import DirectorError
    from thespian_director.literals import MAX_TEXT_BYTES
    from thespian_director.tli import parse_tli
    from thespian_director.trusted import read_trusted

    for path in paths:
        try:
            data = read_trusted(path, "the TLI file", MAX_TEXT_BYTES)
        except FileNotFoundError:
            if is_needed:
                raise DirectorError(f"there is no TLI file {path}") from None
            continue
        return parse_tli(data, path), data
    return None


def _group_files(folder: Path, group: str) -> Any:
    from thespian_director.groupfiles import GroupLoadableFiles

    return GroupLoadableFiles(folder, group)
