"""All conversations of one mailbox: who is at the other end, and the link that each carries.

The other end of a link is a *correspondent*: a mailbox with an id, or an admin of which only the place
is known until it has proved its id. A correspondent has one link for ever, and at most one conversation
that carries it. A conversation begins with a handshake, and whoever has mail begins it.

Which conversations begin when is told in ``greetings``, and who is forgotten in ``departures``.

When both begin at once, the one with the greater id wins: it drops the other's attempt, and the other
takes part in its. When a correspondent begins anew though a conversation is open, it has lost that
one, and the new one takes over.

Where there are no connections, a peer is an address, and addresses are used again: somebody else may answer,
or greet, where a correspondent was known. So beside the conversation that an address has, there may be
attempts to reach others there. Whoever was the last to prove its id has the address; who had it before
has vanished.

Pure: events and times come in, effects go out; nonces come from a function that is given.

Longer than 300 lines because a conversation's begin, end and replacement are one machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import Any

from thespian_multiproc.protocol.agenda import Agenda
from thespian_multiproc.protocol.correspondents import Correspondent, Talk
from thespian_multiproc.protocol.departures import Departures
from thespian_multiproc.protocol.effects import Dead, Deliver, Doubt, Open, Poisoned, Transmit
from thespian_multiproc.protocol.effects import Effect as LinkEffect
from thespian_multiproc.protocol.fields import kind_of
from thespian_multiproc.protocol.frames import Malformed, parse
from thespian_multiproc.protocol.greetings import Greetings
from thespian_multiproc.protocol.handshake import (
    Established,
    Failed,
    Initiator,
    Outcome,
    Responder,
    Say,
    TargetGone,
)
from thespian_multiproc.protocol.limits import Limits
from thespian_multiproc.protocol.link import Link, State
from thespian_multiproc.protocol.looselink import LooseLink
from thespian_multiproc.protocol.outbox import Load
from thespian_multiproc.protocol.packets import parse_packet
from thespian_multiproc.protocol.roundtrips import RoundTrips
from thespian_multiproc.protocol.sealing import Seal
from thespian_multiproc.protocol.session_effects import (
    Admit,
    Complaint,
    Doubtful,
    Drop,
    Effect,
    Incoming,
    Lifeless,
    Submit,
)
from thespian_multiproc.transport.interface import (
    Buffer,
    Event,
    Frame,
    Lost,
    Peer,
    Received,
    Sent,
    Undeliverable,
)

STRANGER_LIMIT_S = 15.0  # our choice: so long has somebody to prove himself, or to make good what went wrong
# Our choice: so long does who has begun wait on transports that lose frames. To begin anew costs all that was
# said before, and with hundreds of processes for each core, a step takes many seconds.
GREETER_LIMIT_S = 120.0
SAY_AGAIN_AFTER_S = 0.05  # on transports that lose frames, the first time; then twice as long each time
SAY_AGAIN_AT_MOST_S = 2.0  # the longest such wait, unless answers take longer
MOST_PROOFS = 3  # times that a proof is said before it is greeted anew
MOST_UNANSWERED = 10  # times that a link has sent again without an answer: about 12 s
_IN_CONVERSATION = (b"D", b"A")  # what the frames of an open conversation begin with; see ``frames``
MOST_STRANGERS = 1024  # conversations whose other side has proved nothing; the oldest goes first


class Sessions:
    """The conversations of one mailbox.

    Args:
        key: the system's secret.
        me: this mailbox's id.
        ordered: whether the transport keeps order and loses nothing within a conversation.
        sealed: whether every frame carries a code.
        new_nonce: gives 32 random bytes, never the same twice.
        limits: of the links.
    """

    def __init__(
        self,
        key: bytes,
        me: str,
        ordered: bool,
        sealed: bool,
        new_nonce: Callable[[], bytes],
        limits: Limits | None = None,
    ) -> None:
        self._key = key
        self._me = me
        self._ordered = ordered
        self._sealed = sealed
        self._parse: Callable[[Buffer], Any] = parse if ordered else parse_packet
        self._new_nonce = new_nonce
        self._limits = limits
        #: What waits to be sent.
        self.load = Load()
        self._agenda: Agenda[Correspondent | Talk] = Agenda()
        self._known: dict[str, Correspondent] = {}
        self._talks: dict[Talk, None] = {}
        self._strangers: dict[Talk, None] = {}
        self._trips = RoundTrips()
        self._greetings = Greetings(me, self._trips)
        self._departures = Departures()
        self._by_peer: dict[Peer, Talk] = {}
        self._attempts: dict[Peer, list[Talk]] = {}  # to reach others there than whose it is by ``_by_peer``
        self._tokens: dict[int, Talk] = {}
        #: For the outcome of the next frame that :meth:`transmit` returns.
        self.next_token = 1

    @property
    def next_tick(self) -> float:
        """When ``tick`` is to be called; infinite for never."""
        return self._agenda.next_at

    @property
    def unreceived(self) -> int:
        """How many messages have not come in at the other end, as far as is known."""
        return sum(one.link.unreceived for one in self._each())

    @property
    def owe_counters(self) -> bool:
        """Whether somebody could know more of how far this mailbox has come with its mail."""
        return any(one.link.owes_counters for one in self._each())

    @property
    def conversations(self) -> int:
        """How many are open."""
        return sum(talk.is_open for talk in self._talks)

    @property
    def suspicions(self) -> list[str]:
        """What is wrong with conversations that may yet open: frames say so that anybody can send."""
        return [talk.reason for talk in self._talks if talk.reason is not None and not talk.is_open]

    def unhandled(self) -> list[tuple[str, int]]:
        """Return how many messages wait to be handled by whom."""
        return [(one.name, one.link.kept_messages) for one in self._each() if one.link.kept_messages]

    def send(self, to: str, where: str, message: Buffer, now: float) -> list[Effect]:
        """Send a message to a mailbox.

        Args:
            to: its id; empty for an admin of which only the place is known.
            where: its place.
            message: encoded.
            now: the time.
        """
        one = self._known.get(to or where)
        if one is None:
            if (reason := self._departures.why(to)) is not None:
                return [Lifeless(to, 0, (message,), False, reason)]
            one = self._known[to or where] = self._new(to or where, to, where)
            one.is_watched = bool(to)
        if not one.where:
            one.where = where
        wanted = one.link.send(message, now)
        return self._carry_out(one, wanted, now) if wanted or one.link.due < one.noted_at else []

    def transmit(self, name: str, message: Buffer, now: float) -> tuple[Frame, Talk] | None:
        """Do what ``send`` does, in the usual case, at a fraction of its cost.

        Returns:
            The frame, and the conversation to submit it in under ``next_token``; say ``is_leaving`` unless
            it leaves at once. None when it is another case, and nothing has changed.
        """
        one = self._known.get(name)
        if one is None or not one.where:
            return None
        talk = one.talk
        if talk is None or not talk.is_open or talk.peer is None:
            return None
        frame = one.link.transmit(message, now)
        if frame is None:
            return None
        if talk.seal is not None:
            frame = talk.seal.close(frame)
        if one.link.due < one.noted_at:
            self._note(one)
        return frame, talk

    def is_leaving(self, talk: Talk) -> None:
        """What ``transmit`` returned was submitted, and its outcome is to come."""
        self._tokens[self.next_token] = talk
        self.next_token += 1
        if talk.one is not None:
            talk.one.link.is_leaving()

    def receive(self, frame: Buffer, peer: Peer, now: float) -> tuple[str, int, Sequence[Buffer]] | None:
        """Do what ``happened`` does with a frame, in the usual case, at a fraction of its cost.

        Returns:
            What has come in, as in :class:`Incoming`; None when it is another case, for ``happened``.
        """
        talk = self._by_peer.get(peer)
        if talk is None or not talk.is_open:
            return None
        one = talk.one
        if one is None or one.talk is not talk:
            return None
        content = frame if talk.seal is None else talk.seal.open(frame)
        if content is None:
            return None
        try:
            taken = one.link.takes(self._parse(content), now)
        except Malformed:
            return None
        if taken is None:
            return None
        if one.link.due < one.noted_at:
            self._note(one)
        return one.target or one.name, *taken

    def handled(self, correspondent: str, count: int, now: float) -> list[Effect]:
        """So many more messages of a correspondent have been handled, in order."""
        one = self._known.get(correspondent)
        if one is None:  # it is gone
            return []
        wanted = one.link.handled(count, now)
        return self._carry_out(one, wanted, now) if wanted or one.link.due < one.noted_at else []

    def tell(self, now: float) -> list[Effect]:
        """Tell all others now how far this mailbox has come: it is about to be given up."""
        return [effect for one in self._each() for effect in self._carry_out(one, one.link.tell(now), now)]

    def left(self, token: int, now: float) -> list[Effect]:
        """A frame that was submitted to a peer has left."""
        talk = self._tokens.pop(token, None)
        if talk is None or not talk.is_open or talk not in self._talks:
            return []
        one = talk.one
        if one is None or one.talk is not talk:
            return []
        return self._carry_out(one, one.link.left(now), now)

    def lives(self, correspondent: str, now: float) -> list[Effect]:
        """A correspondent that was in doubt is known to exist."""
        one = self._known.get(correspondent)
        return [] if one is None else self._carry_out(one, one.link.lives(now), now)

    def unknown(self, correspondent: str) -> list[Effect]:
        """Nobody knows a correspondent: one that cannot be found either is gone."""
        one = self._known.get(correspondent)
        if one is None or one.link.state is not State.DOUBTED:
            return []
        return self._bury(one, "nobody has the mailbox any more")

    def died(self, correspondent: str, handled: int, begun: int, reason: str, now: float) -> list[Effect]:
        """A correspondent is known to be gone for ever, having come so far.

        If it has left by itself, it may wait to hear that its last words came in; so that is told first.
        """
        one = self._known.get(correspondent)
        if one is None:
            return []
        last = self._carry_out(one, one.link.tell(now), now)
        return [*last, *self._bury(one, reason, handled, begun)]

    def happened(self, event: Event, now: float) -> list[Effect]:
        """Something has happened in the transport."""
        effects = self._happened(event, now)
        return effects + self._begin_next(now) if self._greetings else effects

    def _happened(self, event: Event, now: float) -> list[Effect]:
        match event:
            case Received(frame, peer):
                return self._received(frame, peer, now)
            case Sent(token, peer):
                talk = self._tokens.get(token)
                if talk is not None and talk.peer is None:
                    self._greetings.has_met(talk)
                    if talk not in self._talks:
                        del self._tokens[token]
                        return [] if peer in self._by_peer else [Drop(peer)]
                    self._tokens[token] = self._met(talk, peer)
                return self.left(token, now)
            case Undeliverable(token, reason, gone):
                talk = self._tokens.pop(token, None)
                if talk is not None:
                    self._greetings.has_met(talk)
                if talk is not None and talk in self._talks:
                    is_gone = gone and talk.one is not None and bool(talk.one.target)
                    return self._ended(talk, now, reason if is_gone else None)
            case Lost(peer):
                if peer in self._by_peer:
                    return self._ended(self._by_peer[peer], now)
        return []

    def tick(self, now: float) -> list[Effect]:
        """Time has passed: do what is due."""
        effects: list[Effect] = []
        for item in self._agenda.due(now):
            effects += self._tick_talk(item, now) if isinstance(item, Talk) else self._tick_link(item, now)
        return effects + self._begin_next(now) if self._greetings else effects

    def _tick_talk(self, talk: Talk, now: float) -> list[Effect]:
        if talk.is_open or talk not in self._talks:
            return []
        effects: list[Effect] = []
        self._greetings.tick(talk, now)
        if now >= talk.until:
            return [*self._complain(talk), *self._drop(talk), *self._ended(talk, now)]
        is_late = talk.say_again_at is not None and now >= talk.say_again_at
        if is_late and not self._trips.may_ask_again(now):
            talk.say_again_at = self._trips.next_turn_at
        elif is_late and talk.said is not None:
            if talk.said_times >= MOST_PROOFS and talk.initiator is not None:
                talk.said = talk.initiator.begin()  # the other side may have forgotten that it was greeted
            effects.append(self._say(talk, talk.said, now, talk.said_times))
        self._note_talk(talk)
        return effects

    def _tick_link(self, one: Correspondent, now: float) -> list[Effect]:
        one.noted_at = inf
        effects: list[Effect] = []
        if one.talk is not None and one.talk.is_open and one.link.unanswered >= MOST_UNANSWERED:
            effects += [*self._drop(one.talk), *self._ended(one.talk, now)]  # it may have lost its side
        effects += self._carry_out(one, one.link.tick(now), now)
        return effects

    # Conversations

    def _begin(self, one: Correspondent, now: float) -> list[Effect]:
        self._departures.speaks(one)
        if not self._greetings.is_wanted(one):
            return []
        initiator = Initiator(self._key, self._me, one.target, self._new_nonce(), self._counters)
        # A busy process is silent; only datagrams need an end, for who began may have been forgotten.
        until = inf if self._ordered else now + GREETER_LIMIT_S
        one.talk = talk = Talk(until, initiator=initiator, one=one)
        self._talks[talk] = None
        self._greetings.has_begun(talk, one.where, now)
        effect = self._say(talk, initiator.begin(), now)
        self._note_talk(talk)
        return [effect]

    def _begin_next(self, now: float) -> list[Effect]:
        effects: list[Effect] = []
        for one in self._greetings.next_ones():
            if one.talk is None and one.link.state is State.CLOSED:  # else it began itself, or is gone
                effects += self._begin(one, now)
        return effects

    def _note_talk(self, talk: Talk) -> None:
        at = min(talk.until, talk.say_again_at or inf, self._greetings.due(talk))
        if at < inf:
            self._agenda.note(talk, at)

    def _met(self, talk: Talk, peer: Peer) -> Talk:
        """Learn the peer of a conversation that was begun with a place; it may have greeted meanwhile."""
        talk.peer = peer
        other = self._by_peer.get(peer)
        if other is None:
            self._by_peer[peer] = talk
        elif other.is_open and other.one is talk.one:
            self._forget(talk)
            return other
        elif other.one is not None and other.one is not talk.one:
            self._attempts.setdefault(peer, []).append(talk)
        else:
            talk.responder = other.responder
            self._talks.pop(other, None)
            self._strangers.pop(other, None)
            self._by_peer[peer] = talk
        return talk

    def _received(self, frame: Buffer, peer: Peer, now: float) -> list[Effect]:
        talk = self._by_peer.get(peer)
        if talk is not None and talk.is_open and talk.seal is None and frame[:1] in _IN_CONVERSATION:
            one = talk.one  # the usual case
            if one is not None and one.talk is talk:
                try:
                    return self._carry_out(one, one.link.arrived(parse(frame), now), now)
                except Malformed as why:
                    return self._fail(talk, str(why), now)
        effects: list[Effect] = []
        if talk is None:
            talk = self._by_peer[peer] = Talk(now + STRANGER_LIMIT_S, peer)
            self._talks[talk] = self._strangers[talk] = None
            self._agenda.note(talk, talk.until)
            if len(self._strangers) > MOST_STRANGERS:
                effects = self._drop(next(iter(self._strangers)))
        if (kind := kind_of(frame)) is not None:
            return effects + self._shake(talk, kind, bytes(frame), now)
        one = talk.one
        if one is None:
            return effects + self._fail(talk, "what came is no Thespian handshake", now)
        if not talk.is_open or one.talk is not talk:
            return effects  # it came before the welcome, or in a conversation that is over
        content = frame if talk.seal is None else talk.seal.open(frame)
        try:
            if content is None:
                raise Malformed("the code of a frame is wrong")
            return effects + self._carry_out(one, one.link.arrived(self._parse(content), now), now)
        except Malformed as why:
            return effects + self._fail(talk, str(why), now)

    def _shake(self, talk: Talk, kind: bytes, frame: bytes, now: float) -> list[Effect]:
        if kind == b"H" and (talk.responder is None or not talk.responder.was_greeted_by(frame)):
            talk.responder = Responder(self._key, self._me, self._new_nonce(), self._counters)
        outcome: Outcome = Failed(None, "a frame came out of turn")
        if kind in (b"H", b"P"):
            if talk.responder is not None:
                outcome = talk.responder.handle(frame)
        else:
            attempts = self._attempts.get(talk.peer, ()) if talk.peer is not None else ()
            if talk.is_open and not attempts:
                return []  # an answer, once more; or one to a greeting that was answered twice
            for attempt in (talk, *attempts):
                if attempt.initiator is not None and not attempt.is_open:
                    outcome = attempt.initiator.handle(frame)
                    if not isinstance(outcome, Failed):
                        talk = attempt
                        break
        match outcome:
            case Say(answer) if kind == b"H":
                return self._yield_or(talk, self._submit(talk, [answer]))
            case Say(answer):
                if answer == talk.said:
                    return []  # the same once more; it is said again in its time
                self._learn(talk, now)
                return [self._say(talk, answer, now)]
            case Established(answer) if outcome is talk.opened_by and answer is not None:
                return [self._submit(talk, [answer])]  # it did not hear the welcome
            case Established():
                if kind == b"W":
                    self._learn(talk, now)
                return self._open(talk, outcome, kind == b"W", now)
            case TargetGone():
                return [*self._drop(talk), *self._ended(talk, now, "the mailbox is gone")]
            case Failed(answer, reason):
                effects = [] if answer is None else [self._submit(talk, [answer])]
                return effects + self._fail(talk, reason, now)
        return []

    def _yield_or(self, talk: Talk, answer: Effect) -> list[Effect]:
        """Answer a greeting, unless this side has greeted too and its attempt is the one that counts."""
        assert talk.responder is not None
        other = self._known.get(talk.responder.peer_id)
        mine = None if other is None else other.talk
        if mine is None or mine.is_open or mine.initiator is None or self._me < talk.responder.peer_id:
            return [answer]
        if talk.one is None:
            return self._drop(talk)
        talk.responder = None
        return []

    def _open(self, talk: Talk, told: Established, began: bool, now: float) -> list[Effect]:
        if self._departures.why(told.peer_id) is not None:  # what its last words were is known
            return [] if talk.is_open else self._drop(talk)
        effects: list[Effect] = []
        if talk.one is not None and talk.one.target not in ("", told.peer_id):
            talk = self._moved_in(talk)
        if talk.peer is not None and (other := self._by_peer.get(talk.peer)) is not talk:
            self._forget(talk)
            self._talks[talk] = None
            self._by_peer[talk.peer] = talk
            if other is not None:
                if other.is_open:
                    effects += self._ended(other, now, "somebody else has the mailbox's place")
                else:
                    self._attempts.setdefault(talk.peer, []).append(other)
        one = talk.one or self._known.get(told.peer_id) or self._new(told.peer_id, told.peer_id, "")
        before = self._known.setdefault(told.peer_id, one)
        if told.frame is not None:
            effects.append(self._submit(talk, [told.frame]))
        moved: Sequence[Buffer] = ()
        if before is not one:  # an admin that was written to by its place, and has written meanwhile
            moved = [m for dead in one.link.gone() if isinstance(dead, Dead) for m in dead.messages]
            self._known[one.name] = before
            before.is_watched = before.is_watched and one.is_watched
            one = before
        one.target = told.peer_id
        if one.talk is not None and one.talk is not talk:
            effects += self._drop(one.talk)
        one.talk, talk.one, talk.is_open, talk.opened_by, talk.say_again_at = talk, one, True, told, None
        self._greetings.is_over(talk)
        self._strangers.pop(talk, None)
        self._departures.speaks(one)
        talk.seal = Seal(told.session_key, began) if self._sealed else None
        if talk.peer is not None:
            effects.append(Admit(talk.peer))
        try:
            effects += self._carry_out(one, one.link.opened(told.received, told.handled, now), now)
        except Malformed as why:
            return effects + self._fail(talk, str(why), now)
        for message in moved:
            effects += self._carry_out(one, one.link.send(message, now), now)
        if not self._ordered and one.is_watched:  # without a connection, who has gone for ever ends nothing
            effects += map(Doubtful, self._departures.quiet(one))
        return effects

    def _moved_in(self, talk: Talk) -> Talk:
        """Return a conversation for who has greeted from the address of somebody else's."""
        talk.responder, responder = None, talk.responder
        return Talk(inf, talk.peer, responder=responder)

    def _fail(self, talk: Talk, reason: str, now: float) -> list[Effect]:
        is_first, talk.reason = talk.reason is None, reason
        if not self._ordered:  # anybody can throw a datagram in, and old ones turn up late: this ends nothing
            if is_first and not talk.is_open:
                talk.until = min(talk.until, now + STRANGER_LIMIT_S)
                self._note_talk(talk)
            return []
        return [*self._complain(talk), *self._drop(talk), *self._ended(talk, now)]

    def _complain(self, talk: Talk) -> list[Effect]:
        where = "" if talk.one is None else talk.one.where
        return [] if talk.reason is None else [Complaint(where, talk.reason)]

    def _ended(self, talk: Talk, now: float, gone: str | None = None) -> list[Effect]:
        self._forget(talk)
        one = talk.one
        if one is None or one.talk is not talk:
            return []
        one.talk = None
        if gone is None:
            effects = self._carry_out(one, one.link.broke(now), now)
            if one.is_watched and not one.link.kept_messages:
                effects += map(Doubtful, self._departures.quiet(one))
            return effects
        if one.is_watched:
            return self._carry_out(one, one.link.vanished(now), now)
        return self._bury(one, gone)

    def _drop(self, talk: Talk) -> list[Effect]:
        is_shared = talk.peer is not None and self._by_peer.get(talk.peer) not in (talk, None)
        self._forget(talk)
        return [] if talk.peer is None or is_shared else [Drop(talk.peer)]

    def _forget(self, talk: Talk) -> None:
        self._greetings.is_over(talk)
        for talks in (self._talks, self._strangers):
            talks.pop(talk, None)
        if talk.peer is None:
            return
        attempts = self._attempts.get(talk.peer, [])
        if talk in attempts:
            attempts.remove(talk)
        elif self._by_peer.get(talk.peer) is talk:
            del self._by_peer[talk.peer]
            if attempts:
                self._by_peer[talk.peer] = attempts.pop(0)
        if not attempts:
            self._attempts.pop(talk.peer, None)

    # Correspondents

    def _new(self, name: str, target: str, where: str) -> Correspondent:
        return Correspondent(name, target, where, self._new_link())

    def _new_link(self) -> Link:
        if self._ordered:
            return Link(self._limits, self.load)
        return LooseLink(self._limits, self.load, self._trips)

    def _each(self) -> Iterable[Correspondent]:
        return {id(one): one for one in self._known.values()}.values()

    def _counters(self, peer_id: str) -> tuple[int, int]:
        one = self._known.get(peer_id)
        return (0, 0) if one is None else (one.link.received, one.link.handled_so_far)

    def _bury(self, one: Correspondent, reason: str, handled: int = 0, begun: int = 0) -> list[Effect]:
        one.reason = reason
        effects = [] if one.talk is None else self._drop(one.talk)
        one.talk = None
        effects += self._carry_out(one, one.link.gone(handled, begun), 0.0)
        for name in (one.name, one.target):
            if self._known.get(name) is one:
                del self._known[name]
        self._departures.speaks(one)
        self._greetings.is_not_wanted(one)
        if one.target:  # whoever has the place next is somebody else
            self._departures.gone(one.target, reason)
        return effects

    def _carry_out(self, one: Correspondent, wanted: list[LinkEffect], now: float) -> list[Effect]:
        if one.link.due < one.noted_at:
            self._note(one)
        if not wanted:
            return []
        effects: list[Effect] = []
        poisoned: tuple[Buffer, ...] = ()
        first = 0
        for effect in wanted:
            if type(effect) is Transmit:
                if (talk := one.talk) is not None:
                    frame = effect.frame if talk.seal is None else talk.seal.close(effect.frame)
                    effects.append(self._submit(talk, frame))
                continue
            if type(effect) is Deliver:
                effects.append(Incoming(one.target or one.name, effect.first, effect.messages))
                continue
            match effect:
                case Open():
                    if one.talk is None and one.where:
                        effects += self._begin(one, now)
                    elif one.talk is None:  # nobody has told where it is
                        effects += self._carry_out(one, one.link.vanished(now), now)
                case Doubt():
                    if one.is_watched:
                        effects.append(Doubtful(one.name))
                case Poisoned(first, message):
                    poisoned = (message,)
                case Dead(number, messages):
                    first = first or number
                    mail = (*poisoned, *messages)
                    effects.append(Lifeless(one.name, first, mail, bool(poisoned), one.reason))
                    poisoned, first = (), 0
        if poisoned:
            effects.append(Lifeless(one.name, first, poisoned, True, one.reason))
        return effects

    def _note(self, one: Correspondent) -> None:
        one.noted_at = one.link.due
        self._agenda.note(one, one.noted_at)

    def _learn(self, talk: Talk, now: float) -> None:
        """What was said is answered."""
        trip_s = now - talk.last_said_at  # at least: it may be an earlier time that is answered
        if talk.said_times == 1 or trip_s > self._trips.wait_s:
            self._trips.took(trip_s)
        else:
            self._trips.has_heard = True

    def _say(self, talk: Talk, frame: bytes, now: float, said_before: int = 0) -> Effect:
        talk.last_said_at = now
        talk.said = frame
        talk.said_times = said_before + 1
        if not self._ordered:
            usual_s = self._trips.wait_s
            wait_s = max(SAY_AGAIN_AFTER_S, usual_s) * 2 ** min(said_before, 20)
            talk.say_again_at = now + min(wait_s, max(SAY_AGAIN_AT_MOST_S, usual_s))
            self._agenda.note(talk, talk.say_again_at)
        return self._submit(talk, [frame])

    def _submit(self, talk: Talk, frame: Frame) -> Effect:
        token = self.next_token
        self.next_token += 1
        self._tokens[token] = talk
        to = talk.peer
        if to is None and talk.one is not None:
            to = talk.one.where
        return Submit(frame, to, token)
