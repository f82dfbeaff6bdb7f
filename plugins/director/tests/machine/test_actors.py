"""Actors of versions: when they are started again, when they are left alone, and how they are found."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.director.tests.machine.world import NOON, PROGRAM, World

MAIN = {"OnLoad": {"Role": "main", "Message": "load"}, "OnReactivate": {"Message": "reactivate"}}


@pytest.fixture
def world() -> World:
    world = World()
    world.define(Main=MAIN)
    world.load("v1.tls")
    world.told.clear()
    return world


def running(world: World, source_hash: str = "v1") -> dict[str, Any]:
    (entry,) = world.group()["Running"][source_hash]
    return dict(entry)


def test_an_active_actor_that_exits_is_started_again_and_told_to_load(world: World) -> None:
    world.pass_time(2)
    world.exit("v1 Main 1")
    assert running(world)["ActorAddress"].key == "v1 Main 2"
    assert world.heard("v1 Main 2") == ["load"]
    assert "is started again" in world.logged[-1]


def test_one_that_ran_for_less_than_the_minimum_is_left_dead(world: World) -> None:
    world.pass_time(1.9)
    world.exit("v1 Main 1")
    assert running(world) == {
        "ActorClass": "app.Main",
        "Role": "main",
        "ActorAddress": None,
        "StartTime": NOON,
    }
    assert "ended after 1.9 s, and is not started again" in world.logged[-1]
    assert not world.ask("RetrieveRole", Role="main")[0]["Success"]


def test_the_minimum_is_counted_anew_after_each_start(world: World) -> None:
    world.pass_time(100)
    world.exit("v1 Main 1")
    world.pass_time(1)
    world.exit("v1 Main 2")
    assert running(world)["ActorAddress"] is None


def test_one_that_cannot_be_started_again_is_left_dead(world: World) -> None:
    world.pass_time(2)
    world.starts = False
    world.exit("v1 Main 1")
    world.fail("v1 Main 2", "no memory")
    assert running(world)["ActorAddress"] is None
    assert world.logged[-1] == "group app: app.Main was not created: no memory"
    assert world.group()["ActiveHash"] == "v1"


def test_loading_its_version_again_revives_what_was_left_dead(world: World) -> None:
    world.exit("v1 Main 1")
    assert world.is_loaded("v1.tls")
    assert running(world)["ActorAddress"].key == "v1 Main 2"
    assert world.heard("v1 Main 2") == ["load"]


def test_an_actor_of_a_former_version_may_exit(world: World) -> None:
    world.load("v2.tls")
    world.pass_time(100)
    world.exit("v1 Main 1")
    assert running(world)["ActorAddress"] is None
    assert world.logged == []


def test_it_is_created_anew_when_its_version_works_again(world: World) -> None:
    world.load("v2.tls")
    world.exit("v1 Main 1")
    world.ask("UnloadSource", SourceHash="v2")
    assert running(world)["ActorAddress"].key == "v1 Main 3"
    assert world.heard("v1 Main 3") == ["load"]


def test_an_actor_that_was_asked_to_end_is_not_started_again(world: World) -> None:
    world.pass_time(100)
    world.ask("UnloadSource", SourceHash="v1")
    world.exit("v1 Main 1")
    assert world.group()["Running"] == {}
    assert world.logged == []


def test_a_named_actor_of_another_version_is_found_and_kept(world: World) -> None:
    world.define(Main={"OnLoad": {"GlobalName": "the one", "Message": "load"}})
    world.load("v2.tls")
    world.load("v3.tls")
    assert world.heard("the one") == ["load", "load"]
    assert "found by its global name 'the one'" in world.logged[-1]
    world.ask("UnloadSource", SourceHash="v2")
    assert world.ended == []
    world.ask("UnloadSource", SourceHash="v3")
    assert world.ended == ["the one"]


def test_a_role_is_that_of_an_active_version(world: World) -> None:
    world.load("v2.tls")
    (found,) = world.ask("RetrieveRole", Role="main")
    assert found == {
        "DirectorResponse": "RoleAddress",
        "Group": "app",
        "SourceHash": "v2",
        "ActorClass": "app.Main",
        "Role": "main",
        "ActorAddress": found["ActorAddress"],
        "StartTime": NOON,
        "Success": True,
    }
    assert found["ActorAddress"].key == "v2 Main 2"


def test_a_role_is_looked_for_in_one_group_when_that_is_named(world: World) -> None:
    world.define("two", Main=MAIN)
    world.load("w1.tls", "two")
    assert world.ask("RetrieveRole", Role="main")[0]["Group"] == "app"
    assert world.ask("RetrieveRole", Role="main", Group="two")[0]["Group"] == "two"
    (nobody,) = world.ask("RetrieveRole", Role="main", Group="three")
    assert nobody == {
        "DirectorResponse": "RoleAddress",
        "Role": "main",
        "Group": None,
        "SourceHash": None,
        "ActorClass": None,
        "ActorAddress": None,
        "StartTime": None,
        "Success": False,
        "Error": "no actor has the role 'main' in group 'three'",
    }


@pytest.mark.parametrize("role", [None, "", "other", ["main"]])
def test_who_has_no_role_is_not_found(world: World, role: object) -> None:
    world.define(Main=None)
    world.load("v2.tls")
    assert world.ask("RetrieveRole", Role=role)[0]["Success"] is False


def test_who_asked_for_it_is_notified_once_of_the_next_change(world: World) -> None:
    assert world.ask("RequestNotification") == []
    world.machine.handle({"DirectorOp": "RequestNotification"}, PROGRAM, world.now)
    world.ask("RetrieveAll")
    assert world.heard("program")[1:] == []
    world.load("v2.tls")
    notes = [each for each in world.heard("program") if each["DirectorResponse"] == "NotificationOfUpdate"]
    assert notes == [{"DirectorResponse": "NotificationOfUpdate", "Success": True}]
    world.load("v3.tls")
    assert "NotificationOfUpdate" not in [each["DirectorResponse"] for each in world.heard("program")]


def test_when_the_director_ends_who_asked_is_notified_and_nothing_is_started_again(world: World) -> None:
    world.pass_time(100)
    world.ask("RequestNotification")
    world.carry_out(world.machine.close())
    assert world.heard("program") == [{"DirectorResponse": "NotificationOfUpdate", "Success": True}]
    world.exit("v1 Main 1")
    assert world.told == []
    assert world.logged == []
