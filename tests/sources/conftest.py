"""Sources that the tests load, and nothing of which is left afterwards."""

from __future__ import annotations

import importlib
import importlib.util
import linecache
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.sources.zips import zip_of
from thespian_core.sources.importing import mount, unmount
from thespian_core.sources.loading import Source
from thespian_core.sources.reading import source_hash

Mount = Callable[[dict[str, str | bytes]], Source]


@pytest.fixture
def mounted() -> Iterator[Mount]:
    """Mount sources of these files, and unmount them in the end; then nothing of them is left."""
    before = (importlib.import_module, importlib.util.find_spec, list(sys.meta_path), list(sys.path_hooks))
    sources: list[Source] = []

    def new(files: dict[str, str | bytes]) -> Source:
        data = zip_of(files)
        sources.append(mount(source_hash(data), data))
        return sources[-1]

    yield new
    for source in sources:
        unmount(source)
    after = (importlib.import_module, importlib.util.find_spec, list(sys.meta_path), list(sys.path_hooks))
    assert after == before
    left = [name for name in (*sys.modules, *linecache.cache, *sys.path_importer_cache) if "{{" in name]
    assert left == []
