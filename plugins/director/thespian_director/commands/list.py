"""The command ``thespian director list``: what is loaded, and what runs."""

from __future__ import annotations

from typing import Any

import click

from thespian_director.control import DirectorControl, pass_control


@click.command("list")
@click.argument("group", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs, with the keys told above.")
@pass_control
def command(control: DirectorControl, group: str | None, as_json: bool) -> None:
    """List what is loaded in the running system, by group, and the actors that run.

    Sources are shown oldest first. No system is started.

    --json prints one object with the keys "groups", a list of objects with "group", "active" (a hash, or
    null), "loading" (hashes) and "loaded", a list of objects with "hash" and "actors", each with "class",
    "role", "address" and "since"; and "others": where loaded sources of no group came from, by hash.
    """
    from thespian_core.hooks.errors import printable

    request = {"DirectorOp": "RetrieveAll", **({} if group is None else {"Group": group})}
    with control.talk(may_start=False) as talk:
        answer = talk.demand(request, "AllAddresses")
    if as_json:
        import json

        click.echo(json.dumps(_as_json(answer), indent=2))
        return
    for name, found in answer["Groups"].items():
        click.echo(f"Group {name}::")
        for source_hash in found["Loaded"]:
            is_active = source_hash == found["ActiveHash"]
            click.echo(f"  Source hash {source_hash}{'  [ACTIVE]' if is_active else ''}")
            for actor in found["Running"][source_hash]:
                click.echo(f"      {_line(actor)}")
        for source_hash in found["Loading"]:
            click.echo(f"  Source hash {source_hash}  (loading)")
    if group is None and answer["Others"]:
        click.echo("Loaded by others than the Director::")
        for source_hash, origin in answer["Others"].items():
            click.echo(f"  Source hash {source_hash}  {printable(origin)}")  # they say what they like


def _line(actor: dict[str, Any]) -> str:
    what = actor["ActorClass"] + (f" ({actor['Role']})" if actor["Role"] else "")
    if actor["ActorAddress"] is None:
        return f"LOAD FAILED... no address -- {what}"
    since = actor["StartTime"].strftime("%Y-%m-%d %H:%M:%S")
    return f"{actor['ActorAddress']} -- {what}  (since {since})"


def _as_json(answer: dict[str, Any]) -> dict[str, Any]:
    groups = [
        {
            "group": name,
            "active": found["ActiveHash"],
            "loading": found["Loading"],
            "loaded": [
                {"hash": source_hash, "actors": [_actor(actor) for actor in found["Running"][source_hash]]}
                for source_hash in found["Loaded"]
            ],
        }
        for name, found in answer["Groups"].items()
    ]
    return {"groups": groups, "others": answer["Others"]}


def _actor(actor: dict[str, Any]) -> dict[str, Any]:
    address, since = actor["ActorAddress"], actor["StartTime"]
    return {
        "class": actor["ActorClass"],
        "role": actor["Role"],
        "address": None if address is None else str(address),
        "since": None if since is None else since.isoformat(timespec="seconds"),
    }
