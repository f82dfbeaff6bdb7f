"""TLI files: what the Director does with the actors of a group when its packages come and go.

A TLI file is one Python dictionary; it is read, and never run::

    {"Actors": {
        "foo.actors.Main": {
            "OnLoad": {"Role": "main", "GlobalName": "Main Foo", "Message": "go"},
            "OnDeactivate": {"Message": "rest"},
            "OnReactivate": {"Message": "go on"}}},
     "AutoUnload": 2,
     "TLS_Keep_Limit": 5}
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import attrs

from thespian_director.literals import MAX_TEXT_BYTES, BadLiteral, decoded, parsed, value_of
from thespian_director.trusted import read_trusted

_MAIN = ("Actors", "AutoUnload", "TLS_Keep_Limit")
_SECTIONS = {
    "OnLoad": ("Role", "GlobalName", "Message"),
    "OnDeactivate": ("Message",),
    "OnReactivate": ("Message",),
}


@attrs.frozen
class Tli:
    """What a TLI file says.

    Attributes:
        path: the file.
        actors: for each class, by its dotted name, what is done with it; as it is written.
        auto_unload: whether older versions are unloaded when a newer one is loaded, or how many versions
            stay loaded.
        keep_limit: how many packages of the group stay in the director's folder; None for all.
        lines: the line in which each class stands.
    """

    path: Path
    actors: dict[str, dict[str, dict[str, Any]]] = attrs.field(factory=dict)
    auto_unload: bool | int = False
    keep_limit: int | None = None
    lines: dict[str, int] = attrs.field(factory=dict)


def read_tli(path: Path, folder_owner: int | None = None) -> Tli:
    """Read a TLI file that nobody else can have written.

    Args:
        path: the file.
        folder_owner: the owner of the folder that the operator chose, who is trusted too.

    Raises:
        FileNotFoundError: there is no such file.
        DirectorError: it cannot be read, or others can write it.
        BadLiteral: it does not say what a TLI file can; the text names the line and how to mend it.
    """
    data = read_trusted(path, "the TLI file", MAX_TEXT_BYTES, folder_owner=folder_owner)
    return parse_tli(data, path)


def parse_tli(data: bytes, path: Path) -> Tli:
    """Return what the bytes of a TLI file say.

    Args:
        data: the bytes.
        path: the file they are from, for errors.

    Raises:
        BadLiteral: they do not say what a TLI file can.
    """
    where = str(path)
    reader = _Reader(where)
    tree = parsed(decoded(data, where), where)
    main = reader.dictionary(tree, "a TLI file", _MAIN)
    actors, lines = {}, {}
    if "Actors" in main:
        for name, (key, node) in reader.dictionary(main["Actors"][1], '"Actors"').items():
            if not _is_dotted(name):
                reader.refuse(key, f"{name!r} is no name of a class", "write it as package.module.Class")
            actors[name], lines[name] = reader.sections(node, name), key.lineno
    auto_unload: bool | int = False
    if "AutoUnload" in main:
        auto_unload = reader.number(main["AutoUnload"][1], '"AutoUnload"', or_bool=True)
    keep = reader.number(main["TLS_Keep_Limit"][1], '"TLS_Keep_Limit"') if "TLS_Keep_Limit" in main else None
    return Tli(path, actors, auto_unload, keep, lines)


class _Reader:
    """Reads parts of a TLI file, and says in which line one is wrong."""

    def __init__(self, where: str) -> None:
        self._where = where

    def refuse(self, node: ast.AST, what: str, mend: str) -> None:
        raise BadLiteral(f"{self._where}, line {getattr(node, 'lineno', 1)}: {what}", mend)

    def dictionary(
        self, node: ast.expr, what: str, known: tuple[str, ...] = ()
    ) -> dict[str, tuple[ast.expr, ast.expr]]:
        """Return the entries of a dictionary whose keys are texts: key and value by the key's text."""
        if not isinstance(node, ast.Dict):
            value_of(node, self._where)  # what is not even a value is told as that
            self.refuse(node, f"{what} is no dictionary", "write one: {...}")
        assert isinstance(node, ast.Dict)
        found: dict[str, tuple[ast.expr, ast.expr]] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                self.refuse(key or node, f"a key in {what} is no text", 'put it in quotes: "Name"')
            assert isinstance(key, ast.Constant)
            assert isinstance(key.value, str)
            if key.value in found:
                self.refuse(key, f"{key.value!r} is there twice in {what}", "remove one of them")
            if known and key.value not in known:
                self.refuse(key, f"{key.value!r} is not known in {what}", f"known are: {', '.join(known)}")
            found[key.value] = (key, value)
        return found

    def sections(self, node: ast.expr, name: str) -> dict[str, dict[str, Any]]:
        """Return what is to be done with one class."""
        found: dict[str, dict[str, Any]] = {}
        for section, (_, entries) in self.dictionary(node, f'"{name}"', tuple(_SECTIONS)).items():
            values = self.dictionary(entries, f'"{section}" of "{name}"', _SECTIONS[section])
            found[section] = {key: value_of(value, self._where) for key, (_, value) in values.items()}
            for key in ("Role", "GlobalName"):
                if not isinstance(found[section].get(key, ""), str):
                    self.refuse(values[key][1], f'"{key}" is no text', 'put it in quotes: "name"')
        return found

    def number(self, node: ast.expr, what: str, *, or_bool: bool = False) -> int:
        """Return a whole number from 1 on, or True or False where these are allowed."""
        value = value_of(node, self._where)
        if isinstance(value, bool) and or_bool:
            return value
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            wish = "True, False or a whole number from 1 on" if or_bool else "a whole number from 1 on"
            self.refuse(node, f"{what} is {value!r}", f"write {wish}")
        assert isinstance(value, int)
        return value


def _is_dotted(name: str) -> bool:
    parts = name.split(".")
    return len(parts) > 1 and all(part.isidentifier() for part in parts)
