"""A program that does not know its Python, as one that embeds it, or whose Python was removed meanwhile."""

from __future__ import annotations

import sys

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemStartupFailure
from tools.ports import free_port


@pytest.mark.parametrize("executable", [None, "", "/nowhere/bin/python", __file__, f"{__file__}/python"])
def test_a_python_that_cannot_be_run_is_named_with_what_helps(
    base_name: str, monkeypatch: pytest.MonkeyPatch, executable: str | None
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    with pytest.raises(ActorSystemStartupFailure) as failure:
        ActorSystem(base_name, {"Admin Port": free_port()}, logDefs=False, transientUnique=True)
    said = f"set sys.executable to a Python that this user may run: {executable!r} is none"
    assert said in str(failure.value)
