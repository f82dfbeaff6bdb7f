"""Whatever happens, and in whatever order: what is always true of a group, and who is told."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from plugins.director.tests.machine.world import World
from thespian_director.machine.effects import Effect, Read, Unload

MAIN = {"OnLoad": {"Role": "main", "Message": "load"}}
VERSIONS = st.sampled_from(["v1", "v2", "v3"])
EVENTS = st.one_of(
    st.tuples(st.just("load"), VERSIONS),
    st.tuples(st.just("accept"), VERSIONS),
    st.tuples(st.just("lose"), VERSIONS),
    st.tuples(st.just("unload"), VERSIONS),
    st.tuples(st.just("define"), st.sampled_from([False, True, 2])),
    st.tuples(st.sampled_from(["live", "fail", "exit", "exit any"]), st.integers(0, 9)),
    st.tuples(st.just("pass time"), st.sampled_from([0.5, 2.0, 70.0])),
)


def happens(world: World, what: str, which: Any) -> int:
    """Let one thing happen; return how many reports were asked for."""
    loading = world.group()["Loading"]
    match what:
        case "load":
            answers = world.load(f"{which}.tls")
            return sum(each["DirectorResponse"] == "SourceLoading" and each["Success"] for each in answers)
        case "accept" | "lose" if which in loading:
            world.accept(which) if what == "accept" else world.lose(which)
        case "lose" if which in world.group()["Loaded"]:
            world.lose(which)
        case "unload":
            world.ask("UnloadSource", SourceHash=which)
        case "define":
            world.define(auto_unload=which, Main=MAIN, Other=None)
        case "live" | "fail" | "exit" if world.greeted:
            name = world.greeted.pop(which % len(world.greeted))
            {"live": world.live, "exit": world.exit}.get(what, lambda n: world.fail(n, "why not"))(name)
        case "exit any":
            living = [run["ActorAddress"] for runs in world.group()["Running"].values() for run in runs]
            if living and (address := living[which % len(living)]) is not None:
                world.exit(address.key)
        case "pass time":
            world.pass_time(which)
    return 0


def check(world: World) -> None:
    """Fail when something is not as it must always be."""
    group = world.group()
    loaded, loading = group["Loaded"], group["Loading"]
    assert len(set(loaded) | set(loading)) == len(loaded) + len(loading)
    # One version works as long as there is one; none that is on its way does.
    assert (group["ActiveHash"] in loaded) if loaded else group["ActiveHash"] is None
    assert list(group["Running"]) == loaded
    addresses = [run["ActorAddress"] for runs in group["Running"].values() for run in runs]
    living = [address for address in addresses if address is not None]
    assert len(set(living)) == len(living)
    assert not {address.key for address in living} & set(world.ended)


@given(st.lists(EVENTS, max_size=40))
def test_a_group_is_always_in_order_and_every_load_is_reported_once(events: list[tuple[str, Any]]) -> None:
    world = World()
    world.accepts = world.starts = False
    world.define(Main=MAIN, Other=None)
    asked = 0
    for what, which in events:
        asked += happens(world, what, which)
        check(world)
    # Let everything come to its end: sources are accepted, and who does not answer is given up.
    for _ in range(4):
        for source_hash in world.group()["Loading"]:
            world.accept(source_hash)
        world.pass_time(70.0)
        check(world)
    assert world.group()["Loading"] == []
    assert sum(each["DirectorResponse"] == "SourceLoaded" for each in world.heard("program")) == asked


class LateWorld(World):
    """A world whose system tells later what has become of sources, in that order.

    Attributes:
        pending: sources that are not decided on.
        valid: those that were accepted.
        notices: what the Director has not heard of yet: a hash, and whether the source can be used.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pending: set[str] = set()
        self.valid: set[str] = set()
        self.notices: list[tuple[str, bool]] = []

    def decide(self, source_hash: str, accepts: bool) -> None:
        """The source authority decides, if it was asked."""
        if source_hash in self.pending:
            self.pending.remove(source_hash)
            self.valid |= {source_hash} if accepts else set()
            self.notices.append((source_hash, accepts))

    def hear(self) -> None:
        """The Director hears the oldest notice, if there is one."""
        if self.notices:
            source_hash, is_valid = self.notices.pop(0)
            (self.accept if is_valid else self.lose)(source_hash)

    def _carry_out(self, effect: Effect) -> list[Effect]:
        match effect:
            case Read(path=path):
                source_hash = path.partition(".")[0]
                self.pending |= {source_hash} - self.valid
                return self.machine.loading(effect, source_hash, self.now)
            case Unload(source_hash=source_hash):
                if source_hash in self.pending | self.valid:
                    self.pending.discard(source_hash)
                    self.valid.discard(source_hash)
                    self.notices.append((source_hash, False))
                return []
        return super()._carry_out(effect)


LATE_EVENTS = st.tuples(
    st.sampled_from(["load", "unload", "accepted", "rejected", "heard"]), st.sampled_from(["v1", "v2"])
)


@given(st.sampled_from([False, True]), st.lists(LATE_EVENTS, max_size=20))
@example(False, [("load", "v1"), ("unload", "v1"), ("load", "v1")])
@example(False, [("load", "v1"), ("accepted", "v1"), ("unload", "v1"), ("load", "v1")])
def test_a_director_that_has_heard_everything_knows_what_the_system_has(
    auto_unload: bool, events: list[tuple[str, str]]
) -> None:
    world = LateWorld()
    world.define(auto_unload=auto_unload, Main=None)
    for what, which in events:
        match what:
            case "load" if which not in world.group()["Loading"]:
                world.load(f"{which}.tls")
            case "unload":
                world.ask("UnloadSource", SourceHash=which)
            case "heard":
                world.hear()
            case "accepted" | "rejected":
                world.decide(which, what == "accepted")
    while world.notices:
        world.hear()
    group = world.group()
    assert (set(group["Loading"]), set(group["Loaded"])) == (world.pending, world.valid)
    assert world.ask("RetrieveAll")[0]["Others"] == {}
