"""Looks at the package ``thespian``: whose it is, and whether it is whole. Nothing of it is run."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import re
from collections.abc import Iterator
from importlib import metadata
from importlib.machinery import PathFinder

import thespian_core
from thespian_core.installation import refuse_foreign_files
from thespian_operator.doctoring.facts import Installation, Intruder

PACKAGE = "thespian"
OWNER = "thespian-core"


def look_at_installation() -> Installation:
    """Return what there is."""
    own = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(thespian_core.__file__))), PACKAGE)
    found = _found()
    failure = ""
    if found:
        try:
            refuse_foreign_files(found)
        except ImportError as why:
            failure = str(why)
    return Installation(own, found, tuple(_changed()), tuple(_intruders()), failure)


def _found() -> str:
    """Return the folder that an import would take; the package is not imported."""
    spec = PathFinder.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return os.path.abspath(spec.origin) if spec is not None and spec.origin else ""
    return os.path.abspath(next(iter(spec.submodule_search_locations)))


def _changed() -> Iterator[str]:
    """Return the files of the package that are not as they were installed; none for a checkout."""
    try:
        owner = metadata.distribution(OWNER)
    except metadata.PackageNotFoundError:
        return
    for name, recorded in _recorded(owner):
        algorithm, _, digest = recorded.partition("=")
        if algorithm not in hashlib.algorithms_guaranteed:
            continue
        try:
            with open(str(owner.locate_file(name)), "rb") as file:
                data = file.read()
        except OSError:
            yield name
            continue
        real = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).rstrip(b"=").decode()
        if real != digest:
            yield name


def _intruders() -> Iterator[Intruder]:
    """Return who else has installed files into the package."""
    seen = set()
    for distribution in metadata.distributions():
        name = str(distribution.metadata["Name"])
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key == OWNER or key in seen:
            continue
        seen.add(key)
        files = sum(1 for _ in _recorded(distribution))
        if files:
            yield Intruder(f"{name} {distribution.version}", files)


def _recorded(distribution: metadata.Distribution) -> Iterator[tuple[str, str]]:
    """Return name and hash of each file that a distribution has put into the package."""
    text = distribution.read_text("RECORD") or ""
    if PACKAGE + "/" not in text:
        return
    for row in csv.reader(text.splitlines()):
        if row and row[0].startswith(PACKAGE + "/") and not row[0].endswith(".pyc"):
            yield row[0], row[1] if len(row) > 1 else ""
