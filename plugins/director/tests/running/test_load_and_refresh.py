"""load, refresh, unload and list, on a system of many processes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugins.director.tests.running.conftest import Shop

pytestmark = pytest.mark.slow

Output = pytest.CaptureFixture[str]


def said(capsys: Output) -> tuple[str, str]:
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_a_package_is_loaded_by_its_group_and_told_with_its_hash(shop: Shop, capsys: Output) -> None:
    package = shop.package(1)
    said(capsys)
    assert shop.control("load", "app") == 0
    out, err = said(capsys)
    assert out == f'Loaded "app" {package}: {shop.loaded()["ActiveHash"]}\n'
    assert err == ""
    assert shop.version() == 1


def test_the_file_that_is_named_is_loaded_also_when_there_is_a_newer_one(shop: Shop, capsys: Output) -> None:
    first, second = shop.package(1), shop.package(2)
    said(capsys)
    assert shop.control("load", first) == 0
    assert shop.version() == 1
    assert shop.control("load", second.name) == 0
    assert shop.version() == 2
    assert shop.control("load", "app.tli") == 0
    assert [line.split()[2] for line in said(capsys)[0].splitlines()] == [
        f"{first}:",
        f"{second}:",
        f"{second}:",
    ]


def test_refresh_loads_the_newest_of_each_group_and_nothing_twice(shop: Shop, capsys: Output) -> None:
    shop.package(1)
    shop.package(2)
    other = shop.package(5, "other")
    said(capsys)
    assert shop.control("refresh") == 0
    assert [line.split()[:2] for line in said(capsys)[0].splitlines()] == [
        ["Loaded", '"app"'],
        ["Loaded", '"other"'],
    ]
    assert (shop.version(), shop.version("other")) == (2, 5)
    running = shop.loaded()
    assert shop.control("refresh") == 0
    assert said(capsys) == ("", "")
    assert shop.loaded() == running
    third = shop.package(3)
    said(capsys)
    assert shop.control("verbose", "refresh") == 0
    out, err = said(capsys)
    assert f'Loaded "app" {third}' in out
    assert f"{other} is loaded already" in err


def test_refresh_loads_the_other_groups_when_one_cannot_be_and_ends_with_status_1(
    shop: Shop, capsys: Output
) -> None:
    shop.package(1)
    shop.tli({"Actors": {"app.actors.Absent": {}}})
    shop.package(7, "other")
    said(capsys)
    assert shop.control("refresh") == 1
    out, err = said(capsys)
    assert out.startswith('Loaded "other"')
    assert "app-1.tls was not loaded: app.actors.Absent was not created: " in err
    assert f"the class is named in {shop.folder / 'app.tli'}, line 1" in err
    assert "Traceback" not in err
    assert shop.loaded()["Loaded"] == []


def test_what_no_key_has_signed_is_not_loaded_and_the_reason_is_told(shop: Shop, capsys: Output) -> None:
    package = shop.package(1)
    package.write_bytes(package.read_bytes()[:-1] + b"x")
    said(capsys)
    assert shop.control("load", "app") == 1
    out, err = said(capsys)
    assert out == ""
    assert "the source authority did not accept it" in err
    assert "it was changed after it was signed" in err


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("load", "nothing"), "there is no group nothing: neither its TLI file nor a package of it is there"),
        (("load", "bare"), "the group bare has no TLI file"),
        (("load", "nothing-1.tls"), "there is no package"),
        (("load", "empty"), "the group empty has no package"),
        (("load",), "Missing argument 'GROUP_OR_FILE'"),
        (("list",), "no system runs at Admin Port"),
        (("unload", "abc"), "no system runs at Admin Port"),
        (("shutdown",), "no system runs at Admin Port"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_starts_nothing(
    shop: Shop, capsys: Output, words: tuple[str, ...], error: str
) -> None:
    shop.tli({}, "empty")
    (shop.folder / "bare-1.tls").write_bytes(b"")
    said(capsys)
    assert shop.control(*words) in {1, 2}
    out, err = said(capsys)
    assert out == ""
    assert error in err
    assert not shop.control.is_up


def test_what_is_loaded_is_listed_for_people_and_for_programs(shop: Shop, capsys: Output) -> None:
    tli = {
        "Actors": {
            "app.actors.Main": {"OnLoad": {"Role": "main"}},
            "app.actors.ShortLived": {"OnLoad": {"Message": 1}},
        }
    }
    shop.package(1, tli=tli)
    shop.package(9, "other", tli={})
    assert shop.control("refresh") == 0
    with shop.control.talk() as talk:  # the second actor ends at its first message
        while shop.loaded()["Running"][shop.loaded()["ActiveHash"]][1]["ActorAddress"] is not None:
            talk.ask({"DirectorOp": "RequestNotification"}, "NotificationOfUpdate", 1)
    source = shop.loaded()["ActiveHash"]
    entry = shop.loaded()["Running"][source][0]
    said(capsys)
    assert shop.control("list", "app") == 0
    since = f"(since {entry['StartTime']:%Y-%m-%d %H:%M:%S})"
    assert said(capsys)[0].splitlines() == [
        "Group app::",
        f"  Source hash {source}  [ACTIVE]",
        f"      {entry['ActorAddress']} -- app.actors.Main (main)  {since}",
        "      LOAD FAILED... no address -- app.actors.ShortLived",
    ]
    assert shop.control("list", "--json") == 0
    told: dict[str, Any] = json.loads(said(capsys)[0])
    assert [group["group"] for group in told["groups"]] == ["app", "other"]
    assert told["groups"][0]["active"] == source
    actors = told["groups"][0]["loaded"][0]["actors"]
    assert [(each["class"], each["role"]) for each in actors] == [
        ("app.actors.Main", "main"),
        ("app.actors.ShortLived", None),
    ]
    assert (actors[0]["address"], actors[1]["address"]) == (str(entry["ActorAddress"]), None)
    assert shop.control("list", "nobody") == 1
    assert "no group 'nobody' is defined" in said(capsys)[1]


def test_a_source_that_is_unloaded_gives_way_to_the_one_before(shop: Shop, capsys: Output) -> None:
    for version in (1, 2):
        shop.package(version)
        assert shop.control("refresh") == 0
    newest = shop.loaded()["ActiveHash"]
    said(capsys)
    assert shop.control("unload", newest) == 0
    assert said(capsys) == ("", "")
    assert shop.version() == 1
    assert shop.control("unload", newest) == 1
    assert said(capsys)[1] == f"Error: SourceUnloaded ERROR: no source '{newest}' is loaded\n"


def test_old_packages_are_removed_when_the_group_keeps_only_some(shop: Shop) -> None:
    packages = [shop.package(version, tli={}) for version in (1, 2, 3)]
    shop.tli({"TLS_Keep_Limit": 2})
    assert shop.control("load", packages[0]) == 0
    assert [package.exists() for package in packages] == [True, False, True]


def test_a_system_that_others_started_without_an_authority_gets_the_directors(shop: Shop) -> None:
    (shop.folder / "othercaps.cfg").write_text("{'Source Authority': None}")
    control = shop.control
    shop.package(1)
    assert control.asys.capabilities.get("Source Authority") is None
    assert control("load", "app") == 0
    assert shop.version() == 1
