"""Compiled copies of modules are believed only when their source cannot have changed since."""

from __future__ import annotations

import importlib
import importlib.util
import os
import py_compile
import sys
import sysconfig
from collections.abc import Iterator
from importlib.machinery import FileFinder
from pathlib import Path

import pytest

from thespian_multiproc.runtime import sourcefiles
from thespian_multiproc.runtime.sourcefiles import (
    DistrustfulLoader,
    is_interpreters_own,
    keep_compiled,
    tell_compiled,
    trust_only_settled_bytecode,
)

SOME_TIME_S = 1_700_000_000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A module that says "old" in its compiled copy, and "new" in its source, of the same size and time."""
    file = tmp_path / "thing.py"
    file.write_text("word = 'old'\n")
    os.utime(file, (SOME_TIME_S, SOME_TIME_S + 0.25))
    py_compile.compile(str(file))
    file.write_text("word = 'new'\n")
    os.utime(file, (SOME_TIME_S, SOME_TIME_S + 0.75))
    return file


def compiled(source: Path) -> Path:
    """Return where the compiled copy is."""
    return Path(importlib.util.cache_from_source(str(source)))


def word_in(source: Path) -> str:
    """Return what a module says when it is loaded afresh."""
    loader = DistrustfulLoader("thing", str(source))
    spec = importlib.util.spec_from_file_location("thing", source, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    word: str = module.word
    return word


@pytest.mark.parametrize("compiled_after_s", [0.5, 0.99, -10])
def test_a_copy_made_in_the_second_of_the_last_change_or_before_is_not_believed(
    source: Path, compiled_after_s: float
) -> None:
    made_at = SOME_TIME_S + compiled_after_s
    os.utime(compiled(source), (made_at, made_at))
    assert word_in(source) == "new"


def test_a_copy_made_in_a_later_second_is_believed(source: Path) -> None:
    os.utime(compiled(source), (SOME_TIME_S + 1, SOME_TIME_S + 1))
    assert word_in(source) == "old"


def test_a_copy_that_was_passed_over_is_written_anew_and_then_believed(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    os.utime(compiled(source), (SOME_TIME_S, SOME_TIME_S))
    assert word_in(source) == "new"
    # The copy is of today, and the source is old; another text of the same key shows which one is read.
    source.write_text("word = 'xxx'\n")
    os.utime(source, (SOME_TIME_S, SOME_TIME_S))
    assert word_in(source) == "new"


def test_a_copy_whose_key_is_a_hash_is_believed_whatever_the_times(source: Path) -> None:
    py_compile.compile(str(source), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    os.utime(compiled(source), (SOME_TIME_S, SOME_TIME_S))
    source.write_text("word = 'xxx'\n")
    assert word_in(source) == "new"


@pytest.fixture
def _import_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Give the import system back as it was."""
    monkeypatch.setattr(sys, "path_hooks", list(sys.path_hooks))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    yield
    sys.modules.pop("thing", None)
    sys.path_importer_cache.clear()


@pytest.mark.usefixtures("_import_system")
def test_an_import_runs_the_code_on_disk(source: Path) -> None:
    os.utime(compiled(source), (SOME_TIME_S, SOME_TIME_S))
    assert importlib.import_module("thing").word == "old"  # the trap: this is what Python does by itself
    del sys.modules["thing"]
    trust_only_settled_bytecode()
    assert importlib.import_module("thing").word == "new"


@pytest.mark.usefixtures("_import_system")
def test_a_second_call_changes_nothing() -> None:
    before = len(sys.path_hooks)
    trust_only_settled_bytecode()
    hooks = list(sys.path_hooks)
    trust_only_settled_bytecode()
    assert sys.path_hooks == hooks
    assert len(hooks) == before + 1


@pytest.mark.usefixtures("_import_system")
def test_the_interpreters_own_packages_are_left_to_the_standard_loader(tmp_path: Path) -> None:
    trust_only_settled_bytecode()
    for folder, loader in [
        (sysconfig.get_path("purelib"), "SourceFileLoader"),
        (os.path.dirname(importlib.__file__), "SourceFileLoader"),
        (str(tmp_path), "DistrustfulLoader"),
    ]:
        (tmp_path / "thing.py").write_text("")
        name = next(file.stem for file in Path(folder).glob("*.py"))
        finder = next(iter(found for hook in sys.path_hooks if (found := tried(hook, folder))))
        assert isinstance(finder, FileFinder)
        spec = finder.find_spec(name)
        assert spec is not None
        assert type(spec.loader).__name__ == loader


def tried(hook: object, folder: str) -> object:
    """Return a hook's finder for a folder, or None when it declines."""
    assert callable(hook)
    try:
        found: object = hook(folder)
    except ImportError:
        return None
    return found


def test_own_folders_are_told_from_the_users(tmp_path: Path) -> None:
    library = sysconfig.get_path("stdlib")
    assert is_interpreters_own(library)
    assert is_interpreters_own(os.path.join(library, "..", os.path.basename(library)))
    assert not is_interpreters_own(os.path.join(library, "json"))
    assert is_interpreters_own(os.path.join(library, "json"), or_below=True)
    assert not is_interpreters_own(str(tmp_path), or_below=True)
    assert not is_interpreters_own(library + "x", or_below=True)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, bytes]]:
    """What this process tells that it had to compile; it writes no copies, and keeps nothing."""
    found: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for name, value in (("_kept", {}), ("_kept_bytes", 0), ("_tell", None)):
        monkeypatch.setattr(sourcefiles, name, value)
    tell_compiled(lambda key, code: found.append((key, code)))
    return found


def test_what_one_process_had_to_compile_another_one_takes(
    tmp_path: Path, told: list[tuple[bytes, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "thing.py"
    file.write_text("word = 'told'\n")
    assert word_in(file) == "told"
    assert len(told) == 1
    keep_compiled(*told[0])
    monkeypatch.setattr("builtins.compile", None)  # nothing can be compiled any more
    assert word_in(file) == "told"
    assert len(told) == 1


def test_what_is_kept_is_never_taken_for_another_source(
    tmp_path: Path, told: list[tuple[bytes, bytes]]
) -> None:
    file, other = tmp_path / "thing.py", tmp_path / "other.py"
    file.write_text("word = 'old'\n")
    before = file.stat()
    assert word_in(file) == "old"
    keep_compiled(*told[0])
    file.write_text("word = 'new'\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert word_in(file) == "new"
    other.write_text("word = __import__('sys')._getframe().f_code.co_filename\n")
    file.write_text(other.read_text())
    assert word_in(other) == str(other)
    keep_compiled(*told[-1])
    assert word_in(file) == str(file)


def test_no_more_is_kept_than_there_is_room_for(
    told: list[tuple[bytes, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sourcefiles, "MOST_KEPT_BYTES", 10)
    keep_compiled(b"one", bytes(8))
    keep_compiled(b"two", bytes(8))
    keep_compiled(b"three", bytes(2))
    assert list(sourcefiles._kept) == [b"one", b"three"]
