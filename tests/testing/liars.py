"""System bases that lie, each about one thing: the contract kit must find exactly that out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.messages import ActorExitRequest, ChildActorExited
from thespian_core.semantics.birth import Birth
from thespian_core.semantics.effects import Effect, Post
from thespian_core.semantics.sourcedesk import PLUGIN_AUTHORITY
from thespian_core.systembase import Envelope
from thespian_simple.base import SimpleSystemBase
from thespian_simple.port import SimplePort
from thespian_simple.scheduler import Scheduler

UNLUCKY = 500  # more messages than any test sends that is not about order


class _Liar(SimpleSystemBase):
    port_class = SimplePort
    scheduler_class: type[Scheduler] = Scheduler

    def __init__(self, plan: Any) -> None:
        super().__init__(plan)
        offers = dict(self.capabilities)
        self._scheduler = self.scheduler_class(plan.base_name, offers, offers.get("Source Authority"))

    def connect(self) -> SimplePort:
        """Open a mailbox that may lie."""
        return self.port_class(self._scheduler)


class _Counting(SimplePort):
    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__(scheduler)
        self.sent = 0
        self.withheld: Envelope | None = None


class _Dropping(_Counting):
    def send(self, envelope: Envelope, timeout_s: float | None) -> None:
        """Forget one message."""
        self.sent += 1
        if self.sent != UNLUCKY:
            super().send(envelope, timeout_s)


class DropsOne(_Liar):
    """Loses the message number UNLUCKY of a program."""

    port_class = _Dropping


class _Swapping(_Counting):
    def send(self, envelope: Envelope, timeout_s: float | None) -> None:
        """Send one message after the one that follows it."""
        self.sent += 1
        if self.sent == UNLUCKY:
            self.withheld = envelope
            return
        super().send(envelope, timeout_s)
        if self.withheld is not None:
            late, self.withheld = self.withheld, None
            super().send(late, timeout_s)


class SwapsTwo(_Liar):
    """Swaps two messages of a program."""

    port_class = _Swapping


class _NeverClosing(SimplePort):
    def close(self) -> None:
        """Keep the mailbox."""


class NeverCloses(_Liar):
    """Goes on delivering to private connections that were closed."""

    port_class = _NeverClosing


class _Sleepy(Scheduler):
    def wake_after(self, to: ActorAddress, period: Any, payload: Any) -> None:
        """Forget that somebody wants to be woken."""
        if type(period) in (int, float) and 0 < period < 1000:
            return
        super().wake_after(to, period, payload)


class ForgetsToWake(_Liar):
    """Does not deliver wake-ups given as a positive number of seconds."""

    scheduler_class = _Sleepy


class _Early(Scheduler):
    def wake_after(self, to: ActorAddress, period: Any, payload: Any) -> None:
        """Wake at once."""
        super().wake_after(to, period, payload)
        if self._wakeups._heap[-1][3].delayPeriod == 0.25:
            _, number, owner, message = self._wakeups._heap.pop()
            self._wakeups._heap.append((0.0, number, owner, message))


class WakesTooEarly(_Liar):
    """Delivers one wake-up before its time."""

    scheduler_class = _Early


class _Tactless(Scheduler):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.lived: set[Any] = set()

    def _bring_to_life(self, birth: Birth) -> None:
        super()._bring_to_life(birth)
        self.lived.update(self._cells)

    def _carry_out(self, effects: Iterable[Effect]) -> None:
        super()._carry_out(effect for effect in list(effects) if not self._is_about_the_unborn(effect))

    def _is_about_the_unborn(self, effect: Effect) -> bool:
        return (
            isinstance(effect, Post)
            and isinstance(effect.message, ChildActorExited)
            and effect.message.childAddress.key not in self.lived
        )


class HidesTheUnborn(_Liar):
    """Never tells a parent that a child could not be created."""

    scheduler_class = _Tactless


class _Repeating(Scheduler):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.exits: Counter[Any] = Counter()

    def ended(self, birth: Birth, abruptly: bool) -> None:
        """Tell the parent once more, the third time."""
        super().ended(birth, abruptly)
        if birth.parent is not None:
            self.exits[birth.parent.key] += 1
            if self.exits[birth.parent.key] == 3:
                self.post(birth.parent, ChildActorExited(birth.address), birth.address)


class TellsParentsTwice(_Liar):
    """Tells a parent of its third lost child twice."""

    scheduler_class = _Repeating


class _Lossy(Scheduler):
    def undeliverable(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Drop a dead letter."""


class LosesDeadLetters(_Liar):
    """Drops what has no living target."""

    scheduler_class = _Lossy


class _Brusque(Scheduler):
    def shut_down(self, timeout_s: float) -> None:
        """End without asking."""
        self._stopped = True


class AsksNobodyToExit(_Liar):
    """Shuts down without an ActorExitRequest to anybody."""

    scheduler_class = _Brusque


class _Merciless(Scheduler):
    def ended(self, birth: Birth, abruptly: bool) -> None:
        """Take all children along."""
        super().ended(birth, True)


class SparesNoChild(_Liar):
    """Ends the children of every actor that exits, asked or not."""

    scheduler_class = _Merciless


class _Deep(Scheduler):
    def post(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Deliver inside the call of the sender."""
        cell = self._cells.get(to.key)
        if cell is None or isinstance(message, ActorExitRequest) or type(message) is not tuple:
            super().post(to, message, sender)
        else:
            cell.receive(message, sender)


class Recurses(_Liar):
    """Needs a deeper stack for every message that a message triggers."""

    scheduler_class = _Deep


class _Forgetful(Scheduler):
    def _bring_to_life(self, birth: Birth) -> None:
        is_the_systems = birth.actor_class == PLUGIN_AUTHORITY
        super()._bring_to_life(birth if is_the_systems else birth._replace(requirements=None))


class ForgetsRequirements(_Liar):
    """Does not pass on what the creator of an actor asks for."""

    scheduler_class = _Forgetful


LIARS: dict[type[SimpleSystemBase], set[str]] = {
    DropsOne: {
        "test_messages_of_one_sender_keep_their_order",
        "test_messages_between_actors_keep_their_order",
    },
    SwapsTwo: {
        "test_messages_of_one_sender_keep_their_order",
        "test_messages_between_actors_keep_their_order",
    },
    NeverCloses: {
        "test_mail_to_a_private_connection_that_was_closed_is_dead",
        "test_what_a_private_connection_has_got_is_no_dead_letter_once_it_is_closed",
        "test_a_private_connection_is_closed_when_its_body_raises",
    },
    ForgetsToWake: {
        "test_a_wake_up_comes_with_its_period_as_given_and_its_payload",
        "test_a_wake_up_never_comes_early",
        "test_wake_ups_come_in_the_order_they_fall_due",
        "test_a_listen_that_ends_before_the_wake_up_leaves_it_pending",
    },
    WakesTooEarly: {"test_a_wake_up_never_comes_early"},
    LosesDeadLetters: {
        "test_the_handler_gets_message_and_address",
        "test_the_handler_gets_what_an_actor_sent_too",
        "test_a_thorny_message_can_be_a_dead_letter",
        "test_the_last_to_register_is_the_handler",
        "test_who_has_an_address_that_no_system_has_made_is_as_good_as_dead",
        "test_only_the_handler_can_stop_the_handling",
        "test_an_exit_request_to_the_dead_is_a_dead_letter_and_an_exited_child_is_none",
        "test_mail_to_a_private_connection_that_was_closed_is_dead",
        "test_what_a_private_connection_has_got_is_no_dead_letter_once_it_is_closed",
        "test_a_private_connection_is_closed_when_its_body_raises",
    },
    AsksNobodyToExit: {
        "test_every_actor_is_asked_to_exit_when_the_system_ends",
        "test_orphans_are_asked_to_exit_when_the_system_ends",
    },
    SparesNoChild: {
        "test_children_live_on_when_the_exit_is_not_recursive",
        "test_an_exit_request_to_the_dead_is_a_dead_letter_and_an_exited_child_is_none",
    },
    Recurses: {"test_messages_that_trigger_one_another_need_no_stack"},
    TellsParentsTwice: {"test_a_parent_is_told_once_of_each_child"},
    ForgetsRequirements: {
        "test_init_is_given_capabilities_and_requirements_by_name",
        "test_a_required_value_must_be_equal_and_the_own_check_counts_too",
    },
    HidesTheUnborn: {
        "test_a_child_that_cannot_be_created_is_an_exited_child_and_its_mail_comes_back",
        "test_a_child_that_does_not_fit_is_an_exited_child",
        "test_mail_to_a_child_of_an_unknown_source_comes_back_too",
        "test_a_child_waits_for_the_verdict_too",
        "test_when_the_authority_ends_whoever_waits_is_told",
    },
}
