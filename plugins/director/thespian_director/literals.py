"""Texts that are one Python value: settings and TLI files. They are read, and never run.

A value is what ``ast.literal_eval`` knows, and the names in :data:`NAMES`; texts may be joined with ``+``.

>>> read_literal("{'sep': os.sep, 'n': -1}", "x.cfg")
{'sep': '/', 'n': -1}
>>> read_literal("logdir + '/app.log'", "x.cfg", {"logdir": "/tmp"})
'/tmp/app.log'
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Mapping
from typing import Any

from thespian_director.errors import DirectorError

MAX_TEXT_BYTES = 1 << 20  # our choice: what people write is far smaller

_OS = ("altsep", "curdir", "devnull", "extsep", "linesep", "name", "pardir", "pathsep", "sep")
_SYS = (
    *("base_prefix", "byteorder", "exec_prefix", "executable", "hexversion", "maxsize", "maxunicode"),
    *("platform", "prefix", "version"),
)

#: The names that a text may use, and their values.
NAMES: Mapping[str, Any] = {
    **{f"os.{name}": getattr(os, name) for name in _OS},
    **{f"sys.{name}": getattr(sys, name) for name in _SYS},
    "sys.version_info": tuple(sys.version_info),
}


class BadLiteral(DirectorError):
    """A text is not one value; the text says in which line, and how to mend it."""


def decoded(data: bytes, where: str) -> str:
    """Return a file's text.

    Raises:
        BadLiteral: it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        line = data.count(b"\n", 0, why.start) + 1
        raise BadLiteral(f"{where}, line {line}: this is not UTF-8 text", "save the file as UTF-8") from None


def parsed(text: str, where: str) -> ast.expr:
    """Return the one expression that a text is.

    Raises:
        BadLiteral: it is none.
    """
    begun = text.lstrip()  # leading blanks would be an indentation
    skipped = text[: len(text) - len(begun)].count("\n")
    try:
        tree = ast.parse(begun.rstrip(), mode="eval")
    except SyntaxError as why:
        raise BadLiteral(
            f"{where}, line {(why.lineno or 1) + skipped}: {why.msg}",
            "it must be one Python value, such as a dictionary",
        ) from None
    except (ValueError, RecursionError, MemoryError) as why:
        raise BadLiteral(f"{where}: this cannot be read as a Python value: {why}") from None
    return ast.increment_lineno(tree, skipped).body


def value_of(node: ast.expr, where: str, names: Mapping[str, Any] | None = None) -> Any:
    """Return the value of an expression.

    Args:
        node: the expression.
        where: the file, for errors.
        names: more names that it may use.

    Raises:
        BadLiteral: it is no literal.
    """
    try:
        return ast.literal_eval(_Resolver(where, {**NAMES, **(names or {})}).visit(node))
    except BadLiteral:
        raise
    except (ValueError, TypeError, RecursionError, MemoryError) as why:
        reason = str(why).split(" on line ")[0].split(":")[0]
        raise BadLiteral(f"{where}, line {node.lineno}: this is no plain value ({reason})") from None


def read_literal(text: str, where: str, names: Mapping[str, Any] | None = None) -> Any:
    """Return the value that a text is.

    Args:
        text: the text.
        where: the file it is from, for errors.
        names: more names that it may use.

    Raises:
        BadLiteral: it is none.
    """
    return value_of(parsed(text, where), where, names)


class _Resolver(ast.NodeTransformer):
    """Replaces allowed names by their values, and refuses everything that is no literal."""

    def __init__(self, where: str, names: Mapping[str, Any]) -> None:
        self._where = where
        self._names = names

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._named(node)
        if isinstance(node, ast.BinOp):
            return self._joined(node)
        plain = (ast.Constant, ast.Dict, ast.List, ast.Tuple, ast.Set, ast.UnaryOp, ast.unaryop, ast.Load)
        if isinstance(node, plain):
            return self.generic_visit(node)
        line = getattr(node, "lineno", 1)
        what = "a call" if isinstance(node, ast.Call) else f"an expression ({type(node).__name__})"
        raise BadLiteral(
            f"{self._where}, line {line}: {what} is not allowed: the file is read, and never run",
            "write the value itself: texts, numbers, True, False, None, lists, tuples, sets, dictionaries",
        )

    def _named(self, node: ast.Name | ast.Attribute) -> ast.expr:
        name = ast.unparse(node)
        if name not in self._names:
            raise BadLiteral(
                f"{self._where}, line {node.lineno}: the name {name} is not known here",
                "put quotes around it if it is a text",
                f"names that may be used: {', '.join(sorted(self._names))}",
            )
        return ast.copy_location(ast.parse(repr(self._names[name]), mode="eval").body, node)

    def _joined(self, node: ast.BinOp) -> ast.AST:
        left, right = self.visit(node.left), self.visit(node.right)
        match left, node.op, right:
            case ast.Constant(value=str(begun)), ast.Add(), ast.Constant(value=str(end)):
                return ast.copy_location(ast.Constant(begun + end), node)
        # 1+2j is a literal; all else is refused by literal_eval.
        return ast.copy_location(ast.BinOp(left, node.op, right), node)
