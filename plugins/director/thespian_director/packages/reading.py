"""Reading signed packages: nothing of one is used before a key of the director's folder has verified it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import attrs

from thespian_core.sources.archive import Archive, BadArchive
from thespian_director.folder import DirectorFolder
from thespian_director.packages.keys import PublicKey, public_keys
from thespian_director.packages.sealing import Algorithm, BadPackage, parse


@attrs.frozen
class Verified:
    """A package that one of the keys has verified, and whose zip file can be loaded.

    Attributes:
        form: its form.
        algorithm: how it is signed.
        key_file: the key that has verified it.
        zip: its zip file.
        archive: the same, opened.
    """

    form: str
    algorithm: Algorithm
    key_file: Path
    zip: bytes = attrs.field(repr=False)
    archive: Archive = attrs.field(repr=False)


def verify(data: bytes, keys: Iterable[PublicKey]) -> Verified:
    """Verify a package.

    Args:
        data: the package.
        keys: any of them may have signed it.

    Raises:
        BadPackage: it is no package, none of the keys has signed it, or its zip file cannot be loaded.
    """
    sealed = parse(data)
    key = next((key for key in keys if key.has_signed(sealed)), None)
    if key is None:
        raise BadPackage("it was changed after it was signed, or signed with a key that is not there")
    try:
        archive = Archive(sealed.zip)
    except BadArchive as why:
        raise BadPackage(f"it is signed, but its zip file cannot be loaded: {why}") from None
    return Verified(sealed.form, sealed.algorithm, key.path, sealed.zip, archive)


def verify_with(folder: DirectorFolder, data: bytes) -> Verified:
    """Verify a package with the keys that are in the director's folder now.

    Raises:
        BadPackage: it cannot be verified; the text says which keys could not be used, too.
        DirectorError: there is no such folder, or others can put files into it.
    """
    keys, complaints = public_keys(folder)
    try:
        return verify(data, keys)
    except BadPackage as why:
        reason = str(why)
        if not keys and _is_one(data):
            reason = f"there is no usable key in {folder.path}: a file whose name ends with _tls.key"
        raise BadPackage("\n  ".join([reason, *complaints])) from None


def _is_one(data: bytes) -> bool:
    try:
        parse(data)
    except BadPackage:
        return False
    return True
