"""The desk: answers with what an order costs, at once or when somebody has looked at it."""

from __future__ import annotations

from thespian.actors import ActorAddress, ActorTypeDispatcher, WakeupMessage

from . import VERSION
from .prices import total


class Desk(ActorTypeDispatcher):
    """Takes ``("quote", number, order, look_s)`` and answers ``("quoted", number, version, cents)``.

    A ``look_s`` above 0 is for how long somebody looks at the order before the answer.
    """

    def receiveMsg_tuple(self, request: tuple[str, int, dict[str, int], float], sender: ActorAddress) -> None:
        """Answer, or have the order looked at."""
        _, number, order, look_s = request
        if look_s:
            self.wakeupAfter(look_s, (number, order, sender))
        else:
            self.answer(number, order, sender)

    def receiveMsg_WakeupMessage(self, wakeup: WakeupMessage, _: ActorAddress) -> None:
        """Somebody has looked at an order: answer, also when another version works by now."""
        self.answer(*wakeup.payload)

    def receiveMsg_str(self, what: str, _: ActorAddress) -> None:
        """Hear from the Director that this version works from now on, or no longer."""
        self.logger("quotes").info("version %d: %s", VERSION, what)

    def answer(self, number: int, order: dict[str, int], to: ActorAddress) -> None:
        """Send an answer."""
        self.send(to, ("quoted", number, VERSION, total(order)))
