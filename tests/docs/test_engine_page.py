"""The page about systems of many processes has the figures that the code has."""

from __future__ import annotations

import re

from thespian_multiproc.protocol.limits import Limits
from thespian_multiproc.runtime.plan import (
    DEFAULT_MAX_MESSAGE_BYTES,
    DEFAULT_MAX_UNSENT_BYTES,
    DEFAULT_MOST_UNSENT_BYTES,
)
from thespian_multiproc.transport.capabilities import DEFAULT_ADMIN_PORT
from thespian_udp import transport as udp
from tools.house_rules import ROOT

PAGE = (ROOT / "docs" / "engine.rst").read_text("utf-8")


def default_of(capability: str) -> str:
    """Return what the table of capabilities says counts when one is not given."""
    (row,) = re.findall(rf"^``{capability}`` +(\S.*?)  +", PAGE, re.MULTILINE)
    return str(row)


def test_the_defaults_on_the_page_are_those_of_the_code() -> None:
    assert default_of("Admin Port") == str(DEFAULT_ADMIN_PORT)
    assert default_of("Max Message Bytes") == f"{DEFAULT_MAX_MESSAGE_BYTES >> 20} MiB"
    assert f"programs that join name the same. {udp.DEFAULT_ADMIN_PORT} over UDP" in PAGE
    assert f"larger messages are refused. {udp.USUAL_MESSAGE_BYTES >> 20} MiB over UDP" in PAGE
    assert default_of("Max Unsent Bytes") == f"{DEFAULT_MAX_UNSENT_BYTES >> 20} MiB"
    assert default_of("Most Unsent Bytes") == f"{DEFAULT_MOST_UNSENT_BYTES >> 30} GiB"


def test_the_window_of_a_link_on_the_page_is_that_of_the_code() -> None:
    assert f"up to {Limits().window_bytes >> 20} MiB are on their way" in PAGE
