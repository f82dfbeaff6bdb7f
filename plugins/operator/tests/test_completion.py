"""bash, zsh and fish complete the commands, their options, and what ``--base`` may be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(sys.executable).with_name("thespian")


def complete(shell: str, *words: str) -> list[str]:
    """Return what a shell is offered for the last of some words."""
    environ = {"_THESPIAN_COMPLETE": f"{shell}_complete"}
    environ |= {"COMP_WORDS": " ".join(("thespian", *words)), "COMP_CWORD": str(len(words))}
    if shell == "fish":
        environ["COMP_CWORD"] = words[-1]
    ran = subprocess.run(
        [SCRIPT], env={**os.environ, **environ}, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stderr == ""
    return ran.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_a_script(shell: str) -> None:
    ran = subprocess.run(
        [SCRIPT],
        env={**os.environ, "_THESPIAN_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert f"_THESPIAN_COMPLETE={shell}_complete" in ran.stdout
    assert ran.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_names_of_commands(shell: str) -> None:
    offered = " ".join(complete(shell, "st"))
    assert "status" in offered
    assert "stop" in offered
    assert "top" not in offered.replace("stop", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("command", ["status", "top", "stop"])
def test_a_shell_completes_bases_and_options(shell: str, command: str) -> None:
    bases = " ".join(complete(shell, command, "--base", "mul"))
    assert "multiprocTCPBase" in bases
    assert "simpleSystemBase" not in bases
    assert "--port" in " ".join(complete(shell, command, "--po"))


def test_bash_itself_completes(tmp_path: Path) -> None:
    script = f"""
        PATH={SCRIPT.parent}:$PATH
        eval "$(_THESPIAN_COMPLETE=bash_source thespian)"
        COMP_WORDS=(thespian stat) COMP_CWORD=1
        _thespian_completion thespian
        echo "${{COMPREPLY[@]}}"
    """
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (ran.stdout, ran.stderr) == ("status\n", "")
