"""Actors that tell where they live, wait for a pipe, have children of every kind, and meet hard ends."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.messages import ActorExitRequest, ChildActorExited, ThespianWatch, WatchMessage
from thespian_core.testing.doer import Doer, do

FOR_EVER = "import sys; sys.stdin.read()"  # ends when nobody holds the other end, but for a kill


def wait_at(gate: str) -> None:
    """Wait at a named pipe until there is a byte in it."""
    with open(gate, "rb", buffering=0) as pipe:
        pipe.read(1)


def ring(bell: str) -> None:
    """Put a byte into a named pipe."""
    with open(bell, "wb", buffering=0) as pipe:
        pipe.write(b"!")


class Mortal(Doer):
    """Does what it is told to, where its process can be looked at."""

    def do_where(self, _: ActorAddress) -> tuple[int, int, int]:
        """Return its process, that one's parent, and its session."""
        return os.getpid(), os.getppid(), os.getsid(0)

    def do_wait_at(self, _: ActorAddress, gate: str, bell: str) -> str:
        """Tell that it is in its handler, and wait there."""
        ring(bell)
        wait_at(gate)
        return "waited"

    def do_passive(self, _: ActorAddress) -> None:
        """Do nothing, and do not answer."""

    def do_sender(self, sender: ActorAddress) -> str:
        """Return the address of who asks, as text."""
        return str(sender)

    def do_note_unpickling(self, _: ActorAddress) -> str:
        """From now on note the name of everything that is looked up for a pickle."""
        self.unpickled: set[str] = set()

        def note(event: str, arguments: tuple[Any, ...]) -> None:
            if event == "pickle.find_class":
                self.unpickled.add(".".join(map(str, arguments)))

        sys.addaudithook(note)
        return "noting"

    def do_unpickled(self, _: ActorAddress) -> set[str]:
        """Return what was noted."""
        return self.unpickled

    def do_be_signalled(self, sender: ActorAddress, number: int) -> str:
        """Send a signal to this process, and go on for a while in the handler."""
        os.kill(os.getpid(), number)
        for _ in range(10_000):
            self.seen.append(None)
        self.seen.clear()
        return "still here"

    def do_address(self, sender: ActorAddress) -> str:
        """Remember who asks, and answer."""
        self.program = sender
        return "yours is known"

    def do_tell_the_program(self, _: ActorAddress, message: Any) -> None:
        """Send to who asked to be remembered."""
        self.send(self.program, message)

    def do_introduce(self, sender: ActorAddress, other: ActorAddress, message: Any) -> None:
        """Have another actor send to who asks this."""
        self.send(other, do("pass_on", sender, message))

    def do_handle_dead_letters(self, _: ActorAddress) -> str:
        """Take dead letters from now on."""
        self.handleDeadLetters()
        return "asked"

    def do_grandchild(self, _: ActorAddress) -> int:
        """Start a program that ends only when it is killed."""
        self.reading, self.writing = os.pipe()
        process = subprocess.Popen([sys.executable, "-c", FOR_EVER], stdin=self.reading)
        os.set_inheritable(self.writing, True)
        return process.pid

    def do_fork(self, _: ActorAddress) -> int:
        """Fork a process that has all that the actor has, and ends only when it is killed."""
        pid = os.fork()
        if not pid:
            while True:
                signal.pause()
        return pid

    def do_create_and_be_killed(self, sender: ActorAddress, *args: Any) -> None:
        """Create an actor that is to tell its end, and be gone before anything can come back."""
        self.send(self.createActor(*args), do("tell_end", sender))
        os.kill(os.getpid(), signal.SIGKILL)

    def do_log(self, _: ActorAddress, text: str) -> str:
        """Write a warning."""
        logging.getLogger("mortals").warning("%s", text)
        return "logged"

    def do_shut_down(self, _: ActorAddress) -> None:
        """End the whole system."""
        self.actorSystemShutdown()

    def do_setenv(self, _: ActorAddress, name: str) -> Any:
        """Return a variable of the environment."""
        return os.environ.get(name)


class Clinging(Mortal):
    """Waits at a pipe when it is asked to exit."""

    def do_cling_to(self, _: ActorAddress, gate: str, bell: str) -> str:
        """Remember where to wait, and where to tell that it waits."""
        self.gate, self.bell = gate, bell
        return "will cling"

    def receiveMsg_ActorExitRequest(self, message: ActorExitRequest, sender: ActorAddress) -> None:
        """Wait."""
        ring(self.bell)
        wait_at(self.gate)


class Mourner(Mortal):
    """Tells who asked for it of each child that has exited."""

    def do_mourn(self, sender: ActorAddress, *args: Any) -> ActorAddress:
        """Create a child, and tell the sender when it is gone."""
        self.told = sender
        return self.createActor(*args)

    def receiveMsg_ChildActorExited(self, message: ChildActorExited, sender: ActorAddress) -> None:
        """Tell."""
        self.send(self.told, ("exited", message.childAddress))


class LastMail(Mortal):
    """Tells somebody that it was asked to exit."""

    def do_tell_end(self, sender: ActorAddress, told: ActorAddress | None = None) -> str:
        """Remember who wants to know."""
        self.told = told or sender
        return "will tell"

    def receiveMsg_ActorExitRequest(self, message: ActorExitRequest, sender: ActorAddress) -> None:
        """Tell."""
        self.send(self.told, "asked to exit")


class PipeWatcher(Mortal):
    """Watches a pipe of its own, and passes on what comes through it."""

    def do_watch(self, sender: ActorAddress) -> ThespianWatch:
        """Begin to watch."""
        self.told = sender
        self.reading, self.writing = os.pipe()
        self.send(sender, self.writing)
        return ThespianWatch([self.reading])

    def do_watch_with(self, sender: ActorAddress, number: int) -> ThespianWatch:
        """Watch a pipe in which something is, and another number."""
        self.do_watch(sender)
        os.write(self.writing, b"there")
        return ThespianWatch([number, self.reading])

    def do_watch_file(self, sender: ActorAddress, path: str) -> ThespianWatch:
        """Watch a regular file."""
        self.told, self.reading = sender, os.open(path, os.O_RDONLY)
        return ThespianWatch([self.reading])

    def do_watch_nonsense(self, _: ActorAddress) -> ThespianWatch:
        """Watch what are no files."""
        return ThespianWatch([-1, 99_999, "no number", None])  # type: ignore[list-item]

    def do_write(self, _: ActorAddress, data: bytes, again: bool) -> Any:
        """Write to the pipe; watch on only if that is wanted."""
        os.write(self.writing, data)
        return ThespianWatch([self.reading]) if again else None

    def receiveMsg_Do(self, message: Any, sender: ActorAddress) -> Any:
        """Carry out an order, and return the result where it means something to the system."""
        result = getattr(self, f"do_{message.what}")(sender, *message.args)
        if isinstance(result, ThespianWatch):
            return result
        if result is not None:
            self.send(sender, result)
        return None

    def receiveMsg_WatchMessage(self, message: WatchMessage, sender: ActorAddress) -> ThespianWatch | None:
        """Tell what could be read, and go on until there is no more."""
        data = os.read(self.reading, 4096)
        self.send(self.told, (message.ready == [self.reading], sender == self.myAddress, data))
        return ThespianWatch([self.reading]) if data else None
