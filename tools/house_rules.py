"""The rules that every file of the project keeps, each as a function that says what to mend.

The rules themselves are explained in CONTRIBUTING.md; ``tests/rules`` applies them to the whole tree.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

MAX_LINES = 300

# Programs already use these names, so these files may define them.
CAMEL_CASE_FILES = (
    "thespian/",
    "thespian_core/api/",
    "thespian_core/testing/",
    "thespian_core/addresses.py",
    "thespian_core/errors.py",
    "thespian_core/messages.py",
    "thespian_core/status.py",
    "plugins/director/thespian_director/groupfiles.py",
)
# What actors (in examples, tests and benchmarks too) and unittest classes must define.
CAMEL_CASE_NAMES = re.compile(
    r"receiveMessage|receiveMsg_\w+|receiveUnrecognizedMessage|actorSystemCapabilityCheck"
    r"|(async)?(setUp|tearDown)(Class)?"
    r"|setProcessingLimit"  # what a program asks of the simple base by this name
)
CAMEL_CASE = re.compile(r"_*[a-z][a-z0-9]*[A-Z]")

# Put together here, so that this file keeps its own rule.
MACHINE_PATH = re.compile(r"(?<![\w.~])/(work|root|home|Users)" + "/")
# Documents that a reader of the project does not have, and bookkeeping that means nothing to one.
PRIVATE_WORDS = re.compile(
    r"\b(design|behaviour|quality|style)" + r"\.md\b|\b(session|issue|ticket|task)" + r" +#?\d+\b",
    re.IGNORECASE,
)


def project_files(root: Path = ROOT) -> list[Path]:
    """Return the project's files, without what git ignores or what was deleted.

    Outside a git checkout these are all files below ``root`` that are in no hidden or generated folder.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if (root / ".git").exists() and listed.returncode == 0:
        files = {root / name.decode() for name in listed.stdout.split(b"\0") if name}
    else:
        generated = re.compile(r"\..*|__pycache__|dist|build|_build|_generated|.*\.egg-info")
        files = set()
        for folder, below, names in os.walk(root):
            below[:] = [name for name in below if not generated.fullmatch(name) or name == ".ci"]
            files |= {Path(folder, name) for name in names}
    return sorted(file for file in files if file.is_file())


def python_files(root: Path = ROOT) -> list[Path]:
    """Return the project's Python files."""
    return [file for file in project_files(root) if file.suffix == ".py"]


def docstring_and_length(name: str, text: str) -> Iterator[str]:
    """Say whether a file does not begin by saying what it is, or is too long to read at one go."""
    docstring = ast.get_docstring(ast.parse(text)) or ""
    if not docstring:
        yield f"{name}:1: begin the file with a docstring whose first line says what it is"
    elif len(docstring.splitlines()) > 1 and docstring.splitlines()[1].strip():
        yield f"{name}:1: let the docstring's first line be a whole sentence, with an empty line after it"
    lines = len(text.splitlines())
    reason = f"Longer than {MAX_LINES} lines because"
    if lines > MAX_LINES and reason not in docstring:
        yield (
            f"{name}: {lines} lines; split it by reasons to open it, "
            f"or say '{reason} ...' in the file's docstring"
        )


def evaluated_text(name: str, text: str) -> Iterator[str]:
    """Say where text is run as code."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("builtins.") in {
            "eval",
            "exec",
        }:
            yield (
                f"{name}:{node.lineno}: {ast.unparse(node.func)}() runs text as code; "
                f"read literals with ast.literal_eval, and look names up in a list of allowed ones"
            )


def sleeps_and_mocks(name: str, text: str) -> Iterator[str]:
    """Say where a test sleeps, or puts a mock where our own code should be."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                imported = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), names=names):
                imported = [f"{module}.{alias.name}" for alias in names]
            case ast.Attribute(attr="sleep", value=ast.Name(id="time")):
                imported = ["time.sleep"]
            case _:
                continue
        for what in imported:
            if what == "time.sleep":
                yield (
                    f"{name}:{node.lineno}: a test that sleeps is slow or flaky; "
                    f"wait for the event itself, with a deadline"
                )
            if what in {"mock", "unittest.mock"} or what.startswith(("unittest.mock.", "mock.")):
                yield (
                    f"{name}:{node.lineno}: a mock proves what the test's author believes; "
                    f"use a fake that passes the contract tests"
                )


def definitions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield each function, method, class-level and instance attribute that a file defines."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, node.lineno
            case ast.ClassDef(body=body):
                for statement in body:
                    match statement:
                        case ast.Assign(targets=targets):
                            yield from ((t.id, t.lineno) for t in targets if isinstance(t, ast.Name))
                        case ast.AnnAssign(target=ast.Name(id=name)):
                            yield name, statement.lineno
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name, node.lineno


def camel_case(name: str, text: str) -> Iterator[str]:
    """Say where a name is camelCase that no program asks for."""
    if name.startswith(CAMEL_CASE_FILES):
        return
    for defined, line in definitions(ast.parse(text)):
        if CAMEL_CASE.match(defined) and not CAMEL_CASE_NAMES.fullmatch(defined):
            yield (
                f"{name}:{line}: {defined} is camelCase, which only the API that programs already use "
                f"may be; write it with underscores"
            )


def machine_words(name: str, text: str) -> Iterator[str]:
    """Say where a file speaks of one machine, or of papers that its reader does not have."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := MACHINE_PATH.search(line):
            yield (
                f"{name}:{number}: {found.group()} is a path of one machine; write it relative to the project"
            )
        if found := PRIVATE_WORDS.search(line):
            yield (
                f"{name}:{number}: {found.group()!r} means nothing to a reader of the project; "
                f"say the thing itself"
            )
