"""Packages and keys for the tests: small programs, made and signed in memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from thespian_core.testing.sourcekit import program, zipped
from thespian_director.folder import DirectorFolder
from thespian_director.packages.keys import PrivateKey, PublicKey, new_key, read_public_key
from thespian_director.packages.making import seal

DATA = Path(__file__).parent / "data"

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
needs_modes = pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX")


@cache
def a_key(kind: str = "ed25519") -> PrivateKey:
    """Return a key, always the same: RSA keys take long to make."""
    return new_key(None if kind.startswith("ed25519") else 2048)


def public_key_of(key: PrivateKey, folder: Path) -> PublicKey:
    """Write the public key into a folder, and read it as the director does."""
    path = folder / "a_tls.key"
    path.write_bytes(key.public_pem())
    return read_public_key(DirectorFolder(folder), path)


def small_package(key: PrivateKey) -> bytes:
    """Return a signed package of one short module."""
    return seal(zipped({"a.py": "A = 1\n"}), key)


def package(version: int, key: PrivateKey) -> bytes:
    """Return a signed package of a program with actors."""
    return seal(program(version), key)


def openssl(*words: object) -> None:
    """Run openssl."""
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, timeout=60)


def openssl_keys(folder: Path, bits: int) -> Path:
    """Make keys as the old documents say; return the private one."""
    private = folder / "sourcekey.pem"
    openssl("genrsa", "-out", private, bits)
    openssl("rsa", "-in", private, "-pubout", "-out", folder / "sourcekey_tls.key")
    return private


def in_the_original_form(archive: bytes, private: Path) -> bytes:
    """Return a zip file signed as the original Thespian signs one."""
    whole = private.with_name("whole.zip")
    whole.write_bytes(archive)
    openssl("dgst", "-sha256", "-sign", private, "-out", private.with_name("signature"), whole)
    signature = private.with_name("signature").read_bytes()
    at = archive.rfind(b"PK\5\6")
    header = f"ThespianDirectorFMT1-sha256\n{len(signature)}\n{at}\n".encode()
    return header + archive[:at] + archive[at + 4 :] + signature
