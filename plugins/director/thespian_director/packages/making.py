"""Making a package: its files are read and compiled as a check, packed, and signed."""

from __future__ import annotations

import ast
import io
import os
import warnings
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from thespian_core.sources.archive import Archive, BadArchive
from thespian_core.sources.limits import MAX_MEMBER_BYTES, MAX_UNPACKED_BYTES
from thespian_director.errors import DirectorError
from thespian_director.packages.collecting import Collected
from thespian_director.packages.keys import PrivateKey, looks_like_a_private_key
from thespian_director.packages.sealing import header_of, join
from thespian_director.tli import Tli
from thespian_director.trusted import check_status

Item = TypeVar("Item")
Track = Callable[[str, list[Item]], Iterable[Item]]

# The same files make the same zip file, whenever; it is the first time that zip knows.
_WHEN = (1980, 1, 1, 0, 0, 0)
_ALL_MAY_READ = 0o100644 << 16
_SHOWN_MISTAKES = 10  # our choice: who has more mends these first


def make_archive(collected: Collected, track: Track[str]) -> bytes:
    """Read, check and pack files. No code of them is run.

    Args:
        collected: the files.
        track: shows how far it is.

    Returns:
        The zip file; files of the same content make the same one.

    Raises:
        DirectorError: a file cannot be read, or others can write it; Python code that was named does not
            compile; a private key is among the files; or nothing could load the outcome.
    """
    buffer = io.BytesIO()
    mistakes = []
    unpacked_bytes = 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in track("checking and packing", sorted(collected.files)):
            data = _content(collected.files[name])
            unpacked_bytes += len(data)
            if unpacked_bytes > MAX_UNPACKED_BYTES:
                raise DirectorError(
                    f"these files have over {MAX_UNPACKED_BYTES:,} bytes, and a package has at most those",
                    "name fewer, or make several packages",
                )
            if looks_like_a_private_key(data):
                raise DirectorError(
                    f"{collected.files[name]} is a private key, which nobody else may have",
                    "name the files to pack so that it is not among them",
                )
            if name.endswith(".py") and (why := _mistake(data, collected.files[name])):
                if name in collected.own:
                    mistakes.append(why)
                else:
                    collected.notices.append(f"packed all the same: {why}")
            member = zipfile.ZipInfo(name, _WHEN)
            member.external_attr = _ALL_MAY_READ
            archive.writestr(member, data, zipfile.ZIP_DEFLATED)
    if mistakes:
        more = [f"and {len(mistakes) - _SHOWN_MISTAKES} more"] if len(mistakes) > _SHOWN_MISTAKES else []
        raise DirectorError(
            "not everything compiles, so nothing was written", *mistakes[:_SHOWN_MISTAKES], *more
        )
    return buffer.getvalue()


def check_archive(archive: bytes, tli: Tli | None) -> None:
    """Refuse what could not be loaded, and a TLI file that names classes which are not there.

    Raises:
        DirectorError: it is such.
    """
    try:
        opened = Archive(archive)
    except BadArchive as why:
        raise DirectorError(f"this package could not be loaded: {why}") from None
    for name in tli.actors if tli else ():
        problem = _missing(opened, name)
        if problem and tli:
            raise DirectorError(
                f"{tli.path}, line {tli.lines[name]}: {problem}",
                "name a class as package.module.Class, and its file among those to pack",
            )


def seal(archive: bytes, key: PrivateKey) -> bytes:
    """Sign a zip file, and make it unusable until that is verified."""
    header = header_of(archive, key.algorithm, key.signature_bytes)
    return join(header, archive, key.sign(header + archive))


def _content(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            check_status(status, path, "the source")
            if status.st_size > MAX_MEMBER_BYTES:
                raise DirectorError(
                    f"the source {path} has {status.st_size:,} bytes, and a file in a package has at most "
                    f"{MAX_MEMBER_BYTES:,}"
                )
            return file.read()
    except OSError as why:
        raise DirectorError(f"the source {path} cannot be read: {why.strerror}") from None


def _mistake(data: bytes, path: Path) -> str | None:
    """Return why code does not compile, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are for who writes the code
            compile(data, str(path), "exec", dont_inherit=True)
    except SyntaxError as why:
        return f"{path}, line {why.lineno or 1}: {why.msg}"
    except (ValueError, RecursionError, MemoryError) as why:
        return f"{path}: {why}"
    return None


def _missing(archive: Archive, name: str) -> str | None:
    """Return why a class is not in a package, as far as can be told without running anything."""
    parts = name.split(".")
    for count in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:count])
        if module not in archive.modules:
            continue
        member = archive.modules[module]
        if member is not None and _may_bind(archive.read(member), parts[count]):
            return None
        return f"the module {module} of the package has no {parts[count]}"
    return f"the package has no module {'.'.join(parts[:-1])}"


def _may_bind(code: bytes, name: str) -> bool:
    """Say whether a module may have a name: by a definition, an assignment, an import, or in ways unknown."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # dependencies are packed all the same
        return False
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=bound) | ast.FunctionDef(name=bound) if bound in (name, "__getattr__"):
                return True
            case ast.ImportFrom() | ast.Import():
                if any(
                    alias.name == "*" or name in (alias.asname, alias.name.split(".")[0])
                    for alias in node.names
                ):
                    return True
            case ast.Name(id=bound, ctx=ast.Store()) if bound == name:
                return True
    return False
