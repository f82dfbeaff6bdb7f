"""The command ``thespian director unload``: a source out of the running system."""

from __future__ import annotations

import click

from thespian_director.control import DirectorControl, pass_control


@click.command("unload")
@click.argument("source_hash", metavar="HASH")
@pass_control
def command(control: DirectorControl, source_hash: str) -> None:
    """Unload a source by its hash, as "list" shows it, and end its actors.

    They handle what is in their mailboxes before. When it was the active version of its group, the newest
    other loaded version becomes that again. No system is started.
    """
    with control.talk(may_start=False) as talk:
        request = {"DirectorOp": "UnloadSource", "SourceHash": source_hash}
        answer = talk.demand(request, "SourceUnloaded")
    control.tell(f"unloaded {source_hash} of {answer['Group'] or 'no group'}")
