"""What the tests of the documentation share: the example plugins, found as if they were installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.docs.example_plugins import installed


@pytest.fixture(scope="module")
def examples_installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The registry of this process offers the example plugins too."""
    with installed(tmp_path_factory.mktemp("site")):
        yield
