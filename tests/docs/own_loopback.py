"""Lets a program that names no Admin Port start a system of its own, whatever else runs on this machine."""

from __future__ import annotations

import os
import sys


def without_joining_anybody() -> dict[str, str]:
    """Return an environment in which a system's usual place is one that only this process uses.

    On Linux, all of 127.0.0.0/8 is this machine. Elsewhere only 127.0.0.1 is, and the usual place has to do.
    """
    if sys.platform != "linux":
        return dict(os.environ)
    number = os.getpid()  # 22 bits at most
    own = f"127.{64 + (number >> 16)}.{number >> 8 & 255}.{number & 255 or 1}"
    return {**os.environ, "THESPIAN_BASE_IPADDR": own}
