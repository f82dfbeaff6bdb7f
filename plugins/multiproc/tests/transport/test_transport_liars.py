"""The transport contract finds out every liar, and accuses it of nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plugins.multiproc.tests.transport import transport_liars
from tools.verdicts import verdicts_on

HERE = "plugins.multiproc.tests.transport"
# What each liar is to be accused of; the first only has a limit, and tells the truth.
EXPECTED: dict[str, set[str]] = {
    "Liar": set(),
    "DropsOne": {
        "test_frames_both_ways_arrive_once_and_in_order",
    },
    "SwapsTwo": {
        "test_frames_both_ways_arrive_once_and_in_order",
    },
    "DeliversTwice": {
        "test_frames_both_ways_arrive_once_and_in_order",
    },
    "ReportsSentTwice": {
        "test_every_frame_has_exactly_one_outcome",
    },
    "ForgetsAnOutcome": {
        "test_every_frame_has_exactly_one_outcome",
    },
    "ReportsWhatItTold": {
        "test_every_frame_has_exactly_one_outcome",
        "test_what_submit_says_has_left_is_not_reported_again",
    },
    "TellsOfPlacesAtOnce": {
        "test_a_frame_that_was_submitted_to_a_place_is_reported_with_its_peer",
    },
    "PromisesWithoutSending": {
        "test_what_submit_says_has_left_arrives_although_nobody_waits",
        "test_what_was_sent_before_a_conversation_was_dropped_arrives",
        "test_what_was_sent_before_a_mailbox_was_closed_arrives",
    },
    "ForgetsToWake": {
        "test_a_wake_before_a_wait_ends_that_wait",
        "test_a_wake_from_another_thread_ends_a_wait",
    },
    "ForgetsAnEarlyWake": {
        "test_a_wake_before_a_wait_ends_that_wait",
    },
    "SendsTheFirstPart": {
        "test_a_frame_of_many_parts_arrives_whole",
        "test_a_frame_over_the_limit_is_undeliverable_and_the_limit_is_named",
        "test_the_parts_of_a_frame_arrive_joined",
    },
    "SkipsEmptyFrames": {
        "test_an_empty_frame_is_a_frame",
    },
    "TruncatesLargeFrames": {
        "test_large_frames_and_small_ones_keep_their_order",
    },
    "AdmitsEverybody": {
        "test_a_stranger_who_is_refused_leaves_the_others_alone",
        "test_a_stranger_who_sends_much_is_heard_one_frame_a_wait",
        "test_a_strangers_large_frame_does_not_arrive",
        "test_a_strangers_large_frame_ends_the_conversation_on_both_sides",
        "test_the_frame_right_behind_the_proof_may_be_large",
    },
    "AdmitsNobody": {
        "test_a_frame_of_many_parts_arrives_whole",
        "test_an_admitted_peer_may_send_large_frames",
        "test_large_frames_and_small_ones_keep_their_order",
        "test_the_frame_right_behind_the_proof_may_be_large",
    },
    "RefusesSilently": {
        "test_a_strangers_large_frame_ends_the_conversation_on_both_sides",
    },
    "NothingIsGone": {
        "test_a_frame_to_nobody_is_reported_not_lost",
        "test_a_frame_to_somebody_who_left_is_reported",
    },
    "EverythingIsGone": {
        "test_a_frame_to_a_dropped_peer_is_undeliverable_but_nobody_is_gone",
    },
    "MumblesAboutLimits": {
        "test_a_frame_over_the_limit_is_undeliverable_and_the_limit_is_named",
    },
    "HasNoLimit": {
        "test_a_frame_over_the_limit_is_undeliverable_and_the_limit_is_named",
    },
    "TellsTheDropper": {
        "test_whoever_answers_may_drop_the_conversation_too",
        "test_whoever_drops_a_conversation_hears_no_more_of_it",
    },
    "TellsNobodyOfADrop": {
        "test_a_stranger_who_was_dropped_after_one_frame_is_heard_no_more",
        "test_the_other_hears_that_a_conversation_was_dropped",
        "test_what_was_sent_before_a_conversation_was_dropped_arrives",
        "test_whoever_answers_may_drop_the_conversation_too",
    },
    "DropsWhatWasSent": {
        "test_what_was_sent_before_a_conversation_was_dropped_arrives",
    },
    "ClosesWithoutAWord": {
        "test_a_closed_mailboxs_place_can_be_reserved_by_name",
        "test_frames_that_wait_when_the_other_closes_are_undeliverable_after_the_end_is_reported",
        "test_the_others_hear_that_a_mailbox_was_closed",
        "test_what_was_sent_before_a_mailbox_was_closed_arrives",
        "test_whoever_never_had_an_answer_hears_of_the_end_too",
    },
    "ClosingLosesWhatWasSent": {
        "test_what_was_sent_before_a_mailbox_was_closed_arrives",
    },
    "ForgetsPlaces": {
        "test_a_strangers_large_frame_ends_the_conversation_on_both_sides",
        "test_the_others_hear_that_a_mailbox_was_closed",
        "test_whoever_answers_may_drop_the_conversation_too",
        "test_whoever_never_had_an_answer_hears_of_the_end_too",
    },
    "ClosesOnce": {
        "test_a_closed_mailbox_may_be_woken",
        "test_a_mailbox_may_be_closed_twice",
    },
    "WaitsTooLong": {
        "test_a_wait_for_nothing_ends_in_time_and_not_before",
    },
    "WaitsALittleIfTold0": {
        "test_a_wait_of_no_time_returns_at_once",
    },
    "SharesPlaces": {
        "test_a_place_that_is_reserved_cannot_be_reserved_again",
        "test_a_place_that_somebody_has_cannot_be_reserved",
    },
    "ForgetsEarlyMail": {
        "test_mail_to_a_reserved_mailbox_waits_for_its_owner",
        "test_much_mail_to_a_reserved_mailbox_waits_in_order",
    },
    "NeverReleases": {
        "test_a_frame_to_nobody_is_reported_not_lost",
        "test_a_released_invitation_cannot_be_opened",
        "test_a_released_place_can_be_reserved_by_name",
        "test_every_frame_to_nobody_is_reported",
    },
    "ReleasesWhatIsNotItsOwn": {
        "test_a_released_invitation_cannot_be_opened",
        "test_an_invitation_is_opened_once",
        "test_releasing_an_invitation_that_was_opened_takes_nothing_from_its_owner",
    },
    "StopsForSlowReaders": {
        "test_whoever_never_reads_stops_neither_the_sender_nor_the_others",
    },
    "BeginsAnewEachTime": {
        "test_a_frame_that_was_submitted_to_a_place_is_reported_with_its_peer",
        "test_a_stranger_who_sends_much_is_heard_one_frame_a_wait",
        "test_a_strangers_large_frame_ends_the_conversation_on_both_sides",
        "test_an_admitted_peer_may_send_large_frames",
        "test_frames_to_a_place_arrive_in_order_as_well",
        "test_the_frame_right_behind_the_proof_may_be_large",
    },
    "LeavesFilesOpen": {
        "test_a_closed_mailbox_leaves_no_file_open",
    },
    "RaisesForNobody": {
        "test_a_closed_mailbox_leaves_no_file_open",
        "test_a_frame_to_a_place_that_nobody_can_have_is_reported",
        "test_a_frame_to_nobody_is_reported_not_lost",
        "test_a_frame_to_somebody_who_left_is_reported",
        "test_every_frame_to_nobody_is_reported",
    },
}


def test_every_liar_is_tried() -> None:
    assert sorted(EXPECTED) == sorted(transport_liars.LIARS)


@pytest.mark.slow  # a whole contract each
@pytest.mark.parametrize("liar", transport_liars.LIARS)
def test_a_lying_transport_fails_exactly_the_tests_about_its_lie(liar: str, tmp_path: Path) -> None:
    attribute = f"transport_class = __import__('{HERE}.transport_liars', fromlist=['x']).{liar}"
    try:
        verdicts = verdicts_on(tmp_path, "MemoryContract", attribute, f"{HERE}.memory_contract")
    finally:
        while transport_liars.LeavesFilesOpen.left:
            os.close(transport_liars.LeavesFilesOpen.left.pop())
    assert verdicts.failed == EXPECTED[liar]
    assert verdicts.passed > 30
