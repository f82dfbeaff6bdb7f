"""A key file that is named must be there, be a key, and be unknown to the world."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from pathlib import Path

import pytest

from plugins.multiproc.tests.runtime.key_homes import failure, key_files, use_empty_home
from thespian_multiproc.runtime.keyfile import read_or_make_key

pytestmark = pytest.mark.skipif(os.name == "nt", reason="files have no such modes there")

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder with all that is the user's, empty."""
    return use_empty_home(monkeypatch, tmp_path)


def named(monkeypatch: pytest.MonkeyPatch, file: Path, mode: int = 0o600, content: bytes = KEY) -> Path:
    """Write a key file, and name it."""
    file.write_bytes(content)
    file.chmod(mode)
    monkeypatch.setenv("THESPIAN_KEY_FILE", str(file))
    return file


def test_a_named_file_is_used_and_none_is_made(
    monkeypatch: pytest.MonkeyPatch, state: Path, tmp_path: Path
) -> None:
    file = named(monkeypatch, tmp_path / "shared")
    assert read_or_make_key() == KEY
    assert key_files(state) == [file]


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_a_named_file_may_be_readable_by_its_group(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    named(monkeypatch, tmp_path / "shared", mode)
    assert read_or_make_key() == KEY


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o620, 0o604, 0o602, 0o601])
def test_a_named_file_that_others_can_use_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    file = named(monkeypatch, tmp_path / "shared", mode)
    said = failure()
    assert said.startswith(
        f"the key file {file} can be used by others than its owner and its group's readers"
    )
    assert f"mode {mode:04o}" in said
    assert f"chmod 640 {file}" in said
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_link_to_a_key_is_followed_and_the_files_own_mode_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = named(monkeypatch, tmp_path / "shared")
    link = tmp_path / "link"
    link.symlink_to(file)
    monkeypatch.setenv("THESPIAN_KEY_FILE", str(link))
    assert read_or_make_key() == KEY
    file.chmod(0o644)
    assert "mode 0644" in failure()


def test_a_named_file_that_does_not_exist_is_never_invented_and_the_text_says_how_to_make_it(
    monkeypatch: pytest.MonkeyPatch, state: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "a key"
    monkeypatch.setenv("THESPIAN_KEY_FILE", str(missing))
    first, how, *_ = failure().splitlines()
    assert first == f"there is no key file {missing}, though THESPIAN_KEY_FILE names it"
    assert key_files(state) == []
    subprocess.run(how.partition("with: ")[2], shell=True, check=True)
    assert read_or_make_key() == missing.read_bytes()


@pytest.mark.parametrize(("content", "said"), [(b"", "0 bytes"), (KEY[:31], "31 bytes")])
def test_a_named_file_that_is_too_short_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes, said: str
) -> None:
    file = named(monkeypatch, tmp_path / "shared", content=content)
    assert failure().startswith(f"the key file {file} is too short: {said}, not 32 or more")
    assert file.read_bytes() == content


def test_every_byte_of_a_longer_file_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = b"0123456789abcdef" * 4 + b"\n"
    named(monkeypatch, tmp_path / "shared", content=text)
    assert read_or_make_key() == hashlib.sha256(text).digest()


def test_a_file_that_is_far_too_long_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named(monkeypatch, tmp_path / "shared", content=b"x" * 65_537)
    assert "is too long to be meant as a key" in failure()


def test_a_folder_and_a_pipe_are_refused_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THESPIAN_KEY_FILE", str(tmp_path))
    said = failure()
    assert said.startswith(f"the key file {tmp_path} is a folder")
    assert "/dev/urandom" not in said
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    monkeypatch.setenv("THESPIAN_KEY_FILE", str(pipe))
    said = failure()
    assert said.startswith(f"the key file {pipe} is no ordinary file")
    assert "/dev/urandom" not in said
