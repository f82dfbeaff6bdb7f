"""Who had to be killed at the end of a system, and what each of them was doing."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from thespian_core.internallog import thesplog
from thespian_core.semantics.birth import Birth
from thespian_multiproc.protocol.farewell import POLITE_S
from thespian_multiproc.runtime.orders import Progress

# proc(5), the third field of /proc/PID/stat.
_STATES = {
    "R": "busy on a processor",
    "S": "asleep",
    "D": "waiting for a device",
    "T": "stopped",
    "t": "stopped by a debugger",
    "Z": "ended",
}


class Casualties:
    """The actors that did not exit when they were asked to.

    Args:
        births: of those that start or live when the time for asking is over, by id.
        pids: of their processes.
        programs: pids of programs, by the id of their mailbox.
        admin_id: of the admin's mailbox.
        polite_s: how long they were asked.
    """

    def __init__(
        self,
        births: Mapping[str, Birth],
        pids: Mapping[str, int],
        programs: Mapping[str, int],
        admin_id: str,
        polite_s: float = POLITE_S,
    ) -> None:
        self._polite_s = polite_s
        self._births = dict(births)
        self._names = {id_: f"{birth.address} ({birth.actor_class})" for id_, birth in births.items()}
        self._names |= {id_: f"a program (process {pid})" for id_, pid in programs.items()}
        self._names[admin_id] = "the admin"
        self._pids = dict(pids)
        self._states = {id_: state_of(pids[id_]) for id_ in births if id_ in pids}
        self._handled: dict[str, str] = {}

    def died(self, id_: str, progress: Iterable[Progress]) -> None:
        """One of them is gone, and this is how far it had come with its mail."""
        begun = [one for one in progress if one.begun > one.ended]
        if begun:
            self._handled[id_] = "; ".join(
                f"message {one.begun} from {self._names.get(one.peer, 'somebody who has ended')}"
                for one in begun
            )

    def log(self) -> tuple[str, ...]:
        """Tell the log and the internal log about them; return a line about each."""
        lines = self.lines()
        for line in lines:
            logging.getLogger("thespian").warning("killed at shutdown: %s", line)
            thesplog("killed at shutdown: %s", line, level=logging.WARNING)
        return lines

    def lines(self) -> tuple[str, ...]:
        """Return a line about each."""
        return tuple(map(self._line, self._births))

    def _line(self, id_: str) -> str:
        birth = self._births[id_]
        process = f" (process {self._pids[id_]})" if id_ in self._pids else ""
        children = sum(
            other.parent is not None and other.parent.key == id_ for other in self._births.values()
        )
        doing = "handling no message of others"
        if id_ in self._handled:
            doing = f"handling {self._handled[id_]}"
        elif children:
            doing = f"waiting for {children} of its children to exit"
        state = ", ".join(filter(None, (self._states.get(id_), doing)))
        who = f"{birth.address} {birth.actor_class}{process}"
        return f"{who} did not exit within {self._polite_s:g} s: it was {state}"


def state_of(pid: int) -> str:
    """Say in a word or two what a process is doing; nothing where the system does not tell."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The second field is the program's name in brackets, which may hold anything.
            letter = file.read().rpartition(b")")[2].split()[0].decode()
    except (OSError, IndexError):
        return ""
    return _STATES.get(letter, "")
