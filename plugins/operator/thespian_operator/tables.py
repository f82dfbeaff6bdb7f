"""Snapshots as lines of text; each line has a style, for terminals that show colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from thespian_core.hooks.errors import printable
from thespian_operator.snapshot import Actor, Figures, Snapshot
from thespian_operator.systems import told_end

Style = Literal["", "bold", "yellow", "red"]
SortKey = Literal["cpu", "memory", "mail"]

_STYLES: dict[str, Style] = {"busy": "yellow", "held back": "yellow", "silent": "red", "stopped": "red"}
_HEADINGS = ("pid", "state", "in", "oldest", "out", "wake-ups", "handled", "links", "memory", "cpu")


class Line(NamedTuple):
    """One line, without the end of the line."""

    text: str
    style: Style = ""


def status_lines(snapshot: Snapshot) -> list[Line]:
    """Return the system and the tree of its actors."""
    rows: list[tuple[Sequence[str], Style]] = []
    for prefix, actor in _branches(snapshot):
        cells = (prefix + _named(actor), *_cells(actor), _seconds(actor.figures))
        rows.append((cells, _STYLES.get(actor.state, "")))
    table = _laid_out(("actor", *_HEADINGS), rows, left={0, 2})
    return [*_system_lines(snapshot), Line(""), *table, *_busy_lines(snapshot)]


def top_lines(snapshot: Snapshot, before: Snapshot, sort: SortKey, most: int | None) -> list[Line]:
    """Return the system and its actors, without their tree, the one with most first.

    Args:
        snapshot: the second of two looks.
        before: the first one.
        sort: most of what.
        most: how many actors; None for all.
    """
    rows: list[tuple[Sequence[str], Style]] = [
        (
            (f"{cpu_share(one, before, snapshot):.1f}", _seconds(one.figures), *_cells(one), _named(one)),
            _STYLES.get(one.state, ""),
        )
        for one in top_order(snapshot, before, sort)[:most]
    ]
    headings = ("%cpu", "cpu", *_HEADINGS[:-1], "actor")
    return [*_system_lines(snapshot), Line(""), *_laid_out(headings, rows, left={3, 11})]


def top_order(snapshot: Snapshot, before: Snapshot, sort: SortKey) -> list[Actor]:
    """Return all actors, the one with most first."""

    def most_first(actor: Actor) -> tuple[float, float, str]:
        cpu_s = 0.0 if actor.figures is None else actor.figures.cpu_s
        if sort == "cpu":
            most = cpu_share(actor, before, snapshot)
        elif sort == "memory":
            most = 0.0 if actor.figures is None else actor.figures.memory_bytes
        else:
            mail_in = actor.mail_at_least or actor.counter("Mail.Waiting") or 0
            most = mail_in + (actor.counter("Mail.Sent.Not Handled") or 0)
        return -most, -cpu_s, actor.id

    return sorted((actor for _, actor in snapshot.actors), key=most_first)


def cpu_share(actor: Actor, before: Snapshot, now: Snapshot) -> float:
    """Return the share of one processor that an actor had between two looks, in percent."""
    pid = actor.row.pid
    earlier = None if pid is None else before.figures.get(pid)
    took_s = now.taken_at - before.taken_at
    if actor.figures is None or earlier is None or took_s <= 0:
        return 0.0
    return max(0.0, 100 * (actor.figures.cpu_s - earlier.cpu_s) / took_s)


def _system_lines(snapshot: Snapshot) -> list[Line]:
    system = snapshot.system
    ending = ", SHUTTING DOWN" if system.shutting_down else ""
    lines = [Line(f"{system.base_name} at {system.place}, up {_period(system.up_s)}{ending}", "bold")]
    log = _process("log process", system.log_pid, snapshot)
    if system.log_restarts:
        log += f", started again {_times(system.log_restarts)}"
    lines.append(
        Line(
            f"  {_process('admin', system.admin_pid, snapshot)}; "
            f"{_process('launcher', system.launcher_pid, snapshot)}; {log}"
        )
    )
    programs = ", ".join(map(str, sorted(system.programs))) or "none"
    lines.append(Line(f"  actors {len(system.actors)}, died {system.died}; programs {programs}"))
    lines.append(Line(f"  dead letters {system.dead_letters}{_handled_by(snapshot)}"))
    plugins = ", ".join(
        printable(" ".join(filter(None, (name, version)))) for name, _, version in system.plugins
    )
    python = dict(system.capabilities).get("Python Version", "")
    lines.append(Line(f"  base version {system.base_version}; Python {python}; plugins: {plugins or 'none'}"))
    if snapshot.last_words is not None:
        lines.append(
            Line(f"  the system before this one ended by itself {told_end(snapshot.last_words)}", "red")
        )
    return lines


def _handled_by(snapshot: Snapshot) -> str:
    handler = snapshot.system.dead_letter_handler
    found = [actor for _, actor in snapshot.actors if actor.id == handler]
    return f", for {_named(found[0])}, process {found[0].row.pid}" if found else ""


def _process(what: str, pid: int | None, snapshot: Snapshot) -> str:
    if pid is None:
        return f"no {what}"
    figures = snapshot.figures.get(pid)
    if figures is None:
        return f"{what} {pid}"
    stopped = ", STOPPED" if figures.is_stopped else ""
    return f"{what} {pid} ({size(figures.memory_bytes)}, {_seconds(figures)}{stopped})"


def _busy_lines(snapshot: Snapshot) -> list[Line]:
    """Say of actors that do not answer what they are handling."""
    lines = [
        Line(f"  process {actor.row.pid}, {_named(actor)}: handling message {number} of {printable(who)}")
        for _, actor in snapshot.actors
        if actor.handling is not None
        for who, number in [actor.handling]
    ]
    return [Line(""), *lines] if lines else []


def _branches(snapshot: Snapshot) -> Iterable[tuple[str, Actor]]:
    """Draw the lines of a tree before each actor."""
    depths = [depth for depth, _ in snapshot.actors]
    is_last: list[bool] = [True] * len(depths)
    open_at: set[int] = set()  # depths at which a sibling follows, as seen from below
    for number in range(len(depths) - 1, -1, -1):
        depth = depths[number]
        is_last[number] = depth not in open_at
        open_at = {one for one in open_at if one < depth} | {depth}
    continues: list[bool] = []
    for (depth, actor), last in zip(snapshot.actors, is_last, strict=True):
        del continues[max(depth - 1, 0) :]
        prefix = "".join("│  " if goes_on else "   " for goes_on in continues)
        yield (prefix + ("└─ " if last else "├─ ") if depth else ""), actor
        if depth:
            continues.append(not last)


def _named(actor: Actor) -> str:
    name = "" if actor.row.global_name is None else f' "{actor.row.global_name}"'
    return printable(actor.row.actor_class + name)


def _cells(actor: Actor) -> tuple[str, ...]:
    waiting = actor.counter("Mail.Waiting")
    unsure = actor.mail_at_least is not None
    oldest_ms = actor.counter("Mail.Waiting.Oldest ms")
    return (
        "-" if actor.row.pid is None else str(actor.row.pid),
        actor.state,
        f"{actor.mail_at_least}+" if unsure else _number(waiting),
        f"{oldest_ms / 1000:.1f} s" if waiting and oldest_ms is not None and not unsure else "-",
        _number(actor.counter("Mail.Sent.Not Handled")),
        _number(actor.counter("Wakeups.Pending")),
        _number(actor.counter("Actor.Message Received.Total")),
        _number(actor.counter("Links.Open")),
        "-" if actor.figures is None else size(actor.figures.memory_bytes),
    )


def _laid_out(headings: Sequence[str], rows: list[tuple[Sequence[str], Style]], left: set[int]) -> list[Line]:
    widths = [max(map(len, column)) for column in zip(headings, *(cells for cells, _ in rows), strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if number in left else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    return [Line(line(headings), "bold"), *(Line(line(cells), style) for cells, style in rows)]


def _number(value: int | None) -> str:
    return "?" if value is None else str(value)


def _seconds(figures: Figures | None) -> str:
    return "-" if figures is None else f"{figures.cpu_s:.2f} s"


def size(number_bytes: float) -> str:
    """Return a number of bytes as people read it.

    >>> size(900), size(20_238_336), size(3 << 30)
    ('1 KiB', '19 MiB', '3.0 GiB')
    """
    if number_bytes < 1 << 20:
        return f"{max(1, number_bytes / 1024):.0f} KiB"
    return (
        f"{number_bytes / (1 << 20):.0f} MiB"
        if number_bytes < 1 << 30
        else f"{number_bytes / (1 << 30):.1f} GiB"
    )


def _period(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
