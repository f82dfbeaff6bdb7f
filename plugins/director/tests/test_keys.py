"""Keys are made, read, and refused when they are weak or others could have had them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from plugins.director.tests.conftest import Operator
from plugins.director.tests.packagekit import (
    a_key,
    needs_modes,
    needs_openssl,
    openssl,
    openssl_keys,
    small_package,
)
from thespian_core.testing.sourcekit import zipped
from thespian_director.errors import DirectorError
from thespian_director.packages.keys import public_keys, read_private_key
from thespian_director.packages.making import seal
from thespian_director.packages.reading import verify_with
from thespian_director.packages.sealing import BadPackage


@pytest.mark.parametrize("options", [(), ("--rsa", "2048")])
def test_a_key_that_was_made_signs_what_the_other_verifies(
    operator: Operator, tmp_path: Path, options: tuple[str, ...]
) -> None:
    said = operator.run("keygen", tmp_path / "sourcekey.pem", *options)
    public = tmp_path / "sourcekey_tls.key"
    assert f"Wrote {public}" in said
    public.rename(operator.folder / public.name)
    private = read_private_key(tmp_path / "sourcekey.pem")
    verified = verify_with(operator.control.folder, small_package(private))
    assert verified.algorithm == ("rsa-pss-sha256" if options else "ed25519")


@needs_modes
def test_a_private_key_is_its_owners_alone(operator: Operator, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        operator.run("keygen", tmp_path / "k.pem")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "k.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "k_tls.key").stat().st_mode) == 0o644


@pytest.mark.parametrize("existing", ["k.pem", "k_tls.key"])
def test_no_key_is_ever_overwritten(operator: Operator, tmp_path: Path, existing: str) -> None:
    (tmp_path / existing).write_text("precious")
    said = operator.fails("keygen", tmp_path / "k.pem")
    assert said.startswith(f"{tmp_path / existing} is there already, and no key is made")
    assert (tmp_path / existing).read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["director", existing])


def test_a_key_that_cannot_be_written_is_told_in_a_sentence(operator: Operator, tmp_path: Path) -> None:
    folder = tmp_path / "a b"
    assert operator.fails("keygen", folder / "k.pem").splitlines() == [
        f"{folder}/k.pem cannot be written: No such file or directory",
        f"  make its folder:  mkdir -p '{folder}'",
    ]
    assert "is what a public key is called" in operator.fails("keygen", tmp_path / "mine_tls.key")
    assert operator.fails("keygen", "").startswith("name the file of the key")


@needs_openssl
@pytest.mark.parametrize("kind", ["rsa", "rsa in its old form", "ed25519"])
def test_keys_that_openssl_makes_are_read(operator: Operator, tmp_path: Path, kind: str) -> None:
    private, public = tmp_path / "k.pem", operator.folder / "k_tls.key"
    if kind == "ed25519":
        openssl("genpkey", "-algorithm", "ed25519", "-out", private)
        openssl("pkey", "-in", private, "-pubout", "-out", public)
    else:
        old = ["-traditional"] if "old" in kind else []
        openssl("genrsa", *old, "-out", private, 2048)
        openssl("rsa", "-in", private, "-pubout", "-out", public)
    assert verify_with(operator.control.folder, small_package(read_private_key(private))).key_file == public


@needs_openssl
def test_a_key_of_1024_bits_signs_only_when_it_is_allowed_by_its_name(
    operator: Operator, tmp_path: Path
) -> None:
    private = openssl_keys(tmp_path, 1024)
    (tmp_path / "a.py").write_text("")
    (tmp_path / "sourcekey_tls.key").rename(operator.folder / "sourcekey_tls.key")
    words = ("gensrc", "foo", private, tmp_path, "a.py")
    assert "is an RSA key of 1024 bits, which can be broken" in operator.fails(*words)
    operator.write("weakkeys.cfg", "sourcekey.pem sourcekey_tls.key")
    operator.run(*words)
    operator.run("tlsinfo", "foo.tls")


def test_any_key_in_the_folder_verifies_and_each_is_read_each_time(operator: Operator) -> None:
    folder, package = operator.control.folder, small_package(a_key())
    operator.write("a_tls.key", a_key("ed25519 of another").public_pem())
    with pytest.raises(BadPackage, match="signed with a key that is not there"):
        verify_with(folder, package)
    with pytest.raises(BadPackage, match="it is no package"):
        verify_with(folder, b"rubbish")
    operator.write("b_tls.key", a_key().public_pem())
    assert verify_with(folder, package).key_file.name == "b_tls.key"
    (operator.folder / "b_tls.key").unlink()
    with pytest.raises(BadPackage, match="signed with a key that is not there"):
        verify_with(folder, package)


def test_a_key_that_is_not_used_is_named_and_does_not_stop_the_others(operator: Operator) -> None:
    operator.write("bad_tls.key", "-----BEGIN PUBLIC KEY-----\nrubbish\n-----END PUBLIC KEY-----\n")
    operator.write("binary_tls.key", b"\xff\x00")
    operator.write("empty_tls.key", b"")
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    operator.write("curve_tls.key", curve.public_bytes(*pem))
    operator.write("private_tls.key", a_key().private_pem())
    operator.write("large_tls.key", bytes(70_000))
    (operator.folder / "dangling_tls.key").symlink_to("nowhere")
    (operator.folder / "folder_tls.key").mkdir()
    operator.write("good_tls.key", a_key().public_pem())
    keys, complaints = public_keys(operator.control.folder)
    assert [key.path.name for key in keys] == ["good_tls.key"]
    named = {"bad", "binary", "empty", "curve", "private", "large", "dangling", "folder"}
    assert {why.split("_tls.key")[0].rpartition("/")[2] for why in complaints} == named


@needs_modes
def test_a_public_key_that_others_can_write_is_refused_and_said_why(operator: Operator) -> None:
    operator.write("k_tls.key", a_key().public_pem()).chmod(0o666)
    operator.write("foo.tls", small_package(a_key()))
    said = operator.fails("tlsinfo", "foo.tls", status=7)
    assert said.splitlines()[1:3] == [
        f"  there is no usable key in {operator.folder}: a file whose name ends with _tls.key",
        f"  the public key {operator.folder}/k_tls.key can be written by everybody (mode 0666)",
    ]
    (operator.folder / "k_tls.key").chmod(0o644)
    operator.run("tlsinfo", "foo.tls")
    operator.folder.chmod(0o777)
    assert "can be written by everybody" in operator.fails("tlsinfo", "foo.tls")


@needs_modes
def test_a_private_key_that_others_can_read_or_write_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "k.pem"
    path.write_bytes(a_key().private_pem())
    for mode, why in ((0o604, "can be read by everybody"), (0o602, "can be written by everybody")):
        path.chmod(mode)
        with pytest.raises(DirectorError, match=why):
            read_private_key(path)
    path.chmod(0o640)
    assert seal(zipped({"a.py": ""}), read_private_key(path))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no private key in PEM form"),
        (b"\xff\xfe", "holds no private key in PEM form"),
        (a_key().public_pem(), "it holds a public key"),
        (bytes(70_000), "is too large to be one"),
    ],
)
def test_what_is_no_private_key_is_told_in_a_sentence(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "k.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(DirectorError, match=why):
        read_private_key(path)


def test_a_private_key_that_is_missing_encrypted_or_of_another_kind_is_told_how_to_mend_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "k.pem"
    with pytest.raises(DirectorError, match=f"make one:  thespian director keygen {path}"):
        read_private_key(path)
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    for how, why in (
        (serialization.BestAvailableEncryption(b"secret"), "is encrypted"),
        (serialization.NoEncryption(), "is of a kind that is not used here"),
    ):
        path.write_bytes(key.private_bytes(*form, how))
        path.chmod(0o600)
        with pytest.raises(DirectorError, match=why):
            read_private_key(path)
