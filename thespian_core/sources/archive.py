"""A source's zip file, checked before anything is unpacked, and read in memory.

It is checked by its table of contents: how many members, how large, packed how well, under which names.
What the table says is then held to: a member that unpacks to something else is damaged.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterable

from thespian_core.sources import limits
from thespian_core.texts import shown, told

_END = struct.Struct("<4s4H2LH")  # the record that ends a zip file
_NESTED = (".zip", ".whl", ".egg", ".jar", ".pyz", ".tls")


class BadArchive(ValueError):
    """Bytes that are no usable source; the text is one sentence that says why."""


def problem_with(data: bytes) -> str | None:
    """Return why bytes are no usable source, in one sentence, or None."""
    try:
        Archive(data)
    except BadArchive as why:
        return str(why)
    return None


class Archive:
    """The members of a checked zip file.

    Args:
        data: the zip file.

    Attributes:
        zip: the opened file.
        modules: the member of each module, by its dotted name; None for a folder that is a package only
            because there are modules in it.
        packages: the dotted names of those that are packages.

    Raises:
        BadArchive: it is not usable.
    """

    def __init__(self, data: bytes) -> None:
        _check_end(data)
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(data))
        except Exception as why:  # whatever a table of contents full of rubbish may cause
            raise BadArchive(f"the zip file cannot be read: {told(why)}") from None
        members = self.zip.infolist()
        _check_members(members, len(data))
        files = [member.filename for member in members if not member.is_dir()]
        _check_tree(files)
        self.files = frozenset(files)
        self.modules: dict[str, str | None] = {}
        self.packages: set[str] = set()
        for name in files:
            self._note_module(name)
        if not self.modules:
            raise BadArchive(_no_module(files))

    def read(self, name: str) -> bytes:
        """Return what a member holds.

        Raises:
            FileNotFoundError: there is no such file.
            BadArchive: it is damaged.
        """
        if name not in self.files:
            raise FileNotFoundError(f"the source has no file {name!r}")
        size = self.zip.getinfo(name).file_size
        try:
            with self.zip.open(name) as member:
                data = member.read(size + 1)  # without a number, all is unpacked that there is, and then cut
        except Exception as why:
            raise BadArchive(f"the member {shown(name)} is damaged: {told(why)}") from None
        if len(data) != size:
            raise BadArchive(f"the member {shown(name)} is damaged: it has {len(data):,} bytes, not {size:,}")
        return data

    def _note_module(self, name: str) -> None:
        if not name.endswith(".py"):
            return
        parts = name[: -len(".py")].split("/")
        if parts[-1] == "__init__":
            parts.pop()
            if not parts:
                return
            self.packages.add(".".join(parts))
        if not all(part.isidentifier() for part in parts):
            return
        module = ".".join(parts)
        # As on disk, a package hides the module of its name.
        if not (module in self.modules and name.count("/") < len(parts)):
            self.modules[module] = name
        for count in range(1, len(parts)):
            folder = ".".join(parts[:count])
            self.modules.setdefault(folder, None)
            self.packages.add(folder)


def _check_end(data: bytes) -> None:
    if len(data) > limits.MAX_SOURCE_BYTES:
        raise BadArchive(f"it has {len(data):,} bytes, and a source has at most {limits.MAX_SOURCE_BYTES:,}")
    at = data.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(data):
        raise BadArchive("it is no zip file, or its end is missing")
    _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(data, at)
    if data[max(0, at - 20) :].startswith(b"PK\6\7") or 0xFFFF in (here, count) or start == 0xFFFFFFFF:
        raise BadArchive(
            f"it is a zip file of the 64-bit kind, and so has over {limits.MAX_MEMBERS:,} members"
        )
    if count > limits.MAX_MEMBERS:
        raise BadArchive(f"it has {count:,} members, and a source has at most {limits.MAX_MEMBERS:,}")
    if size > limits.MAX_DIRECTORY_BYTES:
        raise BadArchive(
            f"its table of contents has {size:,} bytes, at most {limits.MAX_DIRECTORY_BYTES:,} are read"
        )
    if disk or first_disk or here != count or start + size != at or at + _END.size + comment != len(data):
        raise BadArchive("the zip file is damaged: it does not end where it says, or begins elsewhere")


def _check_members(members: list[zipfile.ZipInfo], data_bytes: int) -> None:
    if len(members) > limits.MAX_MEMBERS:
        raise BadArchive(f"it has {len(members):,} members, and a source has at most {limits.MAX_MEMBERS:,}")
    seen: set[str] = set()
    for member in members:
        _check_name(member)
        if member.filename in seen:
            raise BadArchive(f"it has two members of the name {shown(member.filename)}")
        seen.add(member.filename)
        _check_kind(member)
        _check_size(member)
    total = sum(member.file_size for member in members)
    if total > limits.MAX_UNPACKED_BYTES:
        raise BadArchive(
            f"it unpacks to {total:,} bytes, and a source to at most {limits.MAX_UNPACKED_BYTES:,}"
        )
    if sum(member.compress_size for member in members) > data_bytes:
        raise BadArchive("its members are packed in more bytes than there are: they overlap")


def _check_name(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename
    parts = name.rstrip("/").split("/")
    reason = None
    if name != member.filename or not name.isprintable() or "\\" in name:
        reason = "holds a character that no path should"
    elif name.startswith("/") or ":" in parts[0]:
        reason = "is an absolute path"
    elif any(part in {"", ".", ".."} for part in parts):
        reason = "leads out of the archive, or nowhere"
    elif len(name) > limits.MAX_NAME_CHARACTERS or len(parts) > limits.MAX_FOLDERS_DEEP:
        reason = "is too long, or too deep"
    if reason is not None:
        raise BadArchive(f"the name of its member {shown(name)} {reason}")


def _check_kind(member: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        what = "a symbolic link" if kind == stat.S_IFLNK else "neither file nor folder"
        raise BadArchive(f"its member {shown(member.filename)} is {what}")
    if member.flag_bits & 0x41:  # encrypted, one way or another
        raise BadArchive(f"its member {shown(member.filename)} is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadArchive(f"its member {shown(member.filename)} is neither stored nor deflated")


def _check_size(member: zipfile.ZipInfo) -> None:
    size, packed = member.file_size, member.compress_size
    if size > limits.MAX_MEMBER_BYTES:
        raise BadArchive(
            f"its member {shown(member.filename)} unpacks to {size:,} bytes, "
            f"and one may have at most {limits.MAX_MEMBER_BYTES:,}"
        )
    if size >= limits.RATIO_MATTERS_FROM_BYTES and size > limits.MAX_RATIO * packed:
        raise BadArchive(
            f"its member {shown(member.filename)} unpacks to more than {limits.MAX_RATIO} times its size"
        )
    is_stored = member.compress_type == zipfile.ZIP_STORED
    # Deflate makes nothing longer than by 5 bytes for each 16,383 (RFC 1951, 3.2.4), and by some at its end.
    if (packed != size) if is_stored else (packed > size + size // 1000 + 64):
        raise BadArchive(f"its member {shown(member.filename)} is packed in more bytes than it can need")


def _check_tree(files: Iterable[str]) -> None:
    folders = set()
    for name in files:
        while "/" in name:
            name = name.rpartition("/")[0]
            if name in folders:
                break
            folders.add(name)
    for name in files:
        if name in folders:
            raise BadArchive(f"its member {shown(name)} is both a file and a folder")


def _no_module(files: list[str]) -> str:
    nested = [name for name in files if name.lower().endswith(_NESTED)]
    if nested:
        return f"it holds no Python module but another archive, {shown(nested[0])}: load that one itself"
    return "it holds no Python module: no .py file whose name, and its folders', can be imported"
