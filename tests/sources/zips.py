"""Zip files for the tests of sources: made in memory, good ones and bad ones."""

from __future__ import annotations

import io
import stat
import zipfile


def zip_of(files: dict[str, str | bytes], packed: bool = True) -> bytes:
    """Return a zip file of these files."""
    data = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            # A date of its own would make each archive another one.
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return data.getvalue()


def zip_with(name: str, mode: int = 0, content: bytes = b"") -> bytes:
    """Return a zip file with a module, and a member of this name and file mode as it is."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("app.py", "")
        member = zipfile.ZipInfo("placeholder")
        member.filename = member.orig_filename = name
        member.external_attr = mode << 16
        archive.writestr(member, content)
    return data.getvalue()


def zip_with_link() -> bytes:
    """Return a zip file with a module and a symbolic link."""
    return zip_with("link.py", stat.S_IFLNK | 0o777, b"/etc/passwd")
