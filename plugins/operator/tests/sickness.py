"""Machines on which systems cannot start, made for real: other users, limits, mounts and networks."""

from __future__ import annotations

import functools
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import attrs

STARTS = """
import json, sys, time
from thespian.actors import ActorSystem, ActorSystemStartupFailure
began, said = time.monotonic(), ""
try:
    system = ActorSystem(sys.argv[1], {"Admin Port": int(sys.argv[2])}, logDefs=False)
except ActorSystemStartupFailure as why:
    said = str(why)
took_s = time.monotonic() - began
if not said:
    system.shutdown()
print(json.dumps([took_s, said]))
"""

IS_ROOT = os.name == "posix" and os.geteuid() == 0
ONLY_READ = "-all,+dac_read_search"  # so that it can read this checkout, wherever it is
UNPRIVILEGED_FROM = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


@attrs.frozen
class Sickness:
    """One way in which a machine is sick.

    Attributes:
        name: as in "a start on a machine with ...".
        says: what a start must say; empty when it must work all the same.
        shell: what is done, in a shell, before the program is run; the folder of the test is ``$D``.
        without: what the shell and the program run without: their own mounts, network or privileges.
        environ: changes to the environment; ``$D`` is the folder of the test.
        prepare: makes what is needed in the folder; called with it and the Admin Port.
        warns: the topic of a warning that the doctor gives.
        low_port: whether the Admin Port is a low one.
        base: the base that is started.
        varies: whether what is lacked first is a matter of moments; what helps is not.
    """

    name: str
    says: tuple[str, ...] = ()
    shell: str = ""
    without: tuple[str, ...] = ()
    environ: dict[str, str] = attrs.field(factory=dict)
    prepare: Callable[[Path, int], None] | None = None
    warns: str = ""
    low_port: bool = False
    base: str = "multiprocTCPBase"
    varies: bool = False

    def command(self, folder: Path, port: int, *words: str) -> list[str]:
        """Return a command line that runs another one there."""
        found = [*_unshared(self.without)]
        if self.shell:
            found += ["sh", "-ec", f'D={folder}; {self.shell}; exec "$@"', "sh"]
        if "processes" in self.without:
            # Nobody else is that user, so that only what the program starts counts.
            own = str(100_000 + port)
            found += ["setpriv", "--reuid", own, "--regid", own, "--clear-groups"]
            found += ["--inh-caps", ONLY_READ, "--ambient-caps", ONLY_READ, "--bounding-set", ONLY_READ]
        if "privileges" in self.without and IS_ROOT:
            found += ["setpriv", "--inh-caps", "-all", "--bounding-set", "-all"]
        return [*found, *words]

    def environment(self, folder: Path) -> dict[str, str]:
        """Return the environment there: key, log and temporary files are in the folder."""
        usual = {"XDG_STATE_HOME": "$D/state", "THESPLOG_FILE": "$D/internal.log"}
        changes = {name: text.replace("$D", str(folder)) for name, text in {**usual, **self.environ}.items()}
        return {name: text for name, text in {**os.environ, **changes}.items() if text}

    def why_not_here(self, folder: Path, port: int) -> str:
        """Say why it cannot be had on this machine; empty when it can."""
        if "processes" in self.without and not IS_ROOT:
            return "only root can be a user that has no other process"
        if self.low_port and int(UNPRIVILEGED_FROM.read_text()) <= port:
            return "everybody may have low ports here"
        words = self.command(folder, port, "true")
        if shutil.which(words[0]) is None:
            return f"there is no {words[0]}"
        tried = subprocess.run(words, capture_output=True, text=True, timeout=60)
        return "" if tried.returncode == 0 else f"it cannot be made here: {tried.stderr.strip()}"


def _unshared(without: tuple[str, ...]) -> list[str]:
    flags = [flag for flag, what in (("--mount", "mounts"), ("--net", "network")) if what in without]
    as_root = [] if IS_ROOT else ["--map-root-user"]
    return ["unshare", *as_root, *flags] if flags else []


@functools.cache
def low_port() -> int:
    """Return a low port that nobody has."""
    for port in range(1023, 600, -1):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("every low port is taken")


def _folders(*names: str) -> Callable[[Path, int], None]:
    def make(folder: Path, _port: int) -> None:
        for name in names:
            folder.joinpath(name).mkdir(parents=True)

    return make


def _a_folder_to_read(folder: Path, _port: int) -> None:
    folder.joinpath("state").mkdir(mode=0o555)


def _a_key_of_nobody(folder: Path, _port: int) -> None:
    folder.joinpath("key").write_bytes(os.urandom(32))
    folder.joinpath("key").chmod(0)


def _a_key(folder: Path, _port: int) -> None:
    (folder / "home").mkdir()
    folder.joinpath("key").write_bytes(os.urandom(32))
    folder.joinpath("key").chmod(0o600)


def _a_state_of_its_own(folder: Path, port: int) -> None:
    for name in ("state", "log"):
        folder.joinpath(name).mkdir()
        if IS_ROOT:
            os.chown(folder / name, 100_000 + port, 100_000 + port)


READ_ONLY = "mount -t tmpfs -o ro none $D/{}"
FULL = "mount -t tmpfs -o size=4k none $D/{0}; head -c 4096 /dev/zero > $D/{0}/all"
PROCESSES = ("ulimit -u",)
FILES = ("Too many open files", "ulimit -n")
HOME = {"HOME": "$D/home", "XDG_STATE_HOME": ""}
TEMPORARY = {"TMPDIR": "$D/tmp", "THESPLOG_FILE": ""}
OWN_LOG = {"THESPLOG_FILE": "$D/log/internal.log"}
LO = "ip link set lo up"
NO_V6 = f"{LO}; echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"
KEY = {"THESPIAN_KEY_FILE": "$D/key"}
A_KEY_AT_HOME = (
    "mount -t tmpfs none $D/home; mkdir -p -m 700 $D/home/.local/state/thespian; "
    "(umask 077; cat $D/key > $D/home/.local/state/thespian/key); mount -o remount,ro $D/home"
)

SICKNESSES = (
    Sickness("nothing at all"),
    Sickness("a low port", ("Permission denied", "superuser"), without=("privileges",), low_port=True),
    Sickness(
        "a key that cannot be read",
        ("/key cannot be opened: Permission denied",),
        without=("privileges",),
        environ=KEY,
        prepare=_a_key_of_nobody,
    ),
    Sickness(
        "a state folder that is not to be written",
        ("/key cannot be made: Permission denied", "XDG_STATE_HOME"),
        without=("privileges",),
        prepare=_a_folder_to_read,
    ),
    Sickness(
        "a state folder that is full",
        ("/key cannot be made: No space left on device", "make room"),
        FULL.format("state"),
        without=("mounts",),
        prepare=_folders("state"),
    ),
    Sickness(
        "a home that is read-only",
        ("/key cannot be made: Read-only file system", "XDG_STATE_HOME"),
        READ_ONLY.format("home"),
        without=("mounts",),
        environ=HOME,
        prepare=_folders("home"),
    ),
    Sickness(
        "a home that is read-only, with a key",
        shell=A_KEY_AT_HOME,
        without=("mounts",),
        environ=HOME,
        prepare=_a_key,
        warns="folders",
    ),
    Sickness(
        "a temporary folder that is read-only",
        shell=READ_ONLY.format("tmp"),
        without=("mounts",),
        environ=TEMPORARY,
        prepare=_folders("tmp"),
    ),
    Sickness(
        "a temporary folder that is full",
        shell=FULL.format("tmp"),
        without=("mounts",),
        environ=TEMPORARY,
        prepare=_folders("tmp"),
        warns="folders",
    ),
    *(
        Sickness(
            f"{number} processes and threads at most",
            PROCESSES,
            f"ulimit -u {number} 2>/dev/null || prlimit --nproc={number} --pid $$",
            without=("processes",),
            environ=OWN_LOG,
            prepare=_a_state_of_its_own,
        )
        for number in (1, 2, 3, 4, 5)  # each lacks another process or thread
    ),
    Sickness(
        "6 processes and threads at most, with a relay among them",
        PROCESSES,
        "ulimit -u 6 2>/dev/null || prlimit --nproc=6 --pid $$",
        without=("processes",),
        environ=OWN_LOG,
        prepare=_a_state_of_its_own,
        base="multiprocQueueBase",
        varies=True,
    ),
    *(Sickness(f"{number} open files at most", FILES, f"ulimit -n {number}") for number in (6, 10)),
    Sickness("64 open files at most", shell="ulimit -n 64", warns="files"),
    Sickness(
        "no name resolution",
        shell=f"{LO}; for f in hosts resolv.conf; do mount --bind /dev/null /etc/$f; done",
        without=("mounts", "network"),
        warns="host name",
    ),
    Sickness("a loopback that is down", ("Network is unreachable", "lo up"), without=("network",)),
    Sickness(
        "a loopback that is down, over datagrams",
        ("Network is unreachable", "lo up"),
        without=("network",),
        base="multiprocUDPBase",
    ),
    Sickness("no IPv6", shell=NO_V6, without=("network",)),
    Sickness(
        "no IPv6 for a host that is to have it",
        ("nobody can listen at [::1]:", "no address of this machine"),
        NO_V6,
        without=("network",),
        environ={"THESPIAN_BASE_IPADDR": "::1"},
    ),
    *(
        Sickness(
            f"no shared memory for {base}",
            shell="mount -t tmpfs -o ro,mode=000,size=4k none /dev/shm",
            without=("mounts",),
            base=base,
        )
        for base in ("multiprocTCPBase", "multiprocQueueBase")
    ),
)
