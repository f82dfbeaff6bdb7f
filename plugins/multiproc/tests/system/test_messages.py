"""What becomes of messages that are large, that nobody can pickle, or that nobody can unpickle."""

from __future__ import annotations

import pytest

from plugins.multiproc.tests.system.conftest import NewSystem
from plugins.multiproc.tests.system.message_actors import GIB, Changer, Exit, Keeper, Mirror, Thorn
from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemException, ActorSystemFailure
from thespian_core.testing.contract import PATIENCE_S


def test_a_message_of_fifty_megabytes_comes_through_where_it_may(new_system: NewSystem) -> None:
    asys = new_system(Max_Message_Bytes=64 << 20)
    mirror = asys.createActor(Mirror)
    assert asys.ask(mirror, bytes(50_000_000), PATIENCE_S) == ("bytes", 50_000_000)


@pytest.mark.slow
def test_a_program_is_told_at_once_that_a_message_is_too_large(new_system: NewSystem) -> None:
    asys = new_system(Max_Message_Bytes=64 << 20)
    mirror = asys.createActor(Mirror)
    with pytest.raises(ActorSystemException, match="limit is 67,108,864") as raised:
        asys.tell(mirror, bytes(GIB))
    assert "Max Message Bytes" in str(raised.value)
    assert asys.ask(mirror, b"other", PATIENCE_S) == ("bytes", 5)


@pytest.mark.slow
def test_an_actor_gets_a_message_back_that_is_too_large_and_others_go_on(new_system: NewSystem) -> None:
    asys = new_system(Max_Message_Bytes=64 << 20)
    one, other = asys.createActor(Mirror), asys.createActor(Mirror)
    asys.tell(one, ("send", "a gibibyte", other))
    heard = [asys.listen(PATIENCE_S), asys.listen(PATIENCE_S)]
    assert "what came after" in heard
    (poison,) = (one for one in heard if isinstance(one, tuple))
    assert poison[:2] == ("poison", "bytes")
    assert "limit is 67,108,864" in poison[2]
    assert "Max Message Bytes" in poison[2]


@pytest.mark.parametrize("what", ["a function", "a thorn", "an exit"])
def test_an_actor_gets_back_what_cannot_be_carried(asys: ActorSystem, what: str) -> None:
    one, other = asys.createActor(Mirror), asys.createActor(Mirror)
    asys.tell(one, ("send", what, other))
    heard = [asys.listen(PATIENCE_S), asys.listen(PATIENCE_S)]
    assert "what came after" in heard
    (poison,) = (one for one in heard if isinstance(one, tuple))
    assert poison[0] == "poison"
    assert ("local object" if what == "a function" else "not to be made again") in poison[2]


def test_a_program_that_sends_what_cannot_be_pickled_gets_an_exception(asys: ActorSystem) -> None:
    mirror = asys.createActor(Mirror)
    with pytest.raises(Exception, match="pickle"):
        asys.tell(mirror, lambda: None)
    assert asys.ask(mirror, b"other", PATIENCE_S) == ("bytes", 5)


@pytest.mark.parametrize("message", [Thorn(), Exit()], ids=["thorn", "exit"])
def test_a_program_that_sends_what_cannot_be_unpickled_gets_an_exception(
    asys: ActorSystem, message: object
) -> None:
    mirror = asys.createActor(Mirror)
    asys.tell(mirror, message)
    with pytest.raises(ActorSystemFailure, match="not to be made again"):
        asys.listen(PATIENCE_S)
    assert asys.ask(mirror, b"other", PATIENCE_S) == ("bytes", 5)


def test_a_message_is_what_it_was_when_it_was_sent_and_shares_nothing(asys: ActorSystem) -> None:
    changer, keeper = asys.createActor(Changer), asys.createActor(Keeper)
    asys.tell(changer, keeper)
    assert asys.listen(PATIENCE_S) == (list(range(1, 101)), 100)
