"""Requests to a Director that make no sense, and those after it was killed and begins anew."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.director.tests.machine.world import PROGRAM, World


@pytest.fixture
def world() -> World:
    world = World()
    world.define(Main=None)
    return world


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "Group is the name of a group, not None"),
        ({"Group": ""}, "Group is the name of a group, not ''"),
        ({"Group": "g", "Actors": ["app.Main"]}, "Actors is a dictionary, not list (['app.Main'])"),
        (
            {"Group": "g", "Actors": {"Main": {}}},
            "Actors names its actors like 'package.module.Class', not 'Main'",
        ),
        (
            {"Group": "g", "Actors": {"a.B": {"OnLoad": "go"}}},
            "Actors['a.B']['OnLoad'] is a dictionary, not str",
        ),
        ({"Group": "g", "Actors": {"a.B": {"OnLoad": {"Role": 5}}}}, "Role of a.B is a text, not int (5)"),
        ({"Group": "g", "AutoUnload": 0}, "the number of versions to keep, 1 or more; not 0"),
        ({"Group": "g", "AutoUnload": "yes"}, "the number of versions to keep, 1 or more; not 'yes'"),
    ],
)
def test_what_is_no_definition_is_refused_with_the_reason(
    world: World, fields: dict[str, Any], error: str
) -> None:
    (answer,) = world.ask("DefineGroup", **fields)
    assert (answer["DirectorResponse"], answer["Success"]) == ("DeclaredGroup", False)
    assert error in answer["Error"]
    assert list(world.ask("RetrieveAll")[0]["Groups"]) == ["app"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"Group": "other", "Source": "v1.tls"}, "no group 'other' is defined: send DefineGroup first"),
        ({"Group": ["app"], "Source": "v1.tls"}, "no group ['app'] is defined"),
        ({"Group": "app"}, "Source is the path of a file, not None"),
        ({"Group": "app", "Source": "unreadable.tls"}, "cannot read unreadable.tls"),
    ],
)
def test_a_load_that_cannot_be_is_refused_with_the_reason(
    world: World, fields: dict[str, Any], error: str
) -> None:
    (answer,) = world.ask("LoadSource", Report=True, **fields)
    assert (answer["DirectorResponse"], answer["Success"]) == ("SourceLoading", False)
    assert answer["SourceHash"] is None
    assert error in answer["Error"]


def test_one_file_is_no_version_of_two_groups(world: World) -> None:
    world.define("two")
    world.load("v1.tls")
    (answer,) = world.load("v1.tls", "two")
    assert answer["Error"] == "the same file is loaded as group 'app'"


@pytest.mark.parametrize("source_hash", ["v9", None, ["v1"], 5])
def test_what_is_not_loaded_cannot_be_unloaded(world: World, source_hash: object) -> None:
    (answer,) = world.ask("UnloadSource", SourceHash=source_hash)
    assert answer["Success"] is False
    assert "is loaded" in answer["Error"]
    assert world.unloaded == []


def test_a_source_of_no_group_is_told_and_can_be_unloaded(world: World) -> None:
    world.accept("v7")
    assert world.ask("RetrieveAll")[0]["Others"] == {"v7": "v7.tls"}
    assert world.ask("UnloadSource", SourceHash="v7")[0]["Success"]
    assert world.unloaded == ["v7"]
    assert world.ask("RetrieveAll")[0]["Others"] == {}


def test_nothing_is_told_of_a_group_that_is_not_defined(world: World) -> None:
    (answer,) = world.ask("RetrieveAll", Group="other")
    assert (answer["Success"], answer["Groups"]) == (False, {})
    assert answer["Error"] == "no group 'other' is defined"


@pytest.mark.parametrize("message", [{}, {"DirectorOp": "Dance"}, {"DirectorOp": ["LoadSource"]}, {5: 6}])
def test_an_unknown_request_is_logged_and_not_answered(world: World, message: dict[Any, Any]) -> None:
    before = list(world.told)
    world.carry_out(world.machine.handle(message, PROGRAM, world.now))
    assert world.told == before
    assert "asks for what no Director does" in world.logged[-1]


def test_a_director_that_begins_anew_takes_over_what_the_system_has_loaded(world: World) -> None:
    world.load("v1.tls")
    successor = World()
    successor.accept("v1")  # the system tells each new one what is loaded
    successor.accept("v2")
    successor.accepts = False  # and does not load it again
    successor.define(Main=None)
    assert successor.is_loaded("v2.tls")
    assert successor.group()["Loaded"] == ["v2"]
    assert successor.ask("RetrieveAll")[0]["Others"] == {"v1": "v1.tls"}
    assert successor.is_loaded("v1.tls")
    assert successor.group()["ActiveHash"] == "v1"


def test_a_source_that_others_loaded_stays_when_its_actors_cannot_start(world: World) -> None:
    world.accept("v1")
    world.starts = False
    world.load("v1.tls")
    world.fail("v1 Main 1", "why not")
    assert world.unloaded == []
    assert world.ask("RetrieveAll")[0]["Others"] == {"v1": "v1.tls"}
