"""Keys: made, read from PEM files, and refused when they are too weak or others could have written them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import attrs
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from thespian_director.errors import DirectorError
from thespian_director.folder import DirectorFolder
from thespian_director.packages.sealing import Algorithm, Sealed
from thespian_director.trusted import read_trusted

PUBLIC_KEY_FILES = "_tls.key"  # what the name of a public key ends with
LEAST_RSA_BITS = 2048
LEAST_ALLOWED_BITS = 1024  # of RSA keys that the operator allows by name; those of old documents have that
MAX_KEY_FILE_BYTES = 65_536  # our choice: a file that is larger is not meant to be a key

# Its first line, headers if it is encrypted, and a line of the key itself; those have 64 characters or more.
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.{0,300}?[A-Za-z0-9+/]{48}", re.DOTALL)

_SHA256 = hashes.SHA256()
_PSS = padding.PSS(padding.MGF1(_SHA256), padding.PSS.DIGEST_LENGTH)

PrivateKeyTypes = ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
PublicKeyTypes = ed25519.Ed25519PublicKey | rsa.RSAPublicKey


@attrs.frozen
class PublicKey:
    """A key that packages are verified with.

    Attributes:
        path: the file it is from.
    """

    path: Path
    _key: PublicKeyTypes = attrs.field(repr=False)

    def has_signed(self, sealed: Sealed) -> bool:
        """Say whether this key's owner has signed a package."""
        key, algorithm = self._key, sealed.algorithm
        try:
            if isinstance(key, ed25519.Ed25519PublicKey):
                if algorithm != "ed25519":
                    return False
                key.verify(sealed.signature, sealed.signed)
            elif algorithm == "rsa-pss-sha256":
                key.verify(sealed.signature, sealed.signed, _PSS, _SHA256)
            elif algorithm == "rsa-pkcs1v15-sha256":
                key.verify(sealed.signature, sealed.signed, padding.PKCS1v15(), _SHA256)
            else:
                return False
        except InvalidSignature:
            return False
        return True


@attrs.frozen
class PrivateKey:
    """A key that packages are signed with."""

    _key: PrivateKeyTypes = attrs.field(repr=False)

    @property
    def algorithm(self) -> Algorithm:
        """How it signs."""
        return "ed25519" if isinstance(self._key, ed25519.Ed25519PrivateKey) else "rsa-pss-sha256"

    @property
    def signature_bytes(self) -> int:
        """How long its signatures are."""
        return 64 if isinstance(self._key, ed25519.Ed25519PrivateKey) else (self._key.key_size + 7) // 8

    def sign(self, data: bytes) -> bytes:
        """Return the signature of some bytes."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(data)
        return self._key.sign(data, _PSS, _SHA256)

    def private_pem(self) -> bytes:
        """Return it as a file holds it, unencrypted."""
        form = serialization.PrivateFormat.PKCS8
        return self._key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())

    def public_pem(self) -> bytes:
        """Return what its packages are verified with."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self._key.public_key().public_bytes(serialization.Encoding.PEM, form)


def new_key(rsa_bits: int | None = None) -> PrivateKey:
    """Make a key: Ed25519, or RSA of so many bits."""
    if rsa_bits is None:
        return PrivateKey(ed25519.Ed25519PrivateKey.generate())
    return PrivateKey(rsa.generate_private_key(public_exponent=65_537, key_size=rsa_bits))


def read_private_key(path: Path, weak_keys: Iterable[str] = ()) -> PrivateKey:
    """Read the key that packages are signed with.

    Args:
        path: its PEM file.
        weak_keys: names of files whose RSA keys may have 1024 bits.

    Raises:
        DirectorError: it cannot be read, others could have read or written it, or it is no usable key.
    """
    what = "the private key"
    try:
        data = read_trusted(path, what, MAX_KEY_FILE_BYTES, is_secret=True)
    except FileNotFoundError:
        raise DirectorError(
            f"there is no private key {path}", f"make one:  thespian director keygen {path}"
        ) from None
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except TypeError:
        raise DirectorError(
            f"{what} {path} is encrypted, and nobody can be asked for the passphrase",
            f"decrypt it for as long as it is needed:  (umask 077; openssl pkey -in {path} -out plain.pem)",
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise DirectorError(
            f"{what} {path} holds no private key in PEM form", *_how_it_is_made(data, path)
        ) from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return PrivateKey(key)
    if isinstance(key, rsa.RSAPrivateKey):
        _check_bits(key.key_size, path, what, weak_keys)
        return PrivateKey(key)
    raise _of_another_kind(path, what)


def read_public_key(folder: DirectorFolder, path: Path) -> PublicKey:
    """Read a key of the director's folder.

    Raises:
        FileNotFoundError: there is no such file.
        DirectorError: it cannot be read, others could have written it, or it is no usable key.
    """
    what = "the public key"
    data = folder.read(path, what, MAX_KEY_FILE_BYTES)
    try:
        key = serialization.load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise DirectorError(f"{what} {path} holds no public key in PEM form") from None
    if isinstance(key, ed25519.Ed25519PublicKey):
        return PublicKey(path, key)
    if isinstance(key, rsa.RSAPublicKey):
        _check_bits(key.key_size, path, what, folder.weak_keys)
        return PublicKey(path, key)
    raise _of_another_kind(path, what)


def public_keys(folder: DirectorFolder) -> tuple[list[PublicKey], list[str]]:
    """Read every public key of the director's folder: the files whose names end with ``_tls.key``.

    Returns:
        The keys, and a sentence for each file that is not used.

    Raises:
        DirectorError: there is no such folder, or others can put files into it.
    """
    folder.check()
    keys, complaints = [], []
    for name in sorted(os.listdir(folder.path)):
        if not name.endswith(PUBLIC_KEY_FILES):
            continue
        try:
            keys.append(read_public_key(folder, folder.path / name))
        except FileNotFoundError:
            complaints.append(f"the public key {folder.path / name} is a link to nothing")
        except DirectorError as why:
            complaints.append(str(why))
    return keys, complaints


def looks_like_a_private_key(data: bytes) -> bool:
    """Say whether a file holds what must not get into a package.

    A library that only knows the first line of such files holds none.
    """
    return _PRIVATE_KEY.search(data) is not None


def _check_bits(bits: int, path: Path, what: str, weak_keys: Iterable[str]) -> None:
    if bits >= LEAST_RSA_BITS or (bits >= LEAST_ALLOWED_BITS and path.name in set(weak_keys)):
        return
    mending = ["make a better one:  thespian director keygen"]
    if bits >= LEAST_ALLOWED_BITS:
        mending.append(
            f"or allow it by a line with its name, {path.name}, in weakkeys.cfg of the director's folder"
        )
    raise DirectorError(
        f"{what} {path} is an RSA key of {bits} bits, which can be broken; {LEAST_RSA_BITS} is the least",
        *mending,
    )


def _of_another_kind(path: Path, what: str) -> DirectorError:
    return DirectorError(
        f"{what} {path} is of a kind that is not used here: Ed25519 and RSA keys are",
        "make one:  thespian director keygen",
    )


def _how_it_is_made(data: bytes, path: Path) -> list[str]:
    if b"PUBLIC KEY" in data:
        return ["it holds a public key: packages are signed with the private one, and verified with this"]
    return ["make one:  thespian director keygen"]
