"""What goes wrong in memory goes wrong as it was told to, and the same way each time."""

from __future__ import annotations

from collections import Counter

import pytest

from thespian_multiproc.testing.carrying import numbered
from thespian_multiproc.testing.post import Post
from thespian_multiproc.transport.memory import (
    Faults,
    MemoryDatagramTransport,
    MemoryEndpoint,
    MemoryNetwork,
    MemoryTransport,
)

EVERYTHING = Faults(loss=0.02, duplication=0.05, delay_s=(0.001, 0.5), refusal=0.05)


def chatter(network: MemoryNetwork) -> None:
    """Let five endpoints of each kind write to each other for 60 virtual seconds."""
    for transport in (MemoryTransport(network), MemoryDatagramTransport(network)):
        boxes: list[MemoryEndpoint] = [transport.open() for _ in range(5)]
        until = network.now + 60
        token = 0
        while network.now < until:
            token += 1
            one, other = boxes[token % 5], boxes[token * 3 % 5]
            one.submit([b"frame %d" % token], other.where, token)
            if token % 50 == 0:
                network.cut(one.where, other.where, for_s=1.5)
            for box in boxes:
                for event in box.wait(0.05):
                    network.note(box.where, type(event).__name__)
        for box in boxes:
            box.close()


def one_way(network: MemoryNetwork, ordered: bool, frames: list[bytes]) -> Post:
    post = Post(
        (MemoryTransport if ordered else MemoryDatagramTransport)(network),
        lambda: network.now,
    )
    ann, bob = post.open(), post.open()
    for frame in frames:
        post.send(ann, frame, bob.where)
    while network.step() or ann.look(0) or bob.look(0):
        pass
    return post


def test_the_same_seed_gives_the_same_log_and_another_seed_another() -> None:
    hashes = []
    for seed in (1, 1, 2):
        network = MemoryNetwork(seed, EVERYTHING)
        chatter(network)
        assert {"break", "swallow", "fail", "lose", "cut"} <= {entry[1] for entry in network.log}
        hashes.append(network.log_hash())
    assert hashes[0] == hashes[1] != hashes[2]


def test_frames_without_conversation_are_lost_doubled_and_overtake_each_other() -> None:
    frames = numbered(1_000)
    network = MemoryNetwork(3, Faults(loss=0.1, duplication=0.1, delay_s=(0.0, 1.0)))
    ann, bob = one_way(network, False, frames).boxes
    assert len(ann.outcomes) == 1_000
    came = Counter(bob.frames)
    assert 50 < 1_000 - len(came) < 200
    assert 50 < sum(count > 1 for count in came.values()) < 200
    assert bob.frames != sorted(bob.frames)


def test_a_loss_in_a_conversation_loses_the_conversation_on_both_sides() -> None:
    network = MemoryNetwork(3, Faults(loss=0.01, delay_s=(0.0, 0.1)))
    frames = numbered(1_000)
    post = Post(MemoryTransport(network), lambda: network.now)
    ann, bob = post.open(), post.open()
    for frame in frames:
        post.send(ann, frame, bob.where)
        network.advance(network.now + 0.05)
        post.attend()
        if ann.lost:
            break
    post.until(lambda: bob.lost, "the other side hears of the end, too")
    assert [lost.place for lost in ann.lost] == [bob.where]
    assert [lost.peer for lost in bob.lost] == bob.peers[:1]
    assert 0 < len(bob.frames) < len(ann.outcomes) < 1_000
    assert bob.frames == frames[: len(bob.frames)], "what did arrive is to be the beginning"


def test_a_cut_ends_conversations_and_lets_no_new_one_begin_until_it_is_over() -> None:
    network = MemoryNetwork()
    post = Post(MemoryTransport(network), lambda: network.now)
    ann, bob, eve = post.open(), post.open(), post.open()
    callee, _ = post.introduce(ann, bob)
    network.cut(bob.where, ann.where, for_s=10)
    post.send(ann, b"into the cut", callee)
    post.until(lambda: ann.lost and bob.lost, "both hear of the end")
    token = post.send(ann, b"once more", bob.where)
    post.until(lambda: ann.fate(token), "the outcome is reported")
    assert not getattr(ann.fate(token), "gone", True)
    post.introduce(ann, eve)
    network.advance(10)
    post.introduce(ann, bob)


def test_a_cut_swallows_frames_without_conversation() -> None:
    network = MemoryNetwork()
    network.cut("m1", "m2", for_s=10)
    ann, bob = one_way(network, False, numbered(5)).boxes
    assert (len(ann.outcomes), bob.frames) == (5, [])


@pytest.mark.parametrize("ordered", [True, False])
def test_whoever_refuses_is_not_gone(ordered: bool) -> None:
    ann, bob = one_way(MemoryNetwork(0, Faults(refusal=1.0)), ordered, [b"frame"]).boxes
    [[outcome]] = ann.outcomes.values()
    assert not getattr(outcome, "gone", True)
    assert bob.frames == []


def test_nothing_takes_real_time() -> None:
    network = MemoryNetwork(0, Faults(delay_s=(3600.0, 7200.0)))
    one_way(network, True, numbered(100))
    assert network.now > 3600


def test_a_simulation_sees_one_thing_happen_at_a_time() -> None:
    network = MemoryNetwork(0, Faults(delay_s=(1.0, 1.0)))
    transport = MemoryTransport(network)
    ann, bob = transport.open(), transport.open()
    happened = []
    network.schedule(1.5, lambda: happened.append("half past one"))
    ann.submit([b"frame"], bob.where, 1)
    assert (network.next_at, bool(bob.wait(0))) == (1.0, False)
    assert network.step()
    assert list(bob.wait(0)) == []
    assert network.step()
    assert (network.now, happened) == (1.5, ["half past one"])
    assert network.step()
    assert (network.now, len(bob.wait(0))) == (2.0, 1)
    assert not network.step()


def test_a_wait_that_nobody_can_end_raises_in_the_end() -> None:
    endpoint = MemoryTransport(MemoryNetwork(real_patience_s=0.01)).open()
    with pytest.raises(RuntimeError, match="m1 waits for ever"):
        endpoint.wait(None)


@pytest.mark.parametrize("given", [{"loss": 1.1}, {"refusal": -0.1}, {"delay_s": (2.0, 1.0)}])
def test_faults_that_cannot_be_are_refused(given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        Faults(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("port", ["1900", 0, -1, 70_000, True, None, 1.5])
def test_an_admin_port_that_is_none_is_refused_by_name(port: object) -> None:
    with pytest.raises(ValueError, match="Admin Port") as caught:
        MemoryTransport().resolve({"Admin Port": port})
    assert repr(port) in str(caught.value)
