"""The command ``thespian director gensrc``: makes a signed package."""

from __future__ import annotations

from pathlib import Path

import click

from thespian_director.control import DirectorControl, pass_control


class _Gensrc(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Tell missing arguments with the status that they have always had."""
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter as missing:
            from thespian_director.packages.inputs import MISSING_ARGUMENTS

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
    from thespian_director.groupfiles import GroupLoadableFiles
    from thespian_director.packages.collecting import collect
    from thespian_director.packages.files import write_whole
    from thespian_director.packages.inputs import package_name, read_first_tli, read_inputs
    from thespian_director.packages.keeping import remove_old
    from thespian_director.packages.keys import read_private_key
    from thespian_director.packages.making import check_archive, make_archive, seal
    from thespian_director.progress import track

    folder, root = control.folder, sources_dir.absolute()
    folder.check()
    given = read_inputs(inputs, root)
    package = folder.path / package_name(group, given.version)
    installed_tli = folder.path / f"{group}.tli"
    found_tli = read_first_tli([given.tli] if given.tli else [root / f"{group}.tli", installed_tli])
    tli, tli_bytes = found_tli or (None, b"")
    control.tell(f"reading the key {private_keyfile}")
    key = read_private_key(private_keyfile, folder.weak_keys)
    control.tell(f"collecting files in {root}")
    collected = collect(root, given.patterns, given.dependencies)
    archive = make_archive(collected, track)
    control.tell(f"packed {len(collected.files):,} files into {len(archive):,} bytes")
    check_archive(archive, tli)
    with_it = {} if tli is None or tli.path == installed_tli else {installed_tli: tli_bytes}
    write_whole({**with_it, package: seal(archive, key)})
    for notice in collected.notices:
        click.echo(notice, err=True)
    click.echo(f"Wrote {package}")
    if tli is None:
        click.echo(f"there is no {installed_tli}: it is needed to load the package", err=True)
        return
    for removed in remove_old(GroupLoadableFiles(folder.path, group), tli.keep_limit, str(package)):
        click.echo(f"Removed {removed}")
