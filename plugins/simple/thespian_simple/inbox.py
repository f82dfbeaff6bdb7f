"""What waits for a program, or for one of its threads."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from thespian_core.addresses import ActorAddress

Mail = tuple[ActorAddress, Any, ActorAddress]  # an Envelope, or a plain tuple of the same three


class Inbox:
    """The mail of one port.

    Args:
        address: the port's.

    Attributes:
        mail: in the order it came.
        news: set when mail comes while the owner sleeps.
        runs_until: when somebody has just asked, how long actors may run for the answer at least.
    """

    def __init__(self, address: ActorAddress) -> None:
        self.address = address
        self.mail: deque[Mail] = deque()
        self.news = threading.Event()
        self.runs_until = 0.0
