"""What programs import: every name is there, public, light and picklable."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import pytest

import thespian.actors
from thespian.actors import *  # noqa: F403 - the star import is what is tested
from thespian_core.installation import FOREIGN_FOLDER, refuse_foreign_files

NAMES = [
    "ThespianGeneration",
    "ActorSystemException",
    "InvalidActorAddress",
    "ActorSystemFailure",
    "ActorSystemStartupFailure",
    "ActorSystemRequestTimeout",
    "NoCompatibleSystemForActor",
    "InvalidActorSourceHash",
    "InvalidActorSpecification",
    "ActorAddress",
    "Actor",
    "ActorSystemMessage",
    "ActorSystemConventionUpdate",
    "LoadedSource",
    "UnloadedSource",
    "ActorExitRequest",
    "ChildActorExited",
    "PoisonMessage",
    "WakeupMessage",
    "WatchMessage",
    "ThespianWatch",
    "DeadEnvelope",
    "ValidateSource",
    "ValidatedSource",
    "Thespian_StatusReq",
    "Thespian_SystemStatus",
    "Thespian_ActorStatus",
    "ActorTypeDispatcher",
    "requireCapability",
    "ActorSystem",
    "logging",
    "inspect",
    "contextmanager",
]

ADDRESS = thespian.actors.ActorAddress("somebody")
A = thespian.actors

NO_CLASSES = {"ThespianGeneration", "logging", "inspect", "contextmanager"}
EXAMPLES: list[Any] = [
    A.ActorSystemException("x"),
    A.InvalidActorAddress("x", "not right"),
    A.ActorSystemFailure("x"),
    A.ActorSystemStartupFailure("x"),
    A.ActorSystemRequestTimeout("x"),
    A.NoCompatibleSystemForActor("x.Y", "no system", "since"),
    A.InvalidActorSourceHash("abc"),
    A.InvalidActorSpecification("x.Y", "no reason"),
    ADDRESS,
    A.ActorSystemMessage(),
    A.ActorSystemConventionUpdate(ADDRESS, {"a": 1}, False),
    A.LoadedSource("abc", "info"),
    A.UnloadedSource("abc", "info"),
    A.ActorExitRequest(False),
    A.ChildActorExited(ADDRESS),
    A.PoisonMessage("bad", "details"),
    A.WakeupMessage(5, "payload"),
    A.WatchMessage([1, 2]),
    A.ThespianWatch([1, 2]),
    A.DeadEnvelope(ADDRESS, "lost"),
    A.ValidateSource("abc", b"data", "info"),
    A.ValidatedSource("abc", b"zip", "info"),
    A.Thespian_StatusReq(),
    A.Thespian_SystemStatus(ADDRESS),
    A.Thespian_ActorStatus(ADDRESS, "x.Y", ADDRESS),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_star_import_brings_every_name(name: str) -> None:
    assert name in globals()
    assert name in thespian.actors.__all__


def test_the_generation_is_the_one_that_programs_ask_for() -> None:
    assert thespian.actors.ThespianGeneration == (3, 10)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example).__name__)
def test_a_public_class_pickles_under_its_public_name(example: Any) -> None:
    pickled = pickle.dumps(example)
    assert b"thespian.actors" in pickled
    assert b"thespian_core" not in pickled
    copy = pickle.loads(pickled)
    assert type(copy) is type(example)
    assert str(copy) == str(example)
    assert vars(copy) == vars(example) if hasattr(example, "__dict__") else copy == example


@pytest.mark.parametrize("name", sorted(set(NAMES) - NO_CLASSES))
def test_a_public_class_says_it_comes_from_where_it_is_imported(name: str) -> None:
    assert getattr(thespian.actors, name).__module__ == "thespian.actors"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example).__name__)
def test_a_message_equals_nothing_of_another_type(example: Any) -> None:
    assert (example == object()) is False
    assert (example != object()) is True
    assert (example == "text") is False


def test_messages_are_equal_by_what_the_documents_say() -> None:
    assert A.ActorExitRequest(True) == A.ActorExitRequest(False)
    assert A.PoisonMessage("a", "one") == A.PoisonMessage("a", "two")
    assert A.PoisonMessage("a") != A.PoisonMessage("b")
    assert A.WakeupMessage(1, "a") == A.WakeupMessage(1, "a")
    assert A.WakeupMessage(1, "a") != A.WakeupMessage(1, "b")
    assert A.ValidateSource("a", b"1") == A.ValidateSource("a", b"2")
    assert A.ValidatedSource("a", b"1") != A.ValidatedSource("b", b"1")
    assert A.LoadedSource("a", "b") == A.LoadedSource("a", "b")
    assert A.LoadedSource("a", "b") != A.UnloadedSource("a", "b")
    assert A.ActorSystemConventionUpdate(ADDRESS, {"a": 1}) == A.ActorSystemConventionUpdate(
        ADDRESS, {"a": 1}
    )
    assert A.ActorSystemConventionUpdate(ADDRESS) != A.ActorSystemConventionUpdate(ADDRESS, added=False)


def test_texts_are_those_that_programs_look_for() -> None:
    assert str(A.InvalidActorAddress("x", "not right")) == "x is not right"
    assert A.InvalidActorAddress("x", "not right").actorAddress == "x"
    assert str(A.NoCompatibleSystemForActor("x.Y", "No system")) == "No system for Actor x.Y"
    assert str(A.InvalidActorSourceHash("h")) == "Source hash h does not match any loaded sources."
    assert str(A.InvalidActorSpecification("s")) == "Invalid Actor Specification: s"
    assert str(A.InvalidActorSpecification("s", "r")) == "Invalid Actor Specification: s (r)"
    assert str(A.ChildActorExited(ADDRESS)) == "ChildActorExited:ActorAddr-somebody"
    assert str(A.PoisonMessage("bad", "why")) == "Poison<bad>: why"
    assert str(A.ActorExitRequest()) == "ActorExitRequest"


def test_a_dead_letter_about_itself_can_be_shown() -> None:
    letter = A.DeadEnvelope(ADDRESS, None)
    letter.deadMessage = letter
    assert "itself" in str(letter)


def test_addresses_are_equal_by_their_inside_and_never_raise() -> None:
    class Sour:
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            raise ValueError("not to be compared")

    assert A.ActorAddress("a") == A.ActorAddress("a")
    assert {A.ActorAddress("a"): 1}[A.ActorAddress("a")] == 1
    assert A.ActorAddress("a") != A.ActorAddress("b")
    assert A.ActorAddress("a") != "a"
    assert A.ActorAddress([1]) == A.ActorAddress([1])
    assert A.ActorAddress(Sour()) != A.ActorAddress("a")
    assert (str(ADDRESS), ADDRESS.actorAddressString, ADDRESS.addressDetails) == (
        "ActorAddr-somebody",
        "somebody",
        "somebody",
    )


def test_an_address_can_be_referred_to_weakly() -> None:
    address = A.ActorAddress("a")
    assert weakref.ref(address)() is address


IMPORTED = """
import json, sys
before = set(sys.modules)
import thespian.actors
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_importing_the_api_reads_no_entry_point_and_stays_light() -> None:
    run = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)
    modules = set(json.loads(run.stdout))
    heavy = {"pluggy", "click", "importlib.metadata", "socket", "asyncio", "multiprocessing", "subprocess"}
    assert modules & heavy == set()
    assert not any(module.startswith("thespian_simple") for module in modules)


def test_the_paths_of_old_programs_still_work() -> None:
    from datetime import timedelta

    import thespian.importlib
    import thespian.local_importlib
    from thespian.system.messages.status import (
        Thespian_ActorStatus,
        Thespian_StatusReq,
        Thespian_SystemStatus,
        formatStatus,
    )
    from thespian.system.timing import timePeriodSeconds
    from thespian.system.utilis import fmap, thesplog

    assert Thespian_StatusReq is thespian.actors.Thespian_StatusReq
    assert Thespian_SystemStatus is thespian.actors.Thespian_SystemStatus
    assert Thespian_ActorStatus is thespian.actors.Thespian_ActorStatus
    assert callable(formatStatus)
    assert thespian.local_importlib.import_module is thespian.importlib.import_module
    assert callable(thesplog)
    assert timePeriodSeconds(timedelta(minutes=1)) == 60
    assert fmap(str, [1, (2, {"a": 3}), range(1)]) == ["1", ("2", {"a": "3"}), ["0"]]


def test_files_of_another_distribution_are_refused_in_one_sentence(tmp_path: Path) -> None:
    refuse_foreign_files(str(tmp_path))
    (tmp_path / FOREIGN_FOLDER).mkdir(parents=True)
    with pytest.raises(ImportError, match=r"another distribution.*\n.*pip uninstall thespian"):
        refuse_foreign_files(str(tmp_path))


@pytest.mark.parametrize("what", [3, None])
def test_a_watch_that_has_no_list_fails_in_the_handler_that_makes_it(what: Any) -> None:
    with pytest.raises(TypeError, match=f"list of file numbers, not {what}"):
        A.ThespianWatch(what)
