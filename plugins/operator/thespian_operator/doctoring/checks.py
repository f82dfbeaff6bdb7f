"""Judges facts: each check is a pure function, and each finding that is not good says how to mend it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from typing import Literal

import attrs

from thespian_operator.doctoring.facts import (
    Base,
    Clock,
    Facts,
    Folder,
    Host,
    Installation,
    Key,
    Limits,
    Plugins,
    Running,
)

Level = Literal["ok", "warning", "error"]

# All our choice:
FEW_FILES = 256  # of which actors may talk with three quarters at a time
FEW_PROCESSES = 50
LITTLE_MEMORY_BYTES = 128 << 20
LITTLE_ROOM_BYTES = 16 << 20
CLOCK_SLACK_S = 60.0  # a file server's clock may differ so much

REINSTALL = "pip install --force-reinstall --no-deps thespian-core"


@attrs.frozen
class Finding:
    """What one check has found.

    Attributes:
        level: an error is what a start would fail with.
        topic: what was looked at.
        text: one sentence.
        mend: what to do about it, a line each; empty for what is good.
        base: the base it is about; None when it is about all.
    """

    level: Level
    topic: str
    text: str
    mend: tuple[str, ...] = ()
    base: str | None = None


def judge(facts: Facts) -> list[Finding]:
    """Return what all checks find, in the order in which one would mend it."""
    found = [
        *check_installation(facts.installation),
        *check_plugins(facts.plugins),
        *check_releases(facts.release, facts.plugins),
        *(() if facts.key is None else check_key(facts.key)),
        *check_host(facts.host),
        *check_limits(facts.limits),
        *(finding for folder in facts.folders for finding in check_folder(folder)),
        *check_clock(facts.clock),
    ]
    for base in facts.bases:
        found += check_base(base)
        if base.running is not None:
            found += check_both_sides(base, base.running, facts)
    return found


def would_start(findings: Iterable[Finding]) -> bool:
    """Whether a start would work, on every base that was looked at."""
    return not any(finding.level == "error" for finding in findings)


def told(topic: str, failure: str, base: str | None = None) -> Finding:
    """Return the finding that a start would fail with a text, whose first line says why."""
    text, *mend = failure.splitlines()
    return Finding("error", topic, text, tuple(line.strip() for line in mend), base)


def check_installation(installation: Installation) -> Iterator[Finding]:
    """Judge whether ``thespian`` is ours."""
    topic, found = "installation", installation.found_folder
    others = [f"{one.release} ({one.files} files)" for one in installation.intruders]
    names = " ".join(one.release.partition(" ")[0] for one in installation.intruders)
    mend = (f"pip uninstall {names}", REINSTALL) if names else (REINSTALL,)
    by = f"; other distributions have files there: {', '.join(others)}" if others else ""
    if not found:
        yield Finding("error", topic, "there is no package thespian that programs could import", mend)
    elif found != installation.own_folder:
        text = f"an import of thespian finds {found}, not {installation.own_folder} of thespian-core{by}"
        mend = mend if names else (f"remove or rename {found}, or leave its folder out of PYTHONPATH",)
        yield Finding("error", topic, text, mend)
    elif installation.changed:
        files = ", ".join(installation.changed)
        yield Finding("error", topic, f"{files} in {found} are not those of thespian-core{by}", mend)
    elif installation.failure:
        yield Finding("error", topic, installation.failure.partition("\n")[0] + by, mend)
    elif others:
        text = f"other distributions have files in {found}: {', '.join(others)}"
        yield Finding("warning", topic, text, mend)
    else:
        yield Finding("ok", topic, f"thespian is that of thespian-core, in {found}")


def check_plugins(plugins: Plugins) -> Iterator[Finding]:
    """Judge what could not be loaded; others go on without it."""
    for name, why in plugins.broken:
        mend = f"mend it, uninstall it, or block it:  THESPIAN_BLOCK_PLUGINS={name}"
        yield Finding("warning", "plugins", f"plugin {name} is broken: {why}", (mend,))
    for conflict in plugins.conflicts:
        first, *mend_lines = conflict.splitlines()
        yield Finding("warning", "plugins", first, tuple(line.strip() for line in mend_lines))
    if plugins.blocked:
        text = f"blocked by THESPIAN_BLOCK_PLUGINS: {', '.join(plugins.blocked)}"
        yield Finding("ok", "plugins", text)
    if not plugins.broken and not plugins.conflicts:
        yield Finding("ok", "plugins", f"in use: {', '.join(name for name, _, _ in plugins.used)}")


def check_releases(release: str, plugins: Plugins) -> Iterator[Finding]:
    """Judge whether what is ours is of one release."""
    wrong = sorted(
        {
            f"{distribution} {version}"
            for _, distribution, version in plugins.used
            if distribution in OUR_DISTRIBUTIONS and version != release
        }
    )
    if wrong:
        mend = f"pip install --upgrade {' '.join(f'{one.split()[0]}=={release}' for one in wrong)}"
        text = f"thespian-core is {release}, but there are {', '.join(wrong)}"
        yield Finding("warning", "releases", text, (mend,))


OUR_DISTRIBUTIONS = frozenset(
    f"thespian-{name}" for name in ("simple", "multiproc", "tcp", "udp", "queue", "director", "operator")
)


def check_key(key: Key) -> Iterator[Finding]:
    """Judge the key."""
    yield told("key", key.failure) if key.failure else Finding("ok", "key", f"it is in {key.file}")


def check_host(host: Host) -> Iterator[Finding]:
    """Judge the machine's name, which no start needs."""
    if host.problem:
        text = f"this machine calls itself {host.name!r}, and nobody knows that name here: {host.problem}"
        mend = (
            "systems do without it: they use IP addresses",
            "for other programs, name it in /etc/hosts or in the DNS",
        )
        yield Finding("warning", "host name", text, mend)
    else:
        yield Finding("ok", "host name", f"{host.name} is {', '.join(host.addresses)}")


def check_limits(limits: Limits) -> Iterator[Finding]:
    """Judge what this user may have."""
    if limits.files is not None and limits.files < FEW_FILES:
        text = f"a process may open {limits.files} files: an actor needs one for each that it talks with"
        yield Finding("warning", "files", text, ("allow more:  ulimit -n 1024",))
    else:
        yield Finding("ok", "files", f"a process may open {_number(limits.files)}")
    if limits.processes is not None and limits.processes - limits.processes_used < FEW_PROCESSES:
        text = f"of {limits.processes} processes and threads, {limits.processes_used} are there already"
        mend = "a system needs 4 and one for each actor: allow more (ulimit -u, or the container's limit)"
        yield Finding("warning", "processes", text, (mend,))
    else:
        text = f"{limits.processes_used} processes and threads of {_number(limits.processes)}"
        yield Finding("ok", "processes", text)
    if limits.memory_bytes is not None and limits.memory_bytes < LITTLE_MEMORY_BYTES:
        text = f"only {_size(limits.memory_bytes)} are free"
        mend = "end what is not needed: the kernel kills processes when there is none left"
        yield Finding("warning", "memory", text, (mend,))


def check_folder(folder: Folder) -> Iterator[Finding]:
    """Judge a folder that systems write to."""
    mend = (f"let yourself write there, or name another:  {folder.steered_by}",)
    if folder.problem:
        text = f"{folder.what} cannot be written: {folder.problem} ({folder.path})"
        yield Finding("warning", "folders", text, mend)
    elif folder.free_bytes is not None and folder.free_bytes < LITTLE_ROOM_BYTES:
        text = f"{folder.what}: only {_size(folder.free_bytes)} are free at {folder.path}"
        yield Finding("warning", "folders", text, (f"make room, or name another:  {folder.steered_by}",))
    else:
        room = "" if folder.free_bytes is None else f", with {_size(folder.free_bytes)} free"
        yield Finding("ok", "folders", f"{folder.what}: {folder.path}{room}")


def check_clock(clock: Clock) -> Iterator[Finding]:
    """Judge the time of day: what was written cannot be from the future."""
    if clock.now < clock.written_at - CLOCK_SLACK_S:
        text = f"the clock says {_time(clock.now)}, but {clock.file} was written at {_time(clock.written_at)}"
        mend = "set the clock, for example with timedatectl: times in logs and of certificates are wrong"
        yield Finding("warning", "clock", text, (mend,))
    else:
        yield Finding("ok", "clock", f"it is {_time(clock.now)}")


def check_base(base: Base) -> Iterator[Finding]:
    """Judge what a start on a base would meet."""
    at = base.place or "its program"
    if base.failure:
        finding = told("place", base.failure, base.name)
        if base.listener:
            finding = attrs.evolve(finding, mend=(f"it is {base.listener}", *finding.mend))
        yield finding
    elif base.running is not None:
        running = base.running
        text = f"a system runs at {at}, with admin {running.admin_pid}: a start joins it"
        if running.shutting_down:
            mend = ("a start waits until it has ended",)
            yield Finding("warning", "place", f"the system at {at} is shutting down", mend, base.name)
        else:
            yield Finding("ok", "place", text, base=base.name)
    elif base.cannot_be_asked:
        mend = ("mend what else is wrong first, and look again",)
        yield Finding("warning", "place", f"somebody has {at}, and cannot be asked", mend, base.name)
    elif base.place:
        yield Finding("ok", "place", f"{at} is free: a start begins a system there", base=base.name)
    if base.last_end:
        mend = ("see to the reason:  thespian status tells it until a system has run there",)
        text = f"the last system at {at} ended by itself {base.last_end}"
        yield Finding("warning", "last end", text, mend, base.name)
    if base.trial is not None and base.trial.failure:
        yield told("start", base.trial.failure, base.name)
    elif base.trial is not None:
        text = f"a system was started and ended, for trial, in {base.trial.took_s:.2f} s"
        yield Finding("ok", "start", text, base=base.name)


def check_both_sides(base: Base, running: Running, facts: Facts) -> Iterator[Finding]:
    """Judge whether this program and a running system are of one make."""
    here, there = dict(_versions(facts.plugins.used)), dict(_versions(running.plugins))
    differ = [
        f"{name}: {here[name]} here, {there[name]} there"
        for name in sorted(here.keys() & there.keys())
        if here[name] != there[name]
    ]
    if base.version != running.base_version:
        differ.append(f"version of {base.name}: {base.version} here, {running.base_version} there")
    if facts.python != running.python:
        differ.append(f"Python: {python_version(facts.python)} here, {python_version(running.python)} there")
    if differ:
        mend = "end the system and start it again:  thespian stop; or use the environment it runs in"
        yield Finding("warning", "versions", "; ".join(differ), (mend,), base.name)
    else:
        yield Finding("ok", "versions", "this program and the system are of one make", base=base.name)


def python_version(text: str) -> str:
    """Return a version as people write it.

    >>> python_version("(3, 11, 7, 'final', 0)")
    '3.11.7'
    """
    return ".".join(re.findall(r"\d+", text)[:3])


def _versions(plugins: Iterable[tuple[str, str | None, str | None]]) -> Iterator[tuple[str, str]]:
    return ((name, version or "unknown") for name, _, version in plugins)


def _number(number: int | None) -> str:
    return "any number" if number is None else str(number)


def _size(size_bytes: int) -> str:
    return f"{size_bytes >> 20} MiB" if size_bytes < 10 << 30 else f"{size_bytes >> 30} GiB"


def _time(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))
