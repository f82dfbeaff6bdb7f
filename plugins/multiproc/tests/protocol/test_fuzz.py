"""The parsers of what anybody may send raise nothing but what they say, whatever is made up for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from thespian_multiproc.protocol.frames import data_frame
from thespian_multiproc.protocol.handshake import Initiator
from thespian_multiproc.protocol.packets import Counters, packet_frame

ROOT = Path(__file__).resolve().parents[4]
FUZZED_FOR_S = 300


@pytest.mark.soak
def test_a_coverage_guided_fuzzer_finds_no_input_that_breaks_the_parsers(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="the fuzzer has no release for this Python; make soak installs it")
    known, crashes = tmp_path / "known", tmp_path / "crashes"
    known.mkdir()
    crashes.mkdir()
    begin = Initiator(b"k" * 32, "you", "me", b"n" * 32, lambda _: (0, 0)).begin()
    packet = b"".join(packet_frame(1, 1, [(3, b"one")], Counters(0, 0, 0, 0), False))
    for number, frame in enumerate((b"".join(data_frame(1, [b"one", b"two"], 0, 0)), begin, begin, packet)):
        (known / str(number)).write_bytes(bytes((number,)) + frame)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "plugins.multiproc.tests.protocol.fuzz"),
            *(
                f"-max_total_time={FUZZED_FOR_S}",
                f"-artifact_prefix={crashes}/",
                "-print_final_stats=1",
                str(known),
            ),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=FUZZED_FOR_S * 2,
    )
    found = [(file.name, file.read_bytes()) for file in crashes.iterdir()]
    assert (done.returncode, found) == (0, []), done.stderr[-5000:]
    print("\n".join(line for line in done.stderr.splitlines() if line.startswith("stat::")))
