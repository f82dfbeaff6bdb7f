"""Several mailboxes write to each other on a bad network, and everything is accounted for."""

from __future__ import annotations

from itertools import count

import pytest

from plugins.multiproc.tests.protocol.simulation import Simulation
from thespian_multiproc.protocol.greetings import GREETING_S, MOST_GREETINGS
from thespian_multiproc.protocol.session_effects import Drop, Effect, Submit
from thespian_multiproc.protocol.sessions import Sessions
from thespian_multiproc.transport.interface import Event, Lost, Received, Sent
from thespian_multiproc.transport.memory import NO_FAULTS, Faults

NAMES = ("ann", "bob", "cid", "dan")
BAD = Faults(loss=0.05, duplication=0.2, delay_s=(0.0, 0.3), refusal=0.1)
LOSSY = Faults(loss=0.2, duplication=0.2, delay_s=(0.0001, 0.002))
SETTLED_S = 120.0


def chatter(seed: int, ordered: bool, faults: Faults = BAD, kill: str | None = None) -> Simulation:
    """Let everybody write to everybody while things go wrong, then let things go right."""
    simulation = Simulation(seed, ordered, faults, NAMES)
    dice = simulation.random
    for number in range(40):
        living = [name for name, member in simulation.members.items() if member.alive]
        for _ in range(dice.randrange(6)):
            sender, to = dice.sample(living, 2)
            simulation.send(
                sender,
                to,
                b"%s to %s %d " % (sender.encode(), to.encode(), number) + b"x" * dice.randrange(200),
            )
        if dice.random() < 0.1:
            one, other = dice.sample(list(simulation.members.values()), 2)
            simulation.network.cut(one.endpoint.where, other.endpoint.where, dice.random() * 3)
        if kill is not None and number == 25:
            simulation.kill(kill)
        simulation.run(dice.random())
    simulation.network.faults = NO_FAULTS
    simulation.run(SETTLED_S)
    return simulation


def check(simulation: Simulation) -> None:
    """Each message has exactly one fate, and what arrived is in order."""
    for (sender, to), sent in simulation.sent.items():
        seen = simulation.members[to].seen.get(sender, [])
        assert seen == sent[: len(seen)], (sender, to)
        if simulation.members[sender].alive and simulation.members[to].alive:
            assert len(seen) == len(sent), (sender, to, len(seen), len(sent))
        elif simulation.members[sender].alive:
            lifeless = simulation.members[sender].lifeless.get(to, [])
            assert sent[len(sent) - len(lifeless) :] == lifeless
            assert len(seen) + len(lifeless) >= len(sent)  # in doubt: it came in, and nobody heard so


def test_where_a_fifth_is_lost_no_wait_grows_from_one_loss_to_the_next() -> None:
    for seed in range(100):
        simulation = Simulation(seed, False, LOSSY, NAMES[:2])
        for number in range(4):
            began = simulation.network.now
            simulation.send("ann", "bob", b"%d" % number)
            while len(simulation.members["bob"].seen.get("ann", [])) <= number:
                simulation.run(0.01)
                assert simulation.network.now - began < 2.0, (seed, number)


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("seed", range(10))
def test_everything_arrives_whatever_the_network_does(seed: int, ordered: bool) -> None:
    check(chatter(seed, ordered))


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("seed", range(10))
def test_when_one_is_killed_its_mail_is_accounted_for_and_the_others_go_on(seed: int, ordered: bool) -> None:
    check(chatter(seed, ordered, kill="bob"))


@pytest.mark.slow
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("fifty", range(4))
def test_fifty_seeds_lose_nothing(ordered: bool, fifty: int) -> None:
    for seed in range(100 + 50 * fifty, 150 + 50 * fifty):
        check(chatter(seed, ordered, kill="bob" if seed % 2 else None))


@pytest.mark.parametrize("ordered", [True, False])
def test_the_same_seed_gives_the_same_story(ordered: bool) -> None:
    one, two, other = (chatter(seed, ordered).network.log_hash() for seed in (3, 3, 4))
    assert one == two
    assert one != other


@pytest.mark.parametrize("ordered", [True, False])
def test_when_both_begin_at_once_they_still_understand_each_other(ordered: bool) -> None:
    simulation = Simulation(1, ordered, NO_FAULTS, ("ann", "bob"))
    simulation.send("ann", "bob", b"from ann")
    simulation.send("bob", "ann", b"from bob")
    simulation.run(10)
    check(simulation)


@pytest.mark.parametrize("ordered", [True, False])
def test_an_admin_known_by_its_place_is_reached_and_known_by_its_id_from_then_on(ordered: bool) -> None:
    simulation = Simulation(1, ordered, NO_FAULTS, ("program", "admin"))
    program, admin = simulation.members["program"], simulation.members["admin"]
    place = admin.endpoint.where
    simulation._carry_out(program, program.sessions.send("", place, b"one", 0.0))
    simulation.run(5)
    simulation.send("program", "admin", b"two")
    simulation.send("admin", "program", b"answer")
    simulation.run(5)
    assert admin.seen == {"program": [b"one", b"two"]}
    assert program.seen == {"admin": [b"answer"]}


@pytest.mark.parametrize("ordered", [True, False])
def test_mail_for_a_mailbox_that_somebody_else_has_now_is_lifeless(ordered: bool) -> None:
    simulation = Simulation(1, ordered, NO_FAULTS, ("ann", "bob"))
    ann = simulation.members["ann"]
    where = simulation.members["bob"].endpoint.where
    simulation._carry_out(ann, ann.sessions.send("who had it before", where, b"lost", 0.0))
    simulation.run(10)
    assert ann.lifeless == {"who had it before": [b"lost"]}
    assert simulation.members["bob"].seen == {}


def neighbours(ordered: bool, seed: int = 1) -> Simulation:
    """Let ann know bob, in whose place eve is by now."""
    simulation = Simulation(seed, ordered, NO_FAULTS, ("ann", "bob"))
    simulation.send("ann", "bob", b"hello")
    simulation.send("bob", "ann", b"hello")
    simulation.run(5)
    simulation.move_in("eve", after="bob")
    return simulation


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("greeter", ["ann", "eve", "both"])
def test_whoever_has_the_place_of_another_is_not_taken_for_it(ordered: bool, greeter: str) -> None:
    simulation = neighbours(ordered)
    for _ in range(3):
        if greeter != "eve":
            simulation.send("ann", "eve", b"new here?" * 50)
        if greeter != "ann":
            simulation.send("eve", "ann", b"new here!" * 50)
        simulation.run(5)
    simulation.send("eve", "ann", b"how do you do")
    simulation.send("ann", "eve", b"well")
    simulation.run(5)
    check(simulation)
    assert simulation.members["eve"].seen == {"ann": simulation.sent[("ann", "eve")]}


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("eves_mail_first", [True, False])
def test_mail_for_who_had_a_place_before_harms_no_mail_for_who_has_it(
    ordered: bool, eves_mail_first: bool
) -> None:
    simulation = neighbours(ordered)
    for number in range(3):
        for to in ("eve", "bob") if eves_mail_first else ("bob", "eve"):
            simulation.send("ann", to, b"%d" % number * 200)
        simulation.send("eve", "ann", b"%d" % number * 200)
        simulation.run(number * 3)
    simulation.run(30)
    check(simulation)
    assert simulation.members["ann"].lifeless["bob"] == simulation.sent[("ann", "bob")][1:]


@pytest.mark.slow
def test_places_that_change_hands_confuse_nobody_on_a_bad_line() -> None:
    for seed in range(60):
        simulation = neighbours(False, seed)
        simulation.network.faults = BAD
        dice = simulation.random
        for _ in range(10):
            for sender, to in (("ann", "eve"), ("eve", "ann"), ("ann", "bob")):
                for _ in range(dice.randrange(3)):
                    simulation.send(sender, to, b"x" * dice.randrange(500))
            simulation.run(dice.random())
        simulation.network.faults = NO_FAULTS
        simulation.run(SETTLED_S)
        check(simulation)


@pytest.mark.parametrize("ordered", [True, False])
def test_another_key_gets_nothing_through_and_is_complained_of(ordered: bool) -> None:
    simulation = Simulation(1, ordered, NO_FAULTS, ("ann", "eve"), keys={"eve": b"e" * 32})
    simulation.send("eve", "ann", b"let me in")
    simulation.send("ann", "eve", b"hello")
    simulation.run(30)
    assert simulation.members["ann"].seen == simulation.members["eve"].seen == {}
    assert any("key" in reason for reason in simulation.members["eve"].complaints)


def test_rubbish_from_a_stranger_is_dropped_and_harms_nobody() -> None:
    simulation = Simulation(1, True, NO_FAULTS, ("ann", "bob"))
    ann, bob = simulation.members["ann"], simulation.members["bob"]
    for number, rubbish in enumerate(
        (b"", b"GET / HTTP/1.1\r\n\r\n", b"THSP" + bytes(252), b"D" + bytes(40))
    ):
        stranger = type(ann.endpoint)(simulation.network, simulation.network.reserve(None), None)
        stranger.submit([rubbish], ann.endpoint.where, number)
    simulation.run(1)
    assert len(ann.complaints) == 4
    simulation.send("bob", "ann", b"still there?")
    simulation.run(5)
    check(simulation)
    assert bob.complaints == []


class Mailbox:
    """One mailbox whose frames a test carries by hand."""

    def __init__(self, name: str) -> None:
        nonces = count(1)
        self.sessions = Sessions(b"k" * 32, name, True, False, lambda: next(nonces).to_bytes(32, "big"))

    def hears(self, event: Event) -> list[Effect]:
        """Return what it does about something."""
        return self.sessions.happened(event, 1.0)


def submitted(effects: list[Effect]) -> Submit:
    """Return the one frame that is submitted."""
    (frame,) = [effect for effect in effects if isinstance(effect, Submit)]
    return frame


def whole(frame: Submit) -> bytes:
    """Return a frame in one piece."""
    return b"".join(frame.frame)


def test_no_attempt_shares_the_conversation_of_one_that_is_over() -> None:
    ann, bob = Mailbox("ann"), Mailbox("bob")
    first = submitted(ann.sessions.send("bob", "bob's", b"hi", 0.0))  # it takes long to leave
    # Meanwhile bob has greeted, and ann takes part in that.
    greeting = submitted(bob.sessions.send("ann", "ann's", b"hello", 0.0))
    bob.hears(Sent(greeting.token, "to ann"))
    challenge = submitted(ann.hears(Received(whole(greeting), "from bob")))
    proof = submitted(bob.hears(Received(whole(challenge), "to ann")))
    ann.hears(Received(whole(proof), "from bob"))
    # That conversation breaks, and ann's message is still owed.
    assert ann.hears(Lost("from bob")) == []
    effects = ann.hears(Sent(first.token, "to bob"))
    assert effects[0] == Drop("to bob")
    assert submitted(effects).to == "bob's"


def test_only_so_many_conversations_are_begun_at_a_time_and_who_is_busy_holds_no_one_up() -> None:
    ann = Mailbox("ann").sessions
    begun = [submitted(ann.send(f"m{n}", f"place {n}", b"hi", 0.0)).to for n in range(MOST_GREETINGS)]
    assert begun == [f"place {n}" for n in range(MOST_GREETINGS)]
    assert ann.send("late", "late's place", b"hi", 0.0) == []
    assert ann.next_tick == GREETING_S
    assert submitted(ann.tick(GREETING_S)).to == "late's place"
