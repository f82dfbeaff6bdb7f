"""Signed packages: what was signed is accepted, and nothing else."""

from __future__ import annotations

import io
import stat
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plugins.director.tests.packagekit import (
    DATA,
    a_key,
    needs_openssl,
    openssl_keys,
    public_key_of,
    small_package,
)
from plugins.director.tests.packagekit import in_the_original_form as original
from thespian_core.sources.archive import problem_with
from thespian_core.testing.sourcekit import zipped
from thespian_director.folder import DirectorFolder
from thespian_director.packages.keys import PublicKey, public_keys, read_public_key
from thespian_director.packages.making import seal
from thespian_director.packages.reading import verify
from thespian_director.packages.sealing import BadPackage, parse

KINDS = ["ed25519", "rsa", "original"]
Signed = tuple[bytes, PublicKey]


@pytest.fixture(scope="module", params=KINDS)
def signed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Signed:
    """A package of each form and kind of key, and the key that verifies it."""
    if request.param == "original":
        # Made by the original Thespian 4.0.1, with a key made by openssl.
        return (DATA / "original-1.2.tls").read_bytes(), read_public_key(
            DirectorFolder(DATA), DATA / "original_tls.key"
        )
    key = a_key(request.param)
    return small_package(key), public_key_of(key, tmp_path_factory.mktemp("key"))


def accepted(data: bytes, key: PublicKey) -> bool:
    try:
        verify(data, [key])
    except BadPackage:
        return False
    return True


def test_what_was_signed_is_accepted(signed: Signed) -> None:
    data, key = signed
    verified = verify(data, [key])
    assert problem_with(verified.zip) is None
    assert verified.key_file == key.path


def test_flipping_any_bit_of_any_byte_is_rejected(signed: Signed) -> None:
    data, key = signed
    changed = bytearray(data)
    for at in range(len(data)):
        for bit in (0x01, 0x10, 0x80):
            changed[at] ^= bit
            assert not accepted(bytes(changed), key), f"byte {at}, bit {bit}"
            changed[at] ^= bit
    assert accepted(bytes(changed), key)


@given(st.data())
def test_nothing_that_was_changed_is_accepted(signed: Signed, data: st.DataObject) -> None:
    package, key = signed
    at = data.draw(st.integers(0, len(package)), "where")
    removed = data.draw(st.integers(0, 8), "bytes removed")
    added = data.draw(st.binary(max_size=8), "bytes added")
    changed = package[:at] + added + package[at + removed :]
    assert accepted(changed, key) == (changed == package)


@given(st.integers(0, 400))
def test_what_is_cut_off_is_rejected_in_one_sentence(signed: Signed, missing: int) -> None:
    package, key = signed
    if missing:
        with pytest.raises(BadPackage) as refused:
            verify(package[: -min(missing, len(package))], [key])
        assert "\n" not in str(refused.value)


@given(st.binary(max_size=200))
@example(b"")
@example(b"ThespianPackage-1 ed25519\n64\n0\n")
@example(b"ThespianPackage-1 ed25519\n9999\n0\n" + bytes(50))
@example(b"ThespianPackage-1 ed25519\n1\n9999999999\n" + bytes(50))
@example(b"ThespianPackage-1 ed25519\n+1\n0\n" + bytes(50))
@example(b"ThespianPackage-1 ed25519\n064\n0\n" + bytes(100))
def test_any_bytes_are_rejected_and_never_an_error(data: bytes) -> None:
    with pytest.raises(BadPackage):
        parse(data)


def test_a_package_is_no_zip_file_before_it_is_verified(signed: Signed) -> None:
    data, _ = signed
    assert problem_with(data) is not None
    assert problem_with(data[data.index(b"PK\3\4") :]) is not None


def test_a_signature_by_another_key_is_rejected(tmp_path: Path) -> None:
    key = public_key_of(a_key(), tmp_path)
    for kind in ("ed25519 of somebody else", "rsa"):
        assert not accepted(small_package(a_key(kind)), key)


def test_a_signature_counts_for_its_own_form_only(tmp_path: Path) -> None:
    """What one form signs cannot be passed off as the other, nor one algorithm as the other."""
    key = public_key_of(a_key("rsa"), tmp_path)
    package = small_package(a_key("rsa"))
    _, rest = package.split(b"\n", 1)
    for line in (b"ThespianDirectorFMT1-sha256", b"ThespianPackage-1 ed25519"):
        assert not accepted(line + b"\n" + rest, key)


def odd(*members: tuple[str, str], kind: int = stat.S_IFREG) -> bytes:
    """Return a zip file of members of a kind, also several of one name."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there are several of one name
        for name, text in members:
            member = zipfile.ZipInfo(name)
            member.external_attr = (kind | 0o644) << 16
            archive.writestr(member, text)
    return data.getvalue()


@pytest.mark.parametrize(
    ("archive", "why"),
    [
        (zipped({"a.txt": "no code"}), "it holds no Python module"),
        (zipped({"../a.py": ""}), "leads out of the archive"),
        (zipped({"/a.py": ""}), "is an absolute path"),
        (zipped({"a.py": "#" * (2 << 20)}), "unpacks to more than 200 times its size"),
        (odd(("a.py", ""), ("a.py", "")), "it has two members of the name 'a.py'"),
        (odd(("a.py", "/etc/passwd"), kind=stat.S_IFLNK), "its member 'a.py' is a symbolic link"),
        (zipped({"inner.zip": "PK"}), "it holds no Python module but another archive, 'inner.zip'"),
        (zipped({f"m{n}.py": "" for n in range(10_001)}), "and a source has at most 10,000"),
        (zipped({"a.py": ""})[:-30] + b"PK\5\6" + bytes(18), "the zip file is damaged"),
    ],
)
def test_what_is_signed_and_no_usable_zip_file_is_rejected_with_the_reason(
    tmp_path: Path, archive: bytes, why: str
) -> None:
    key = public_key_of(a_key(), tmp_path)
    with pytest.raises(BadPackage, match=f"it is signed, but its zip file cannot be loaded: .*{why}"):
        verify(seal(archive, a_key()), [key])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (zipped({"a.py": ""}), "it is a plain zip file without a signature"),
        (b"ViceroyFMT2\n1\n2\nabc", "it has the form ViceroyFMT2, which is not known here; known are: Thesp"),
        (
            b"ThespianPackage-2 ed448\n1\n2\nabc",
            "it has the form ThespianPackage-2 ed448, which is not known",
        ),
        (b"\xff\x1b[2J\n1\n2\nabc", "it is no package"),
        (bytes((64 << 20) + 1), "and a source has at most"),
    ],
)
def test_what_is_no_package_is_told_apart(data: bytes, why: str) -> None:
    with pytest.raises(BadPackage, match=why):
        parse(data)


@needs_openssl
def test_a_package_of_the_original_form_with_a_key_of_the_old_documents_is_accepted_when_allowed(
    tmp_path: Path,
) -> None:
    data = original(zipped({"a.py": ""}), openssl_keys(tmp_path, 1024))
    folder = DirectorFolder(tmp_path)
    keys, complaints = public_keys(folder)
    assert keys == []
    assert "is an RSA key of 1024 bits, which can be broken; 2048 is the least" in complaints[0]
    assert "sourcekey_tls.key, in weakkeys.cfg" in complaints[0]
    (tmp_path / "weakkeys.cfg").write_text("other_tls.key\nsourcekey_tls.key\n")
    keys, complaints = public_keys(folder)
    assert complaints == []
    assert verify(data, keys).form == "ThespianDirectorFMT1"
