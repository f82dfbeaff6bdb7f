"""In which order versions of a package are: by the runs of digits and of other characters in their names.

A name is split into runs of digits, which are numbers, and runs of all else. Runs are compared one by one; a
number comes before a text, and what goes on is greater.

>>> key = version_extract("foo")
>>> sorted(["foo-15.1.tls", "foo-2.tls", "foo-15a.tls", "foo.tls", "foo-15.tls", "foo-201601.tls"], key=key)
['foo.tls', 'foo-2.tls', 'foo-15.tls', 'foo-15.1.tls', 'foo-15a.tls', 'foo-201601.tls']
>>> [part() for part in key("foo-15a5.tls")]
['-', 15, 'a', 5]
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import total_ordering

_RUNS = re.compile(r"[0-9]+|[^0-9]+")


@total_ordering
class VersionPart:
    """One run of a version; a call returns its value, a number or a text."""

    __slots__ = ("_rank", "_value")

    def __init__(self, text: str) -> None:
        self._value: int | str = int(text) if text.isdecimal() else text
        # Leading zeros decide last: 05 is not 5, and versions of one value must have one order.
        self._rank = (0, self._value, len(text)) if isinstance(self._value, int) else (1, self._value, 0)

    def __call__(self) -> int | str:
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VersionPart) and self._rank == other._rank

    def __lt__(self, other: VersionPart) -> bool:
        return self._rank < other._rank

    def __hash__(self) -> int:
        return hash(self._rank)

    def __repr__(self) -> str:
        return f"VersionPart({str(self._value)!r})"


def version_extract(base: str, extension: str = ".tls") -> Callable[[str], list[VersionPart]]:
    """Return a function that gives the sort key of a file: the parts of what follows the group's name.

    Args:
        base: the group's name.
        extension: what the files' names end with.
    """

    def key(name: str) -> list[VersionPart]:
        rest = os.path.basename(name).removesuffix(extension).removeprefix(os.path.basename(base))
        return [VersionPart(run) for run in _RUNS.findall(rest)]

    return key
