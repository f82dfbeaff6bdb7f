"""A system base that counts what programs send, and leaves all else to the simple base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thespian_core.systembase import Envelope, Plan, Port, SystemBase
from thespian_simple.base import SimpleSystemBase


class CountingPort(Port):
    """One program's mailbox."""

    def __init__(self, base: CountingBase, inner: Port) -> None:
        self._base, self._inner = base, inner
        self.address, self.admin = inner.address, inner.admin

    def send(self, envelope: Envelope, timeout_s: float | None) -> None:
        self._inner.send(envelope, timeout_s)
        self._base.sent += envelope.to != self.admin  # requests to the system do not count

    def receive(self, timeout_s: float | None) -> Envelope | None:
        return self._inner.receive(timeout_s)

    def close(self) -> None:
        self._inner.close()


class CountingBase(SystemBase):
    """Runs actors on the simple base; ``systemUpdate("count")`` tells how many messages came in."""

    not_promised = SimpleSystemBase.not_promised

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._inner = SimpleSystemBase(plan)
        self.sent = 0

    @property
    def capabilities(self) -> Mapping[str, Any]:
        return self._inner.capabilities

    @property
    def is_running(self) -> bool:
        return self._inner.is_running

    def start(self) -> bool:
        return self._inner.start()

    def connect(self) -> Port:
        return CountingPort(self, self._inner.connect())

    def stop(self, timeout_s: float) -> None:
        self._inner.stop(timeout_s)

    def count(self) -> int:
        return self.sent
