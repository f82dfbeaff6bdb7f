"""How this base treats the logging of the process it runs in."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from plugins.simple.tests.simple_actors import Caller
from thespian.actors import ActorAddress, ActorSystem, ActorSystemStartupFailure, PoisonMessage


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """Put the root logger back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("logging_as_it_was")
def test_false_leaves_logging_alone_and_none_sets_it_up_unless_the_program_did() -> None:
    root = logging.getLogger()
    root.handlers[:] = []
    ActorSystem("simpleSystemBase", logDefs=False, transientUnique=True).shutdown()
    assert root.handlers == []
    ActorSystem("simpleSystemBase", transientUnique=True).shutdown()
    (handler,) = root.handlers
    ActorSystem("simpleSystemBase", transientUnique=True).shutdown()
    assert (root.handlers, root.level) == ([handler], logging.INFO)


@pytest.mark.usefixtures("logging_as_it_was")
def test_a_dictionary_is_applied_and_a_wrong_one_says_why() -> None:
    definitions = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}
    ActorSystem("simpleSystemBase", logDefs=definitions, transientUnique=True).shutdown()
    assert logging.getLogger().level == logging.ERROR
    with pytest.raises(ActorSystemStartupFailure, match="logDefs cannot be applied.*version"):
        ActorSystem("simpleSystemBase", logDefs={"version": 7}, transientUnique=True)
    with pytest.raises(ActorSystemStartupFailure, match=r"not_there"):
        ActorSystem(
            "simpleSystemBase",
            logDefs={"version": 1, "handlers": {"h": {"class": "not_there.H"}}},
            transientUnique=True,
        )


def test_a_log_filter_that_raises_hurts_no_actor(asys: ActorSystem) -> None:
    def wrong(record: logging.LogRecord) -> bool:
        raise ValueError("wrong filter")

    logger = logging.getLogger(f"{Caller.__module__}.Caller")
    logger.addFilter(wrong)
    try:
        answer = asys.ask(asys.createActor(Caller), lambda actor, sender: 1 / 0, 5)
        assert isinstance(answer, PoisonMessage)
    finally:
        logger.removeFilter(wrong)


def test_the_actors_logger_carries_its_address(asys: ActorSystem, caplog: pytest.LogCaptureFixture) -> None:
    def log(actor: Caller, sender: ActorAddress) -> str:
        actor.logger("mine").warning("hello %s", "there")
        return str(actor.myAddress)

    address = asys.ask(asys.createActor(Caller), log, 5)
    (record,) = caplog.records
    assert (record.name, record.getMessage()) == ("mine", "hello there")
    assert record.__dict__["actorAddress"] == address
