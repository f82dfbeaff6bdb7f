"""What programs and actors ask of the admin must never end it, and is done whatever it holds."""

from __future__ import annotations

import resource
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest

from plugins.multiproc.tests.system.conftest import NewSystem
from plugins.multiproc.tests.system.message_actors import Colour, Mirror, Painter, Title
from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemException
from thespian_core.status import Thespian_StatusReq
from thespian_core.testing.contract import PATIENCE_S


def capability(asys: ActorSystem, name: str) -> Any:
    """Return what the system says it offers."""
    some_actor = asys.createActor(Mirror)
    admin = asys.ask(some_actor, Thespian_StatusReq(), PATIENCE_S).adminAddress
    return asys.ask(admin, Thespian_StatusReq(), PATIENCE_S).capabilities.get(name)


def test_a_global_name_may_be_of_a_class_that_the_admin_does_not_import(asys: ActorSystem) -> None:
    named = asys.createActor(Mirror, globalName=Title.CLERK)
    assert asys.createActor(Mirror, globalName="clerk") == named


@pytest.mark.parametrize("who", ["a program", "an actor"])
def test_a_capability_may_be_of_a_class_that_the_admin_does_not_import(asys: ActorSystem, who: str) -> None:
    if who == "a program":
        asys.updateCapability("colour", Colour("red"))
    else:
        assert asys.ask(asys.createActor(Painter), "red", PATIENCE_S) == "painted"
    deadline = time.monotonic() + PATIENCE_S
    while (found := capability(asys, "colour")) is None and time.monotonic() < deadline:
        pass
    assert found == Colour("red")


def test_what_the_system_itself_says_is_not_bound_by_the_limit_of_messages(new_system: NewSystem) -> None:
    asys = new_system(Max_Message_Bytes=1024, More="x" * 5000)
    assert asys.ask(asys.createActor(Mirror), b"other", PATIENCE_S) == ("bytes", 5)
    assert capability(asys, "More") == "x" * 5000
    with pytest.raises(ActorSystemException, match="limit is 1,024"):
        asys.tell(asys.createActor(Mirror), bytes(2000))


def conversations(pid: int) -> list[object]:
    """Return the connections that a process has."""
    return [one for one in psutil.Process(pid).net_connections("tcp") if one.status != psutil.CONN_LISTEN]


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of another process cannot be set")
def test_an_admin_without_a_free_descriptor_says_so_and_goes_on(asys: ActorSystem) -> None:
    mirror = asys.createActor(Mirror)
    admin = asys._running.base._admin.pid  # type: ignore[attr-defined]
    usual = resource.prlimit(admin, resource.RLIMIT_NOFILE)
    had = conversations(admin)
    most = 6  # all below are taken for good
    resource.prlimit(admin, resource.RLIMIT_NOFILE, (most, usual[1]))
    with ThreadPoolExecutor(1) as thread:
        refused = thread.submit(asys.createActor, Mirror)
        deadline = time.monotonic() + PATIENCE_S
        # Its conversations, if it has connections, are what it gives up, in vain, to have a descriptor for
        # the mailbox; and without one it cannot say so.
        while not refused.done() and not (had and not conversations(admin)) and time.monotonic() < deadline:
            pass
        resource.prlimit(admin, resource.RLIMIT_NOFILE, usual)
        with pytest.raises(ActorSystemException, match="mailbox"):
            refused.result()
    assert asys.ask(mirror, b"other", PATIENCE_S) == ("bytes", 5)
    assert asys.ask(asys.createActor(Mirror), b"other", PATIENCE_S) == ("bytes", 5)
