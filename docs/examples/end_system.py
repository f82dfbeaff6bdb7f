"""Ends the system at an Admin Port, 1900 unless another is given: ``python end_system.py 1901``."""

from __future__ import annotations

import sys

from thespian.actors import ActorSystem

if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 1900
    ActorSystem("multiprocTCPBase", {"Admin Port": port}).shutdown()
    print(f"no system is at port {port} any more")
