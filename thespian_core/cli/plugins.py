"""The command ``thespian plugins``: which plugins there are, and whether they work."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable

import click

from thespian_core.hooks.catalogue import PluginReport
from thespian_core.hooks.discovery import GROUP, astray
from thespian_core.hooks.errors import PluginConflict, printable
from thespian_core.hooks.registry import default_registry
from thespian_core.hooks.selection import PluginOrigin

_COLOURS = {"ok": "green", "blocked": "yellow", "broken": "red"}
_HEADINGS = ("plugin", "distribution", "version", "state")
_LEAST_WIDTH = 24  # a last column narrower than this cannot be read: our choice


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs, with the keys told above.")
def plugins(as_json: bool) -> None:
    """Show every plugin: where it comes from, whether it works, what it provides.

    A plugin is "ok", "blocked" (by THESPIAN_BLOCK_PLUGINS, plugin names with commas between, or *
    for all; the plugin "core" cannot be blocked), or "broken", with the reason. Two plugins that
    provide one name are listed below as a conflict; so are entry points that are not used, since their
    group is nearly "thespian". The exit status is 0 all the same.

    --json prints one object. Its key "plugins" is a list of objects with the keys "plugin",
    "distribution", "version", "state", "why" and "provides" (a list of objects with "kind" and
    "name"). Its key "conflicts" is a list of objects with the keys "kind", "name" and "providers"
    (a list of objects with "plugin", "distribution" and "version"). Its key "astray" is a list of
    objects with the keys "plugin", "distribution", "version" and "group". Distribution and version
    are null where they are not known.
    """
    registry = default_registry()
    reports, conflicts = registry.plugins(), registry.conflicts()
    lost = astray()
    if as_json:
        click.echo(json.dumps(_for_programs(reports, conflicts, lost), indent=2))
        return
    is_terminal = sys.stdout is not None and sys.stdout.isatty()  # None when it was closed
    width = shutil.get_terminal_size().columns if is_terminal else None
    lines = [*_table(reports, width), *_below(conflicts), *_not_used(lost)]
    # The words say it all: colour is left out when it is not wanted or cannot be shown.
    coloured = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    click.echo("\n".join(map(_writable, lines)), color=coloured)


def _for_programs(
    reports: Iterable[PluginReport],
    conflicts: Iterable[PluginConflict],
    lost: Iterable[tuple[str, PluginOrigin]],
) -> dict[str, list[dict[str, object]]]:
    return {
        "plugins": [
            {
                "plugin": report.name,
                "distribution": report.distribution,
                "version": report.version,
                "state": report.state,
                "why": report.why,
                "provides": [{"kind": thing.kind, "name": thing.name} for thing in report.provides],
            }
            for report in reports
        ],
        "conflicts": [
            {
                "kind": conflict.kind,
                "name": conflict.name,
                "providers": [
                    {"plugin": one.name, "distribution": one.distribution, "version": one.version}
                    for one in conflict.providers
                ],
            }
            for conflict in conflicts
        ],
        "astray": [
            {"plugin": one.name, "distribution": one.distribution, "version": one.version, "group": group}
            for group, one in lost
        ],
    }


def _table(reports: Iterable[PluginReport], width: int | None) -> list[str]:
    """Lay the plugins out; ``width`` is the terminal's, None for one line each whatever its length."""
    rows = [
        (tuple(map(printable, (r.name, r.distribution or "-", r.version or "-", r.state))), _last(r))
        for r in reports
    ]
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *(row for row, _ in rows), strict=True)]
    indent = sum(widths) + 2 * len(widths)
    if width is not None and width - indent < _LEAST_WIDTH:
        return _blocks(rows, width)
    lines = ["  ".join([*(h.ljust(w) for h, w in zip(_HEADINGS, widths, strict=True)), "provides"])]
    for cells, last in rows:
        padded = [cell.ljust(w) for cell, w in zip(cells, widths, strict=True)]
        padded[-1] = click.style(padded[-1], fg=_COLOURS[cells[-1]])
        first, *more = _wrapped(last, None if width is None else width - indent)
        lines.append("  ".join([*padded, first]).rstrip())
        lines += [" " * indent + line for line in more]
    return lines


def _blocks(rows: Iterable[tuple[tuple[str, ...], str]], width: int) -> list[str]:
    """Lay the plugins out below each other, for a terminal too narrow for a table."""
    lines = []
    for (name, distribution, version, state), last in rows:
        lines.append(f"{name}: {click.style(state, fg=_COLOURS[state])}")
        for text in (f"{distribution} {version}", last):
            lines += ["  " + line for line in _wrapped(text, width - 2) if line]
    return lines


def _last(report: PluginReport) -> str:
    parts = [report.why] if report.why else []
    if report.provides:
        parts.append(", ".join(map(str, report.provides)))
    return printable("; provides ".join(parts))


def _wrapped(text: str, width: int | None) -> list[str]:
    return [text] if width is None else textwrap.wrap(text, max(width, 1)) or [""]


def _below(conflicts: Iterable[PluginConflict]) -> list[str]:
    lines = []
    for conflict in conflicts:
        first, *more = str(conflict).splitlines()
        # The last line of the text says "see thespian plugins", which the reader is doing.
        lines += ["", click.style("conflict:", fg="red") + f" {printable(first)}", *map(printable, more[:-1])]
    return lines


def _not_used(lost: Iterable[tuple[str, PluginOrigin]]) -> list[str]:
    lines = []
    for group, one in lost:
        what = f"the entry point {one.name} of {one.release} is in the group {group!r}"
        lines += ["", click.style("not used:", fg="yellow") + f" {printable(what)}"]
        lines.append(
            f"  the group of plugins is {GROUP!r}: [project.entry-points.{GROUP}] in its pyproject.toml"
        )
    return lines


def _writable(line: str) -> str:
    """Escape what the output's encoding lacks, so that no name can stop the listing."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return line.encode(encoding, "backslashreplace").decode(encoding)
