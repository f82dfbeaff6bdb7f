"""A user's home for the tests of keys, and what is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from thespian_core.errors import ActorSystemStartupFailure
from thespian_multiproc.runtime.keyfile import read_or_make_key


def use_empty_home(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Let the user's state be kept below a folder: XDG's variable leads there on Linux, HOME elsewhere."""
    for name, inside in {"HOME": folder / "home", "XDG_STATE_HOME": folder / "state"}.items():
        inside.mkdir()
        monkeypatch.setenv(name, str(inside))
    monkeypatch.delenv("THESPIAN_KEY_FILE", raising=False)
    return folder


def key_files(state: Path) -> list[Path]:
    """Return every file below the state folder, finished or not."""
    return [file for file in sorted(state.rglob("*")) if not file.is_dir()]


def failure() -> str:
    """Return why there is no key."""
    with pytest.raises(ActorSystemStartupFailure) as failed:
        read_or_make_key()
    return str(failed.value)
