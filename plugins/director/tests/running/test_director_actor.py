"""The Director in a system, as programs talk to it; on a base of one process, and one of many."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.director.tests.running.conftest import PATIENCE_S, Site
from thespian.actors import ActorExitRequest, ActorSystem

MAIN = {
    "OnLoad": {"Role": "main", "Message": ("load",)},
    "OnDeactivate": {"Message": ("deactivate",)},
    "OnReactivate": {"Message": ("reactivate",)},
}


def test_a_group_is_upgraded_and_goes_back_when_the_new_version_is_unloaded(site: Site) -> None:
    site.define(Main=MAIN)
    first, second = (site.load(site.source(number)) for number in (1, 2))
    assert (first["Success"], second["Success"]) == (True, True)
    old, new = (site.group()["Running"][each["SourceHash"]][0]["ActorAddress"] for each in (first, second))
    assert site.main() == new
    assert site.which(new) == (2, ("load",))
    assert site.which(old) == (1, ("load", "deactivate"))
    done = site.ask("UnloadSource", "SourceUnloaded", SourceHash=second["SourceHash"])
    assert done["Success"]
    assert site.main() == old
    assert site.which(old) == (1, ("load", "deactivate", "reactivate"))
    assert site.group()["Loaded"] == [first["SourceHash"]]


def test_a_class_that_is_not_there_is_told_and_the_version_before_goes_on(site: Site) -> None:
    site.define(Main=MAIN)
    site.load(site.source(1))
    before = site.group()
    site.define(Main=MAIN, Absent=None)
    outcome = site.load(site.source(2))
    assert not outcome["Success"]
    assert "app.actors.Absent was not created" in outcome["Error"]
    assert "Absent" in outcome["Error"].partition("created: ")[2]
    assert site.group() == before
    assert site.which(site.main()) == (1, ("load",))


def test_an_actor_whose_init_fails_is_told_with_the_reason(site: Site) -> None:
    site.define(Fails=None)
    outcome = site.load(site.source(1))
    assert outcome["Error"] == (
        "app.actors.Fails was not created: its __init__ raised KeyError: 'no such thing'"
    )


def test_what_is_no_source_is_not_accepted_and_that_is_told(site: Site) -> None:
    site.define(Main=MAIN)
    bad = site.folder / "bad.zip"
    bad.write_bytes(b"no zip at all")
    outcome = site.load(str(bad))
    assert not outcome["Success"]
    assert "the source authority did not accept it" in outcome["Error"]


@pytest.mark.parametrize("path", ["nothing.zip", "zero\0.zip", "."])
def test_a_file_that_cannot_be_read_is_told(site: Site, path: str) -> None:
    site.define()
    answer = site.ask("LoadSource", "SourceLoading", Group="app", Source=path)
    assert not answer["Success"]
    assert path.partition("\0")[0] in answer["Error"]


def test_an_active_actor_that_ends_too_soon_is_left_dead(site: Site) -> None:
    site.define(ShortLived={"OnLoad": {"Message": "go"}})
    source = site.load(site.source(1))["SourceHash"]
    group = site.wait_for_change(lambda group: group["Running"][source][0]["ActorAddress"] is None)
    assert group["ActiveHash"] == source


def test_a_source_that_a_program_unloads_is_unloaded_for_the_director_too(site: Site) -> None:
    site.define(Main=MAIN)
    source = site.load(site.source(1))["SourceHash"]
    site.asys.unloadActorSource(source)
    assert site.wait_for_change(lambda group: not group["Loaded"])["ActiveHash"] is None


def test_only_as_many_versions_are_kept_as_the_group_says(site: Site) -> None:
    site.define(True, Main=MAIN)
    first, second = (site.load(site.source(number))["SourceHash"] for number in (1, 2))
    assert site.group()["Loaded"] == [second]
    answer = site.ask("UnloadSource", "SourceUnloaded", SourceHash=first)
    assert answer["Error"] == f"no source '{first}' is loaded"


def test_a_director_that_ended_is_replaced_by_one_that_takes_over_what_is_loaded(site: Site) -> None:
    site.define(Main=MAIN)
    source = site.load(site.source(1))["SourceHash"]
    gone = site.control.director
    site.asys.tell(gone, ActorExitRequest())
    while site.control.director == gone:  # each look is a request that the system answers
        continue
    answer = site.ask("RetrieveAll", "AllAddresses")
    assert (answer["Groups"], list(answer["Others"])) == ({}, [source])
    site.define(Main=MAIN)
    assert site.load(site.source(1))["Success"]
    assert site.group()["ActiveHash"] == source
    assert site.which(site.main()) == (1, ("load",))


def test_what_is_no_request_is_ignored(site: Site) -> None:
    with site.control.talk() as talk:
        for nonsense in ("start", None, 5, {"DirectorOp": "Dance"}, {}):
            assert talk.ask(nonsense, "any", 0) is None
        assert talk.ask({"DirectorOp": "RetrieveAll"}, "AllAddresses", PATIENCE_S) == {
            "DirectorResponse": "AllAddresses",
            "Groups": {},
            "Others": {},
            "Success": True,
        }


def test_the_mail_of_the_program_itself_is_left_alone(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.define(Main=MAIN)
    site.load(site.source(1))
    main = site.main()
    site.asys.tell(main, "which")
    assert site.control.get_role_address("main") is not None
    assert site.asys.listen(PATIENCE_S) == (1, ("load",))
    assert capsys.readouterr().err == ""


def test_a_role_that_nobody_has_is_told_unless_that_is_not_wanted(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.control.get_role_address("nobody") is None
    assert "RoleAddress ERROR: {'DirectorResponse': 'RoleAddress'" in capsys.readouterr().err
    assert site.control.get_role_address("nobody", silent=True) is None
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("base_name", ["simpleSystemBase"])
def test_on_a_base_of_one_process_the_programs_own_system_is_used(site: Site) -> None:
    mine: Any = ActorSystem("simpleSystemBase", {"Source Authority": "accept-all"}, logDefs=False)
    try:
        assert site.control.is_up
        site.define(Main=MAIN)
        site.load(site.source(1))
        assert mine.ask(site.main(), "which", PATIENCE_S) == (1, ("load",))
    finally:
        mine.shutdown()
    assert not site.control.is_up
