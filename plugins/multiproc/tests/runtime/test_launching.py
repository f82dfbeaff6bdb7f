"""The admin's orders to the launcher wait for room, and for whatever the system lacks for a moment."""

from __future__ import annotations

import os
import pickle
import resource
import socket

from plugins.multiproc.tests.runtime.standin import order
from thespian_multiproc.runtime.calling import hear
from thespian_multiproc.runtime.launching import Launching
from thespian_multiproc.runtime.orders import Origin


def test_an_order_waits_while_no_file_can_be_opened_for_it() -> None:
    large = order("idle", "a")._replace(
        origin=Origin(arguments=tuple(f"{number:0100}" for number in range(1000)))
    )
    pickle.dumps(large)  # which imports something the first time
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    launchers, call = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    news, log = socket.socketpair()
    with launchers, call, news, log:
        launching = Launching(os.getpid(), call, news, log)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        try:
            launching.order(large)
            assert launching.has_backlog
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        launching.flush()
        assert not launching.has_backlog
        assert hear(launchers) == (large, ())
