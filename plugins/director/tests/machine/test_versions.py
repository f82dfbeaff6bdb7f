"""Versions of one group: how they become active, what they replace, and what comes back."""

from __future__ import annotations

import pytest

from plugins.director.tests.machine.world import World

MAIN = {
    "OnLoad": {"Role": "main", "Message": "load"},
    "OnDeactivate": {"Message": "deactivate"},
    "OnReactivate": {"Message": "reactivate"},
}


@pytest.fixture
def world() -> World:
    world = World()
    world.define(Main=MAIN)
    return world


def test_who_loads_is_told_the_hash_at_once_and_the_outcome_when_the_actors_live(world: World) -> None:
    world.starts = False
    assert world.load("v1.tls") == [
        {"DirectorResponse": "SourceLoading", "Group": "app", "SourceHash": "v1", "Success": True}
    ]
    world.heard("program")
    assert world.heard("v1 Main 1") == []
    world.live("v1 Main 1")
    assert world.heard("v1 Main 1") == ["load"]
    assert world.heard("program") == [
        {"DirectorResponse": "SourceLoaded", "Group": "app", "SourceHash": "v1", "Success": True}
    ]
    assert world.group()["ActiveHash"] == "v1"


def test_a_new_version_replaces_the_active_one_when_all_its_actors_live_and_not_before(world: World) -> None:
    world.define(Main=MAIN, Other=None)
    world.load("v1.tls")
    world.told.clear()
    world.starts = False
    world.load("v2.tls")
    world.live("v2 Main 3")
    assert world.group()["ActiveHash"] == "v1"
    assert world.group()["Loading"] == ["v2"]
    assert world.heard("v1 Main 1") == world.heard("v2 Main 3") == []
    world.live("v2 Other 4")
    assert world.group()["ActiveHash"] == "v2"
    assert world.group()["Loaded"] == ["v1", "v2"]
    assert world.heard("v1 Main 1") == ["deactivate"]
    assert world.heard("v2 Main 3") == ["load"]
    assert world.ended == world.unloaded == []


def test_a_version_that_cannot_start_changes_nothing_and_says_why(world: World) -> None:
    world.load("v1.tls")
    before = world.group()
    world.define(Main=MAIN, Other=None)
    world.told.clear()
    world.starts = False
    world.load("v2.tls")
    world.live("v2 Main 2")
    world.fail("v2 Other 3", "module 'app' has no 'Other'")
    (_, outcome) = world.heard("program")
    assert (outcome["DirectorResponse"], outcome["Success"]) == ("SourceLoaded", False)
    assert outcome["Error"] == "app.Other was not created: module 'app' has no 'Other'"
    assert world.ended == ["v2 Main 2"]
    assert world.unloaded == ["v2"]
    assert world.heard("v1 Main 1") == []
    assert world.group() == before


def test_a_version_of_an_actor_that_never_answers_is_given_up(world: World) -> None:
    world.starts = False
    world.load("v1.tls")
    world.pass_time(59)
    assert world.ended == []
    world.pass_time(1)
    assert world.ended == ["v1 Main 1"]
    assert world.told[-1][1]["Error"] == "app.Main was not created: it did not start within 60 s"
    assert world.group()["Loading"] == []


def test_a_version_of_several_that_never_answer_is_given_up_once_and_all_are_ended(world: World) -> None:
    world.define(Main=MAIN, Other=None)
    world.starts = False
    world.load("v1.tls")
    world.heard("program")
    world.pass_time(60)
    assert sorted(world.ended) == ["v1 Main 1", "v1 Other 2"]
    assert [each["DirectorResponse"] for each in world.heard("program")] == ["SourceLoaded"]


def test_an_actor_that_dies_while_it_starts_fails_its_version_with_its_last_words(world: World) -> None:
    world.starts = False
    world.load("v1.tls")
    world.exit("v1 Main 1")
    world.fail("v1 Main 1", "its __init__ raised KeyError: 'x'")
    assert world.told[-1][1]["Error"] == "app.Main was not created: its __init__ raised KeyError: 'x'"
    world.load("v2.tls")
    world.exit("v2 Main 2")
    world.pass_time(2)
    assert world.told[-1][1]["Error"] == "app.Main was not created: it ended while it started"


def test_an_actor_that_dies_before_its_version_is_complete_fails_it(world: World) -> None:
    world.define(Main=MAIN, Other=None)
    world.starts = False
    world.load("v1.tls")
    world.live("v1 Main 1")
    world.exit("v1 Main 1")
    assert world.told[-1][1]["Error"] == "app.Main ended right after its start"
    assert world.ended == ["v1 Other 2"]


def test_what_the_authority_does_not_accept_is_told_to_who_loads(world: World) -> None:
    world.accepts = False
    world.load("v1.tls")
    world.lose("v1")
    assert world.told[-1][1]["Success"] is False
    assert "the source authority did not accept it" in world.told[-1][1]["Error"]
    assert world.unloaded == []
    assert world.group()["Loading"] == []


def test_of_two_versions_that_are_loaded_at_once_the_last_is_active_and_both_are_reported(
    world: World,
) -> None:
    world.accepts = world.starts = False
    world.load("v1.tls")
    world.load("v2.tls")
    world.accept("v1")
    world.accept("v2")
    assert world.group()["Loading"] == ["v1", "v2"]
    world.live("v2 Main 2")  # nobody has this address: the second waits for the first
    assert world.group()["Loaded"] == []
    world.live("v1 Main 1")
    assert world.group()["ActiveHash"] == "v1"
    world.live("v2 Main 2")
    assert world.group()["ActiveHash"] == "v2"
    outcomes = [each for each in world.heard("program") if each["DirectorResponse"] == "SourceLoaded"]
    assert [(each["SourceHash"], each["Success"]) for each in outcomes] == [("v1", True), ("v2", True)]


def test_the_next_version_starts_also_when_the_one_before_it_cannot(world: World) -> None:
    world.starts = False
    world.load("v1.tls")
    world.load("v2.tls")
    world.fail("v1 Main 1", "why not")
    world.live("v2 Main 2")
    assert world.group()["Loaded"] == ["v2"]


def test_two_who_load_one_file_at_once_are_both_told(world: World) -> None:
    world.starts = False
    world.load("v1.tls")
    world.load("v1.tls")
    world.heard("program")
    world.live("v1 Main 1")
    assert [each["DirectorResponse"] for each in world.heard("program")] == ["SourceLoaded"] * 2
    assert world.group()["Loaded"] == ["v1"]


def test_loading_the_active_version_again_changes_nothing(world: World) -> None:
    world.load("v1.tls")
    world.told.clear()
    assert world.is_loaded("v1.tls")
    assert world.heard("v1 Main 1") == []
    assert len(world.group()["Running"]["v1"]) == 1


def test_loading_an_older_loaded_version_makes_it_the_active_one_again(world: World) -> None:
    world.load("v1.tls")
    world.load("v2.tls")
    world.told.clear()
    assert world.is_loaded("v1.tls")
    assert world.group()["Loaded"] == ["v2", "v1"]
    assert world.group()["ActiveHash"] == "v1"
    assert world.heard("v2 Main 2") == ["deactivate"]
    assert world.heard("v1 Main 1") == ["reactivate"]


def test_unloading_the_active_version_ends_its_actors_and_the_newest_other_one_works_again(
    world: World,
) -> None:
    for path in ("v1.tls", "v2.tls", "v3.tls"):
        world.load(path)
    world.told.clear()
    assert world.ask("UnloadSource", SourceHash="v3") == [
        {"DirectorResponse": "SourceUnloaded", "Group": "app", "SourceHash": "v3", "Success": True}
    ]
    assert world.heard("v3 Main 3") == ["deactivate"]
    assert world.ended == ["v3 Main 3"]
    assert world.unloaded == ["v3"]
    assert world.heard("v2 Main 2") == ["reactivate"]
    assert world.heard("v1 Main 1") == []
    assert (world.group()["ActiveHash"], world.group()["Loaded"]) == ("v2", ["v1", "v2"])


def test_unloading_a_former_version_ends_its_actors_and_disturbs_nobody_else(world: World) -> None:
    world.load("v1.tls")
    world.load("v2.tls")
    world.told.clear()
    world.lose("v1")  # somebody has the system unload it
    assert world.ended == ["v1 Main 1"]
    assert world.told == []
    assert world.group()["Loaded"] == ["v2"]


def test_unloading_the_last_version_leaves_a_group_without_one(world: World) -> None:
    world.load("v1.tls")
    world.ask("UnloadSource", SourceHash="v1")
    assert world.group() == {"ActiveHash": None, "Loaded": [], "Loading": [], "Running": {}}


def test_unloading_a_version_on_its_way_ends_that(world: World) -> None:
    world.starts = False
    world.load("v1.tls")
    world.ask("UnloadSource", SourceHash="v1")
    outcome = next(each for each in world.heard("program") if each["DirectorResponse"] == "SourceLoaded")
    assert outcome["Error"] == "it was unloaded before it had started"
    assert world.ended == ["v1 Main 1"]
    assert world.group()["Loading"] == []


def test_a_source_that_is_loaded_again_while_its_unloading_is_still_told_is_not_lost(world: World) -> None:
    world.load("v1.tls")
    world.tells = world.accepts = False
    world.ask("UnloadSource", SourceHash="v1")
    world.load("v1.tls")
    world.lose("v1")
    assert world.group()["Loading"] == ["v1"]
    world.accept("v1")
    assert world.group()["ActiveHash"] == "v1"


def test_a_source_that_is_loaded_again_outlives_the_notices_of_loads_taken_back(world: World) -> None:
    world.tells = world.accepts = False
    for _ in range(2):
        world.load("v1.tls")
        world.ask("UnloadSource", SourceHash="v1")  # before anybody has decided about it
    world.load("v1.tls")
    world.lose("v1")
    world.lose("v1")
    assert world.group()["Loading"] == ["v1"]
    world.lose("v1")  # this is of the last load
    assert "the source authority did not accept it" in world.told[-1][1]["Error"]
    assert world.group()["Loading"] == []


def test_a_version_that_waited_and_was_unloaded_has_one_notice_on_its_way_and_not_two(world: World) -> None:
    world.tells = world.accepts = world.starts = False
    world.load("v1.tls")
    world.accept("v1")
    world.ask("UnloadSource", SourceHash="v1")
    world.load("v1.tls")
    world.lose("v1")
    assert world.group()["Loading"] == ["v1"]
    world.lose("v1")
    assert world.group()["Loading"] == []


def test_messages_of_none_are_not_sent_and_others_are_whatever_they_are(world: World) -> None:
    world.define(Main={"OnLoad": {"Message": 0}, "OnReactivate": {"Message": None}}, Other=None)
    world.load("v1.tls")
    world.load("v2.tls")
    world.ask("UnloadSource", SourceHash="v2")
    assert world.heard("v1 Main 1") == [0]
    assert world.heard("v1 Other 2") == []


@pytest.mark.parametrize(
    ("auto_unload", "kept"), [(False, ["v1", "v2", "v3"]), (True, ["v3"]), (1, ["v3"]), (2, ["v2", "v3"])]
)
def test_as_many_versions_are_kept_as_the_group_says(
    world: World, auto_unload: object, kept: list[str]
) -> None:
    world.define(auto_unload=auto_unload, Main=MAIN)
    for path in ("v1.tls", "v2.tls", "v3.tls"):
        world.load(path)
    assert world.group()["Loaded"] == kept
    assert world.unloaded == [path for path in ("v1", "v2", "v3") if path not in kept]
    assert len(world.ended) == len(world.unloaded)
    assert world.ask("RetrieveAll")[0]["Others"] == {}


def test_a_version_keeps_the_plan_it_was_loaded_with(world: World) -> None:
    world.load("v1.tls")
    world.define(Other=None)
    world.load("v2.tls")
    assert world.heard("v1 Main 1") == ["load", "deactivate"]
    assert [each["ActorClass"] for each in world.group()["Running"]["v2"]] == ["app.Other"]


def test_a_group_without_actors_has_versions_all_the_same(world: World) -> None:
    world.define()
    assert world.is_loaded("v1.tls")
    assert world.group()["Running"] == {"v1": []}
