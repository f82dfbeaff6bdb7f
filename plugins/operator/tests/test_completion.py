"""bash, zsh and fish complete the commands, their options, and what ``--base`` may be."""

from __future__ import annotations

import os
import re
import shutil
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


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_every_base_for_the_doctor(shell: str) -> None:
    bases = " ".join(complete(shell, "doctor", "--base", ""))
    assert "multiprocTCPBase" in bases
    assert "simpleSystemBase" in bases
    assert "--json" in " ".join(complete(shell, "doctor", "--"))


# The shells themselves, where they are installed: what they make of a line that a person has begun.

LINES = [
    ("thespian plug", ["plugins"]),
    ("thespian sta", ["status"]),
    ("thespian to", ["top"]),
    ("thespian doc", ["doctor"]),
    ("thespian sto", ["stop"]),
    ("thespian plugins --js", ["--json"]),
    ("thespian status --wat", ["--watch"]),
    ("thespian top --sort m", ["memory", "mail"]),
    ("thespian stop --base multiprocT", ["multiprocTCPBase"]),
    ("thespian doc", ["doctor"]),
    ("thespian doctor --base simpleS", ["simpleSystemBase"]),
    ("thespian doctor --js", ["--json"]),
]


def shell(name: str, *arguments: str, home: Path) -> str:
    """Run a shell that finds the command, and that no start file of a person's own changes."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    path = f"{SCRIPT.parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        [found, *arguments],
        env={**os.environ, "PATH": path, "HOME": str(home), "ZDOTDIR": str(home), "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=home,
    )
    assert ran.stderr == ""
    return ran.stdout


@pytest.mark.slow
def test_bash_itself_completes(tmp_path: Path) -> None:
    script = ['eval "$(_THESPIAN_COMPLETE=bash_source thespian)"']
    for line, _ in LINES:
        words = line.split()
        script += [
            f"COMPREPLY=() COMP_WORDS=({line}) COMP_CWORD={len(words) - 1}",
            f"_thespian_completion thespian {words[-1]} {words[-2]}",
            'echo "${COMPREPLY[@]}"',
        ]
    shown = shell("bash", "--norc", "-c", "\n".join(script), home=tmp_path)
    assert [line.split() for line in shown.splitlines()] == [wanted for _, wanted in LINES]


@pytest.mark.slow
def test_fish_itself_completes(tmp_path: Path) -> None:
    script = ["_THESPIAN_COMPLETE=fish_source thespian | source"]
    for line, _ in LINES:
        script += [f'complete -C "{line}"', "echo"]
    shown = shell("fish", "--no-config", "-c", "\n".join(script), home=tmp_path)
    found = [[line.split("\t")[0] for line in part.splitlines()] for part in shown.split("\n\n") if part]
    assert [sorted(part) for part in found] == [sorted(wanted) for _, wanted in LINES]


# zsh completes in an editor only, which needs a terminal: it makes one for another zsh, and types into that.
ZSH = """
zmodload zsh/zpty
zpty person zsh -f -i
say() {{ zpty -w person "$1" }}
say 'PS1= PS2= ; autoload -U compinit; compinit -u -d {home}/dump; setopt no_beep; LISTMAX=1000'
say 'eval "$(_THESPIAN_COMPLETE=zsh_source thespian)"'
say 'show() {{ print -r -- "<$BUFFER>"; BUFFER= }}; zle -N show; bindkey "^X" show'
say 'print -r -- re''ady'
zpty -r -m person heard '*ready*'
{lines}
zpty -d person
"""


@pytest.mark.slow
def test_zsh_itself_completes(tmp_path: Path) -> None:
    single = [(line, wanted[0]) for line, wanted in LINES if len(wanted) == 1]
    typed = "\n".join(
        f"zpty -w -n person $'{line}\\t\\x18'; zpty -r -m person heard '*<*>*'; print -r -- \"$heard\""
        for line, _ in single
    )
    shown = shell("zsh", "-f", "-c", ZSH.format(home=tmp_path, lines=typed), home=tmp_path)
    found = re.findall(r"<(thespian [^>]*)>", shown)
    assert [line.rstrip() for line in found] == [
        f"{line.rpartition(' ')[0]} {wanted}" for line, wanted in single
    ]
