"""The code of loaded sources in this process: imported when an actor first needs it, gone with the source."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

from thespian_core.semantics.birth import Birth

if TYPE_CHECKING:
    from thespian_core.sources.loading import Source


class CodeStore:
    """The sources of one system that some actor was created from.

    Args:
        data: returns the zip file of a valid source.
    """

    def __init__(self, data: Callable[[str], bytes | None]) -> None:
        self._data = data
        self._mounted: dict[str, Source] = {}

    def importer(self, birth: Birth) -> Callable[[str], ModuleType]:
        """Return how modules are imported for an actor that is to be; its source is known to be valid."""
        source_hash = birth.source_hash
        if source_hash is None:
            return importlib.import_module
        from thespian_core.sources.importing import import_from, mount  # which most systems do without

        source = self._mounted.get(source_hash)
        if source is None:
            source = self._mounted[source_hash] = mount(source_hash, self._data(source_hash) or b"")
        return lambda name: import_from(source, name, birth.source_is_inherited)

    def forget(self, source_hash: str) -> None:
        """Let a source's code go."""
        source = self._mounted.pop(source_hash, None)
        if source is not None:
            from thespian_core.sources.importing import unmount

            unmount(source)

    def close(self) -> None:
        """Let all code go. May be called twice."""
        for source_hash in list(self._mounted):
            self.forget(source_hash)
