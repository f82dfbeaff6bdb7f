"""The sentences about starts that fail say what lacks, and what helps."""

from __future__ import annotations

import doctest
import errno
import os
import threading

import pytest

from thespian_multiproc.runtime import whynot


def refused(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def test_the_examples_are_as_shown() -> None:
    assert doctest.testmod(whynot).failed == 0


@pytest.mark.parametrize(
    ("number", "helps"),
    [
        (errno.EMFILE, "ulimit -n"),
        (errno.ENFILE, "fs.file-max"),
        (errno.EACCES, "superuser"),
        (errno.EADDRNOTAVAIL, "no address of this machine"),
        (errno.EAFNOSUPPORT, "no addresses of that kind"),
        (errno.ENETUNREACH, "lo up"),
        (errno.EIO, "choose another Admin Port"),
    ],
)
def test_what_helps_where_nobody_can_listen_depends_on_why(number: int, helps: str) -> None:
    first, second = whynot.nobody_can_listen("127.0.0.1:80", refused(number)).splitlines()
    assert first == f"nobody can listen at 127.0.0.1:80: {os.strerror(number)}"
    assert helps in second


def test_a_high_port_that_is_refused_is_not_said_to_be_the_superusers() -> None:
    assert "superuser" not in whynot.nobody_can_listen("127.0.0.1:1900", refused(errno.EACCES))
    assert "superuser" not in whynot.nobody_can_listen("a name", refused(errno.EACCES))


def test_what_python_says_of_a_thread_that_cannot_be_had_is_known() -> None:
    """Its text is all that tells it from other errors; here is where another Python would show."""
    before = threading.stack_size()
    try:
        threading.stack_size(1 << 46)  # more than there are addresses
        with pytest.raises(RuntimeError) as failed:
            threading.Thread(target=lambda: None).start()
    finally:
        threading.stack_size(before)
    assert "ulimit -u" in whynot.cure_of(failed.value)
    assert whynot.cure_of(RuntimeError("something else")) == ""


def test_what_a_process_failed_with_is_told_with_its_place_since_its_traceback_stays_there() -> None:
    with pytest.raises(KeyError) as raised:
        {}["x"]  # as a transport's own code may
    assert whynot.told(raised.value) == f"KeyError: 'x' (test_whynot.py:{raised.tb.tb_lineno})"
