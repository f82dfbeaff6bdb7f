"""What is given to be loaded is read whole, named, and never larger than a source may be."""

from __future__ import annotations

import hashlib
import io
import logging
import os
from pathlib import Path

import pytest

from tests.sources.zips import zip_of
from thespian_core.sources.authorities import accept_all, reject_all
from thespian_core.sources.limits import MAX_SOURCE_BYTES
from thespian_core.sources.reading import read_source, source_hash
from thespian_core.testing import SourceAuthorityContract

GOOD = zip_of({"app.py": ""})


def test_the_hash_is_md5_in_hexadecimal() -> None:
    assert source_hash(b"abc") == hashlib.md5(b"abc").hexdigest()


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "huge.zip"
    with path.open("wb") as file:
        file.truncate(MAX_SOURCE_BYTES + 1)
    with pytest.raises(ValueError, match="huge.zip is larger than a source may be, which is 67,108,864"):
        read_source(path)


def test_an_object_without_a_name_is_told_by_its_text() -> None:
    class Feed(io.BytesIO):
        def __str__(self) -> str:
            return "a feed"

    feed = Feed(b"abc")
    assert read_source(feed) == (b"abc", "a feed")
    assert feed.closed


def test_accept_all_says_loudly_that_it_is_for_development(caplog: pytest.LogCaptureFixture) -> None:
    assert accept_all("abc", GOOD, "a file") == GOOD
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "FOR DEVELOPMENT ONLY" in record.getMessage()
    assert accept_all("abc", b"rubbish", None) is None
    assert "is not usable: it is no zip file" in caplog.text


def test_reject_all_rejects_what_is_good() -> None:
    assert reject_all("abc", GOOD, None) is None


class TestAcceptAll(SourceAuthorityContract):
    authority_name = "accept-all"
    accepted = (GOOD,)


class TestRejectAll(SourceAuthorityContract):
    authority_name = "reject-all"
    rejected = (*SourceAuthorityContract.rejected, GOOD)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_nobody_waits_for_a_pipe_that_bears_the_name_of_a_source(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.zip"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="it is no ordinary file"):
        read_source(pipe)
