"""What a process keeps of the memory that large messages took."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from thespian_multiproc.runtime.memory import keep_large_blocks
if sys.argv[1] == "keep":
    keep_large_blocks()
    keep_large_blocks()
bytes(bytearray(4 << 20))
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    bytes(bytearray(4 << 20))
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    """Return how often a process that makes 20 blocks of 8 MiB in all is given new memory."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="nothing changes elsewhere")
def test_memory_of_a_large_message_serves_the_next_one() -> None:
    pages = 20 * (8 << 20) // resource.getpagesize()
    assert faults("keep") < pages / 10 < faults("leave")
