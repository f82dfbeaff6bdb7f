"""The command ``thespian doctor``: whether a start would work here, and what to mend if not."""

from __future__ import annotations

import click

from thespian_operator.commands.options import of_one_base


@click.command()
@of_one_base("The base to look at; by default all that are installed.", of_all=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.pass_context
def doctor(context: click.Context, base: str | None, port: int | None, as_json: bool) -> None:
    """Look for what would stop a start, or trouble a running system, and say how to mend it.

    It looks at the installation and its plugins, the key, this machine's name, limits of this user,
    folders, the clock, and for each base at what has its port. If nothing speaks against it, a system is
    started on a free port and ended at once. The user's key is made if there is none.

    An "error" is what a start would fail with, a "warning" is worth mending all the same. The exit status is
    0 when a start would work, on each base that was looked at, or would join a running system, else 1.
    """
    import json

    from thespian_operator.doctoring import report
    from thespian_operator.doctoring.checks import judge, would_start
    from thespian_operator.doctoring.gathering import gather

    facts = gather(base, port)
    findings = judge(facts)
    if as_json:
        click.echo(json.dumps(report.as_json(facts, findings), indent=2))
    else:
        report.show(facts, findings)
    context.exit(0 if would_start(findings) else 1)
