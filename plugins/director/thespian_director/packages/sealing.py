"""The form of a signed package: what is around its zip file. Nothing is proved here, and no key needed.

Two forms are read. The first is written::

    ThespianPackage-1 ed25519          name and version of the form, and how it is signed
    64                                 length of the signature
    340                                where in the zip file its end record begins
    (the zip file without the four bytes PK 05 06 there)
    (the signature)

It is signed by ``ed25519`` or ``rsa-pss-sha256``, over the three lines and the whole zip file. The other is
that of the original Thespian, whose first line is ``ThespianDirectorFMT1-sha256``: an RSA signature
(PKCS #1 v1.5) over the zip file alone. Either way the zip file cannot be used until the missing bytes are
put back, which whoever verifies it does.
"""

from __future__ import annotations

import re
from typing import Literal

import attrs

from thespian_core.sources.limits import MAX_SOURCE_BYTES

Algorithm = Literal["ed25519", "rsa-pss-sha256", "rsa-pkcs1v15-sha256"]

FORM = "ThespianPackage-1"
ORIGINAL_FORM = "ThespianDirectorFMT1"

_END_MARK = b"PK\5\6"
_FIRST_LINES: dict[bytes, tuple[str, Algorithm]] = {
    b"ThespianPackage-1 ed25519": (FORM, "ed25519"),
    b"ThespianPackage-1 rsa-pss-sha256": (FORM, "rsa-pss-sha256"),
    b"ThespianDirectorFMT1-sha256": (ORIGINAL_FORM, "rsa-pkcs1v15-sha256"),
}
_MAX_SIGNATURE_BYTES = 2048  # that of an RSA key of 16,384 bits, the longest that are in use
_HEADER = re.compile(rb"([^\n]{1,100})\n([1-9][0-9]{0,3})\n([1-9][0-9]{0,9}|0)\n")


class BadPackage(ValueError):
    """Bytes that are no package, or none that may be used; the text is one sentence that says why."""


@attrs.frozen
class Sealed:
    """A package whose signature nobody has checked yet.

    Attributes:
        form: which form it has.
        algorithm: how it is signed.
        signed: what is signed.
        signature: the signature.
        zip: the zip file, whole again; do not look into it before the signature is checked.
    """

    form: str
    algorithm: Algorithm
    signed: bytes = attrs.field(repr=False)
    signature: bytes = attrs.field(repr=False)
    zip: bytes = attrs.field(repr=False)


def parse(data: bytes) -> Sealed:
    """Take a package apart.

    Raises:
        BadPackage: it has none of the forms.
    """
    if len(data) > MAX_SOURCE_BYTES:
        raise BadPackage(f"it has {len(data):,} bytes, and a source has at most {MAX_SOURCE_BYTES:,}")
    if data.startswith(b"PK\3\4"):
        raise BadPackage('it is a plain zip file without a signature; "gensrc" makes signed packages')
    header = _HEADER.match(data)
    if header is None:
        raise BadPackage("it is no package: it does not begin as one, or is cut off")
    form, algorithm = _named(header[1])
    signature_bytes, end_at = int(header[2]), int(header[3])
    body = data[header.end() :]
    if signature_bytes > _MAX_SIGNATURE_BYTES or signature_bytes >= len(body):
        raise BadPackage("it is cut off, or its signature's length is wrong")
    opened, signature = body[:-signature_bytes], body[-signature_bytes:]
    archive = opened[:end_at] + _END_MARK + opened[end_at:]
    if end_at > len(opened) or archive.rfind(_END_MARK) != end_at:
        raise BadPackage("it is cut off, or does not say where its zip file ends")
    signed = archive if form == ORIGINAL_FORM else data[: header.end()] + archive
    return Sealed(form, algorithm, signed, signature, archive)


def header_of(archive: bytes, algorithm: Algorithm, signature_bytes: int) -> bytes:
    """Return what stands before a zip file, and is signed with it."""
    return f"{FORM} {algorithm}\n{signature_bytes}\n{archive.rfind(_END_MARK)}\n".encode("ascii")


def join(header: bytes, archive: bytes, signature: bytes) -> bytes:
    """Put a package together.

    Args:
        header: as :func:`header_of` gives it.
        archive: the zip file.
        signature: of header and zip file.
    """
    end_at = archive.rfind(_END_MARK)
    return header + archive[:end_at] + archive[end_at + len(_END_MARK) :] + signature


def _named(first_line: bytes) -> tuple[str, Algorithm]:
    if first_line in _FIRST_LINES:
        return _FIRST_LINES[first_line]
    shown = first_line.decode("ascii", "backslashreplace")
    if first_line.startswith((b"ThespianPackage-", b"ThespianDirectorFMT", b"ViceroyFMT")):
        forms = ", ".join(line.decode() for line in _FIRST_LINES)
        raise BadPackage(f"it has the form {shown}, which is not known here; known are: {forms}")
    raise BadPackage("it is no package: it does not begin as one")
