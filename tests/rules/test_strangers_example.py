"""The example of a stranger's transport is short, and needs nothing that is not documented."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.house_rules import ROOT

PACKAGE = ROOT / "examples" / "thespian_unix" / "thespian_unix"
FILES = sorted(PACKAGE.glob("*.py"))
MOST_LINES = 150
# What tokens of lines are that hold no code.
MARKUP = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
    *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}


def documented() -> set[str]:
    """Return every name that a page documents, as it is imported."""
    pages = [page for page in (ROOT / "docs").rglob("*.rst") if "_build" not in page.parts]
    directive = re.compile(r"^ *\.\. (?:auto|py:)[a-z]+:: ([\w.]+)", re.MULTILINE)
    return {name for page in pages for name in directive.findall(page.read_text("utf-8"))}


def is_module(name: str) -> bool:
    """Say whether a dotted name is a module of this project."""
    file = Path(*name.split("."))
    return any((root / file).with_suffix(".py").is_file() for root in (ROOT, *ROOT.glob("plugins/*")))


def names_used(text: str, own: str) -> Iterator[str]:
    """Yield each name of Thespian's that a file imports, or names as text for somebody else to import."""
    tree = ast.parse(text)
    modules = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name for alias in aliases if alias.name.startswith("thespian"))
            case ast.ImportFrom(module=str(module), names=aliases) if module.startswith("thespian"):
                for alias in aliases:
                    name = f"{module}.{alias.name}"
                    if is_module(name):
                        modules[alias.asname or alias.name] = name
                    elif module.split(".")[0] != own:
                        yield name
            case ast.Constant(value=str(value)) if re.fullmatch(r"thespian\w*(\.\w+)*:\w+", value):
                if value.split(".")[0] != own:
                    yield value.replace(":", ".")
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in modules:
                yield f"{modules[name]}.{attribute}"


def lines_of_code(text: str) -> int:
    """Count the lines that are neither empty nor a comment nor part of a docstring."""
    docstrings = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    lines = {
        line
        for token in tokens
        if token.type not in MARKUP
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(lines - docstrings)


def test_it_imports_documented_names_only() -> None:
    used = {name for file in FILES for name in names_used(file.read_text("utf-8"), PACKAGE.name)}
    assert "thespian_multiproc.transport.interface.Endpoint" in used
    assert "thespian_multiproc.base.MultiprocBase" in used
    assert used - documented() == set(), "document these in docs/, or do without them"


def test_it_has_less_than_150_lines_of_code() -> None:
    assert 0 < sum(lines_of_code(file.read_text("utf-8")) for file in FILES) < MOST_LINES


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from thespian_core import hookimpl\nimport os\n", {"thespian_core.hookimpl"}),
        ("from thespian_unix.transport import listen\n", set()),
        ("import thespian_core.hooks.loading\n", {"thespian_core.hooks.loading"}),
        (
            "from thespian_multiproc.transport import interface as i\ni.Sent\ni.Lost(1)\n",
            {"thespian_multiproc.transport.interface.Sent", "thespian_multiproc.transport.interface.Lost"},
        ),
        ("opens = 'thespian_multiproc.base:Secret'\n", {"thespian_multiproc.base.Secret"}),
        ("opens = 'thespian_unix.transport:UnixTransport'\n", set()),
    ],
)
def test_the_names_that_a_file_uses_are_found(text: str, names: set[str]) -> None:
    assert set(names_used(text, "thespian_unix")) == names


def test_lines_of_code_are_neither_empty_nor_comments_nor_docstrings() -> None:
    text = '"""Two\n\nlines."""\n\n# said\nx = (\n    1,\n)\n\ndef f():\n    """Do."""\n    return x  # so\n'
    assert lines_of_code(text) == 5
