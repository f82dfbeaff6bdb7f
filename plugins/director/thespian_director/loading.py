"""Loading packages of the director's folder into its system: which, and what comes of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from thespian_core.sources.reading import read_source, source_hash
from thespian_director.errors import DirectorError
from thespian_director.groupfiles import INFO, PACKAGE, GroupLoadableFiles
from thespian_director.machine.group import NOT_ACCEPTED, START_LIMIT_S
from thespian_director.packages.keeping import remove_old
from thespian_director.packages.reading import verify_with
from thespian_director.packages.sealing import BadPackage
from thespian_director.progress import track
from thespian_director.tli import Tli, read_tli

if TYPE_CHECKING:
    from thespian_director.control import DirectorControl

TAKEN_LIMIT_S = 61.0  # as long as a program waits until a system has a source
# The authority has two minutes for its verdict; then the actors start, and before them those of another load.
LOADED_LIMIT_S = 120.0 + 2 * START_LIMIT_S + 5.0


@attrs.frozen
class Choice:
    """A package, and the group that it is a version of.

    Attributes:
        group: the group.
        package: the path of the package.
    """

    group: GroupLoadableFiles
    package: str


@attrs.frozen
class Loaded:
    """What came of a load.

    Attributes:
        choice: what was loaded.
        source_hash: its hash.
    """

    choice: Choice
    source_hash: str

    def __str__(self) -> str:
        return f'Loaded "{self.choice.group.group_name}" {self.choice.package}: {self.source_hash}'


def choose(control: DirectorControl, group_or_file: str) -> Choice:
    """Return the package that an operator means: the file that is named, or the newest of the group.

    A file without a folder is looked for in the director's folder, if it is not in the working folder.

    Raises:
        DirectorError: there is none.
    """
    control.folder.check()
    path = Path(group_or_file)
    is_file = path.suffix in (INFO, PACKAGE)
    in_folder = not is_file or (path.name == group_or_file and not path.exists())
    path = control.folder.path / path if in_folder else Path(os.path.abspath(path))
    group = GroupLoadableFiles(path.parent, path.name)
    if path.suffix == PACKAGE and is_file:
        if not path.is_file():
            raise DirectorError(f"there is no package {path}", "what there is:  thespian director avail")
        return Choice(group, str(path))
    if not os.path.isfile(group.tli_filename()):
        raise _no_tli(group)
    packages = group.tls_filenames()
    if not packages:
        raise DirectorError(
            f"the group {group.group_name} has no package in {path.parent}",
            f"make one:  thespian director gensrc {group.group_name} PRIVATE_KEY SOURCES_DIR FILES...",
        )
    return Choice(group, packages[0])


def newest(control: DirectorControl) -> list[Choice]:
    """Return the newest package of every group in the director's folder that has one."""
    control.folder.check()
    groups = [(group, group.tls_filenames()) for group in control.all_group_loadable_sources()]
    return [Choice(group, packages[0]) for group, packages in groups if packages]


def load_new(control: DirectorControl, choices: list[Choice]) -> Iterator[Loaded | DirectorError]:
    """Load those packages that are not loaded; one that cannot be does not stop the others.

    Yields:
        What was loaded, and why another was not. What had been loaded before is passed over.
    """
    for choice in shown(control, choices):
        try:
            if _is_loaded(control, choice):
                control.tell(f"{choice.package} is loaded already")
            else:
                yield load(control, choice)
        except DirectorError as why:
            yield why


def shown(control: DirectorControl, choices: list[Choice]) -> Iterable[Choice]:
    """Return the packages to load, and show how many are; not when each step is told, which says more."""
    return choices if control.verbose else track("loading", choices)


def load(control: DirectorControl, choice: Choice) -> Loaded:
    """Load a package, and wait until its actors work; then remove the group's oldest packages if it says so.

    Raises:
        DirectorError: it was not loaded, and what ran before goes on.
    """
    name, package = choice.group.group_name, choice.package
    tli = _tli(control, choice.group)
    control.ensure_authority()
    control.tell(f"loading {package}")
    definition = {"Group": name, "Actors": tli.actors, "AutoUnload": tli.auto_unload}
    with control.talk() as talk:
        talk.demand({"DirectorOp": "DefineGroup", **definition}, "DeclaredGroup")
        request = {"DirectorOp": "LoadSource", "Group": name, "Source": package, "Report": True}
        taken = talk.demand(request, "SourceLoading", TAKEN_LIMIT_S)
        control.tell(f"the system has it, as {taken['SourceHash']}")
        outcome = talk.wait("SourceLoaded", LOADED_LIMIT_S)
    _check(control, choice, tli, outcome)
    try:
        for file in remove_old(choice.group, tli.keep_limit, package):
            control.tell(f"removed {file}")
    except DirectorError as why:  # what was loaded is loaded
        click.echo(f"Note: {why}", err=True)
    return Loaded(choice, taken["SourceHash"])


def _check(control: DirectorControl, choice: Choice, tli: Tli, outcome: dict[str, Any] | None) -> None:
    if outcome is None:
        raise DirectorError(
            f"{choice.package} is not loaded after {LOADED_LIMIT_S:.0f} s, and may still be",
            "see:  thespian director list",
        )
    if outcome["Success"]:
        return
    error = str(outcome["Error"])
    mending = []
    if error == NOT_ACCEPTED:
        mending.append(_why_not(control, choice.package))
    # "package.module.Class was not created: why"
    line = tli.lines.get(error.partition(" ")[0])
    if line is not None:
        mending.append(f"the class is named in {tli.path}, line {line}")
    raise DirectorError(f"{choice.package} was not loaded: {error}", *mending)


def _why_not(control: DirectorControl, package: str) -> str:
    try:
        verify_with(control.folder, read_source(package)[0])
    except (BadPackage, DirectorError, OSError, ValueError) as why:
        return str(why)
    return (
        f"a key in {control.sources_dir} has signed it, so the system has another source authority, "
        f"or one for another folder"
    )


def _tli(control: DirectorControl, group: GroupLoadableFiles) -> Tli:
    try:
        return read_tli(Path(group.tli_filename()), control.folder.path.stat().st_uid)
    except FileNotFoundError:
        raise _no_tli(group) from None


def _no_tli(group: GroupLoadableFiles) -> DirectorError:
    if not group.tls_filenames():
        return DirectorError(
            f"there is no group {group.group_name}: neither its TLI file nor a package of it is there",
            "what there is:  thespian director avail",
        )
    return DirectorError(
        f"the group {group.group_name} has no TLI file: {group.tli_filename()} does not exist",
        "it says which actors the group runs; for a group that runs none, write {} into it",
    )


def _is_loaded(control: DirectorControl, choice: Choice) -> bool:
    try:
        hash_of_it = source_hash(read_source(choice.package)[0])
    except (OSError, ValueError) as why:
        raise DirectorError(
            f"{choice.package} cannot be read: {getattr(why, 'strerror', None) or why}"
        ) from None
    with control.talk() as talk:
        groups = talk.demand({"DirectorOp": "RetrieveAll"}, "AllAddresses")["Groups"]
    return hash_of_it in groups.get(choice.group.group_name, {}).get("Loaded", [])
