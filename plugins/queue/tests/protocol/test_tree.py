"""However bytes are torn and overtake each other, frames arrive whole, and everybody learns of each end."""

from __future__ import annotations

import pytest

from plugins.queue.tests.protocol.tree_simulation import Member, TreeSimulation
from thespian_multiproc.transport.interface import STRANGER_FRAME_BYTES, Sent, Undeliverable
from thespian_queue.protocol.records import PIECE_BYTES, WINDOW_BYTES

NAMES = ("ann", "bob", "cid", "dan")
SEEDS = range(25)
LARGE = 3 * WINDOW_BYTES + 12_345


def met(simulation: TreeSimulation, one: str, other: str) -> None:
    """Let two have heard of each other, so that large frames may pass both ways."""
    simulation.send(one, b"hello", other)
    simulation.run()
    peer, _ = simulation.members[other].frames[-1]
    simulation.send(other, b"welcome", peer)
    simulation.run()
    for member in (simulation.members[one], simulation.members[other]):
        member.frames.clear()
        member.outcomes.clear()


def sent(member: Member) -> list[int]:
    """Return the tokens of what has left, in order."""
    return [outcome.token for outcome in member.outcomes if isinstance(outcome, Sent)]


@pytest.mark.parametrize("seed", SEEDS)
def test_frames_of_all_sizes_arrive_whole_once_and_in_order(seed: int) -> None:
    simulation = TreeSimulation(seed, *NAMES)
    for one, other in [("ann", "bob"), ("cid", "bob"), ("dan", "ann")]:
        met(simulation, one, other)
    wanted: dict[tuple[str, str], list[bytes]] = {}
    tokens: dict[str, list[int]] = {name: [] for name in NAMES}
    dice = simulation.random
    for number in range(60):
        one, other = dice.choice([("ann", "bob"), ("cid", "bob"), ("dan", "ann")])
        size = dice.choice((0, 10, 1_000, PIECE_BYTES, PIECE_BYTES + 1, LARGE))
        frame = f"{one} {number} ".encode().ljust(size, b".")
        tokens[one].append(simulation.send(one, [frame[:7], frame[7:]], other))
        wanted.setdefault((one, other), []).append(frame)
        simulation.run(dice.randrange(30))
    simulation.run()
    for (one, other), frames in wanted.items():
        came = [f for f in simulation.members[other].texts() if f.startswith(one.encode())]
        assert came == frames, (one, other)
    for name, mine in tokens.items():
        assert sent(simulation.members[name]) == mine


@pytest.mark.parametrize("seed", SEEDS)
def test_a_circle_in_which_all_flood_each_other_comes_to_an_end(seed: int) -> None:
    simulation = TreeSimulation(seed, *NAMES)
    for one, other in zip(NAMES, (*NAMES[1:], NAMES[0]), strict=True):
        met(simulation, one, other)
    for one, other in zip(NAMES, (*NAMES[1:], NAMES[0]), strict=True):
        for number in range(5):
            simulation.send(one, bytes([number]) * LARGE, other)
    simulation.run()
    for name in NAMES:
        assert simulation.members[name].texts() == [bytes([number]) * LARGE for number in range(5)]


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_whoever_never_reads_costs_the_relay_a_window_and_holds_up_nobody(seed: int) -> None:
    simulation = TreeSimulation(seed, *NAMES)
    for other in ("bob", "cid"):
        met(simulation, "ann", other)
    met(simulation, "dan", "bob")
    bob = simulation.members["bob"]
    bob.reads = False
    stuck = [simulation.send(name, bytes(LARGE), "bob") for name in ("ann", "dan")]
    simulation.send("ann", b"x" * LARGE, "cid")
    simulation.run()
    assert simulation.members["cid"].texts() == [b"x" * LARGE]
    assert len(bob.unwritten) <= 2 * WINDOW_BYTES
    assert not set(stuck) & {*sent(simulation.members["ann"]), *sent(simulation.members["dan"])}
    bob.reads = True
    simulation.run()
    assert bob.texts() == [bytes(LARGE)] * 2


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_learns_once_of_one_who_is_killed_and_every_frame_has_one_outcome(seed: int) -> None:
    simulation = TreeSimulation(seed, *NAMES)
    for other in ("bob", "cid", "dan"):
        met(simulation, "ann", other)
        met(simulation, other, "ann")
    tokens: dict[str, list[int]] = {name: [] for name in NAMES}
    for number in range(20):
        for name in ("bob", "cid", "dan"):
            tokens["ann"].append(simulation.send("ann", b"%d" % number + bytes(20_000), name))
            tokens[name].append(simulation.send(name, b"%d" % number + bytes(20_000), "ann"))
    simulation.run(simulation.random.randrange(400))
    simulation.kill("bob")
    simulation.run()
    ann = simulation.members["ann"]
    assert [lost.place for lost in ann.lost if lost.place] == [simulation.members["bob"].mailbox.where]
    assert len(ann.lost) == 2  # one conversation that each began
    for name in ("ann", "cid", "dan"):
        member = simulation.members[name]
        assert sorted(outcome.token for outcome in member.outcomes) == tokens[name]
    for name in ("cid", "dan"):
        assert not simulation.members[name].lost
        assert len(simulation.members[name].frames) == 20
    from_bob = [frame for peer, frame in ann.frames if peer in [lost.peer for lost in ann.lost]]
    assert from_bob == [b"%d" % number + bytes(20_000) for number in range(len(from_bob))]
    assert len(from_bob) >= len(sent(simulation.members["bob"])) - 1  # the last may have left in part


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_without_the_relay_every_conversation_is_lost_and_nothing_more_can_be_sent(seed: int) -> None:
    simulation = TreeSimulation(seed, *NAMES)
    for other in ("bob", "cid"):
        met(simulation, "ann", other)
    tokens = [simulation.send("ann", bytes(LARGE), name) for name in ("bob", "cid")]
    simulation.run(50)
    simulation.relay_lives = False
    simulation.run()
    ann = simulation.members["ann"]
    assert len(ann.lost) == 2
    late = simulation.send("ann", b"too late", "bob")
    simulation.run()
    assert sorted(outcome.token for outcome in ann.outcomes) == [*tokens, late]
    assert [o.gone for o in ann.outcomes if isinstance(o, Undeliverable)][-1]


def test_a_frame_to_nobody_comes_back() -> None:
    simulation = TreeSimulation(0, "ann")
    tokens = [simulation.send("ann", frame, "/nowhere") for frame in (b"one", b"two")]
    simulation.run()
    ann = simulation.members["ann"]
    assert [(o.token, o.gone) for o in ann.outcomes if isinstance(o, Undeliverable)] == [
        (token, True) for token in tokens
    ]
    assert not ann.lost


@pytest.mark.parametrize("size", [STRANGER_FRAME_BYTES + 1, PIECE_BYTES + 1, LARGE])
def test_a_strangers_large_frame_ends_the_conversation(size: int) -> None:
    simulation = TreeSimulation(size, "ann", "bob")
    bob = simulation.members["bob"]
    bob.admits = False
    simulation.send("ann", b"hello", "bob")
    simulation.send("ann", bytes(size), "bob")
    simulation.run()
    assert bob.texts() == [b"hello"]
    assert len(bob.lost) == len(simulation.members["ann"].lost) == 1


def test_what_a_stranger_says_behind_its_last_frame_is_not_given_back_to_its_window() -> None:
    simulation = TreeSimulation(1, "ann", "bob")
    ann, bob = simulation.members["ann"], simulation.members["bob"]
    bob.admits = False
    for _ in range(2_000):
        simulation.send("ann", bytes(STRANGER_FRAME_BYTES), "bob")
    bob.reads = False
    simulation.run()
    assert len(sent(ann)) * STRANGER_FRAME_BYTES <= WINDOW_BYTES
    bob.reads = True
    simulation.run()
    assert len(bob.frames) == 2_000


def test_a_mailbox_talks_to_itself_and_hears_of_the_end() -> None:
    simulation = TreeSimulation(2, "ann")
    ann = simulation.members["ann"]
    simulation.send("ann", b"dear diary", "ann")
    simulation.run()
    assert ann.texts() == [b"dear diary"]
    ann.mailbox.drop(ann.frames[0][0])  # type: ignore[arg-type]
    simulation.run()
    assert [lost.place for lost in ann.lost] == [ann.mailbox.where]
