"""A user's key: made once however many processes ask for it first, and refused when others may know it."""

from __future__ import annotations

import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from plugins.multiproc.tests.runtime.key_homes import failure, key_files, use_empty_home
from thespian_multiproc.runtime.keyfile import read_or_make_key

pytestmark = pytest.mark.skipif(os.name == "nt", reason="files have no such modes there")


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder with all that is the user's, empty."""
    return use_empty_home(monkeypatch, tmp_path)


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The state folder of a user who is not root, since root may read and write everything."""
    folder = Path(tempfile.mkdtemp())
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    before = os.geteuid()
    if before == 0:
        os.chown(folder, 65_534, -1)
        os.seteuid(65_534)
    yield folder
    os.seteuid(before)
    for inside in [folder, *folder.rglob("*")]:
        inside.chmod(0o700)
    shutil.rmtree(folder)


def made(state: Path) -> Path:
    """Let the key be made, and return its file."""
    read_or_make_key()
    (file,) = key_files(state)
    return file


def test_the_first_call_makes_32_bytes_that_only_the_user_can_read_and_later_calls_give_them(
    state: Path,
) -> None:
    key = read_or_make_key()
    assert len(key) == 32
    (file,) = key_files(state)
    assert file.name == "key"
    assert file.parent.name == "thespian"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert file.read_bytes() == key == read_or_make_key()


def test_all_that_is_made_is_the_users_alone_whatever_the_umask(
    somebody: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(somebody / "far" / "away"))
    monkeypatch.setenv("HOME", str(somebody / "far" / "away"))
    before = os.umask(0)
    try:
        file = made(somebody)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    folders = [folder for folder in file.parents if somebody in folder.parents]
    assert len(folders) >= 3
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


ASK = """
import os, sys
from thespian_multiproc.runtime.keyfile import read_or_make_key
{}
print("ready", flush=True)
sys.stdin.readline()
print(read_or_make_key().hex())
"""
NO_LINKS = """
def no_links(*arguments):
    raise PermissionError(1, "Operation not permitted")
os.link = no_links
"""


@pytest.mark.slow
@pytest.mark.parametrize("preparation", ["", NO_LINKS], ids=["hard links", "no hard links"])
def test_many_processes_that_ask_first_at_once_get_one_key(state: Path, preparation: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ASK.format(preparation)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=60)[0].strip() for process in processes}
    (file,) = key_files(state)
    assert keys == {file.read_bytes().hex()}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_the_own_file_is_refused_when_anybody_else_can_use_it(state: Path, mode: int) -> None:
    file = made(state)
    file.chmod(mode)
    said = failure()
    assert said.startswith(f"the key file {file} can be used by others than you")
    assert f"chmod 600 {file}" in said


def test_the_own_file_that_stays_too_short_is_refused_and_the_text_says_what_to_do(state: Path) -> None:
    file = made(state)
    file.write_bytes(b"short")
    # What another process is just writing would be waited for; this text is what comes after the wait.
    said = failure()
    assert said.startswith(f"the key file {file} is too short: 5 bytes")
    assert "remove it, and a new key is made" in said


def test_an_own_file_that_leads_nowhere_is_refused(state: Path) -> None:
    file = made(state)
    file.unlink()
    file.symlink_to(state / "nowhere")
    assert failure() == f"the key file {file} is a link to a file that does not exist\n  remove it"
    assert key_files(state) == [file]


def test_a_state_folder_that_is_a_file_is_refused_and_left(state: Path) -> None:
    folder = made(state).parent
    (folder / "key").unlink()
    folder.rmdir()
    folder.write_text("mine")
    first, *mend = failure().splitlines()
    assert first == f"the key file {folder / 'key'} cannot be opened: Not a directory"
    assert mend == [
        f"  {folder} is no folder",
        "  or set XDG_STATE_HOME to another folder, or THESPIAN_KEY_FILE to a key file",
    ]
    assert folder.read_text() == "mine"


def test_a_state_folder_that_cannot_be_written_is_refused(somebody: Path) -> None:
    folder = made(somebody).parent
    (folder / "key").unlink()
    folder.chmod(0o500)
    said = failure()
    assert said.startswith(f"the key file {folder / 'key'} cannot be made: Permission denied")
    assert "THESPIAN_KEY_FILE" in said


def test_a_home_where_nothing_can_be_made_is_refused(somebody: Path) -> None:
    somebody.chmod(0o500)
    said = failure()
    assert "cannot be made: Permission denied" in said
    assert str(somebody) in said


def test_a_key_that_cannot_be_read_is_refused(somebody: Path) -> None:
    file = made(somebody)
    file.chmod(0)
    said = failure()
    assert said.startswith(f"the key file {file} cannot be opened: Permission denied")
    assert f"chmod u+r {file}" in said


def test_a_folder_that_is_closed_to_the_user_is_named_and_nothing_is_to_be_removed(somebody: Path) -> None:
    folder = made(somebody).parent
    folder.chmod(0)
    said = failure()
    assert f"let yourself into {folder}" in said
    assert "remove" not in said


def test_without_a_free_descriptor_the_text_says_how_to_have_more(state: Path) -> None:
    made(state)
    with open(os.devnull) as last:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (last.fileno(), hard))
        try:
            said = failure()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert said.endswith("cannot be opened: Too many open files\n  allow more open files (ulimit -n)")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_disk_is_refused_and_nothing_is_left(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_a_full_disk(prefix: str, dir: Path) -> tuple[int, str]:
        file = dir / f"{prefix}0"
        file.touch()
        return os.open("/dev/full", os.O_WRONLY), str(file)

    monkeypatch.setattr("tempfile.mkstemp", on_a_full_disk)
    assert "cannot be made: No space left on device" in failure()
    assert key_files(state) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give files away")
def test_an_own_file_of_another_user_is_refused(state: Path) -> None:
    file = made(state)
    os.chown(file, 12_345, -1)
    assert failure().startswith(f"the key file {file} belongs to another user (uid 12345), who knows the key")


def test_without_a_home_the_text_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> NoReturn:
        raise KeyError(uid)

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "somewhere")
    monkeypatch.setattr("pwd.getpwuid", nobody)
    said = failure()
    assert said.startswith("there is no folder for the key: the user's home folder is not known")
    assert "set HOME" in said
