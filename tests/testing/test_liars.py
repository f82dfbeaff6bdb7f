"""The contract kit finds out every liar, and accuses it of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.testing.liars import LIARS
from thespian_core.hooks.registry import PluginRegistry, use_registry
from thespian_core.hooks.selection import PluginOrigin, Selection
from tools.verdicts import verdicts_on

EVERY_RECORD = {
    "test_every_record_is_passed_or_dropped_without_an_error",
    "test_the_same_record_is_treated_the_same_twice",
}
ANY_REJECTION = {
    "test_what_it_rejects_is_none_and_never_an_error",
    "test_it_decides_the_same_twice",
    "test_where_a_source_came_from_may_be_unknown",
}
ANY_ORIGIN = {"test_where_a_source_came_from_may_be_unknown"}


@pytest.fixture(autouse=True)
def only_liars() -> Iterator[None]:
    """Let nothing be installed but the liars and the core."""
    plugins = (
        PluginOrigin("liars", "tests.testing.liars_plugin"),
        PluginOrigin("core", "thespian_core.plugin"),
    )
    before = use_registry(PluginRegistry.from_selection(Selection(used=plugins)))
    yield
    use_registry(before)


@pytest.mark.slow  # a whole contract each
@pytest.mark.parametrize("liar", LIARS, ids=lambda liar: liar.__name__)
def test_a_lying_system_base_fails_exactly_the_tests_about_its_lie(liar: type, tmp_path: Path) -> None:
    verdicts = verdicts_on(tmp_path, "SystemBaseContract", f'base_name = "{liar.__name__}"')
    assert verdicts.failed == LIARS[liar]
    assert verdicts.passed > 100


ACCEPTED = "accepted = (__import__('tests.testing.small_liars', fromlist=['x']).good_zip(),)"


@pytest.mark.parametrize(
    ("contract", "name", "failing"),
    [
        ("CodecContract", "Json", set()),
        ("CodecContract", "Shortened", {"test_messages_survive"}),
        ("CodecContract", "Remembering", {"test_two_decodings_share_nothing"}),
        ("CodecContract", "Lazy", {"test_a_message_is_encoded_as_it_was"}),
        ("CodecContract", "Gullible", {"test_rubbish_raises_and_the_codec_goes_on"}),
        ("CodecContract", "Careless", {"test_what_cannot_be_encoded_raises_and_the_codec_goes_on"}),
        ("CodecContract", "Pickling", {"test_a_codec_that_says_it_cannot_run_code_does_not"}),
        ("SourceAuthorityContract", "only_zips", set()),
        (
            "SourceAuthorityContract",
            "everything",
            {
                "test_what_it_rejects_is_none_and_never_an_error",
                "test_where_a_source_came_from_may_be_unknown",
            },
        ),
        ("SourceAuthorityContract", "raising", ANY_REJECTION),
        ("SourceAuthorityContract", "repacking_wrongly", {"test_what_it_accepts_becomes_a_zip_file"}),
        ("SourceAuthorityContract", "particular", ANY_ORIGIN),
        ("LogFilterContract", "Passing", set()),
        ("LogFilterContract", "Formatting", EVERY_RECORD),
        ("LogFilterContract", "Needing", {*EVERY_RECORD, "test_the_message_of_a_record_stays_as_it_was"}),
        ("LogFilterContract", "Alternating", {"test_the_same_record_is_treated_the_same_twice"}),
        ("LogFilterContract", "Rewriting", {"test_the_message_of_a_record_stays_as_it_was"}),
        ("DirectorCommandContract", "Helpful", set()),
        (
            "DirectorCommandContract",
            "Misnamed",
            {"test_it_is_a_command_of_the_name_it_is_registered_by"},
        ),
        (
            "DirectorCommandContract",
            "Speechless",
            {
                "test_its_help_says_what_it_does_and_starts_nothing",
                "test_its_first_line_of_help_fits_a_list_of_commands",
            },
        ),
        (
            "DirectorCommandContract",
            "Rambling",
            {"test_its_first_line_of_help_fits_a_list_of_commands"},
        ),
        (
            "DirectorCommandContract",
            "Lenient",
            {"test_an_option_it_does_not_know_is_a_usage_error_in_one_sentence"},
        ),
    ],
)
def test_a_smaller_liar_fails_exactly_the_tests_about_its_lie_and_an_honest_one_none(
    contract: str, name: str, failing: set[str], tmp_path: Path
) -> None:
    attribute = {
        "CodecContract": "codec_name",
        "SourceAuthorityContract": f"{ACCEPTED}; authority_name",
        "LogFilterContract": "filter_name",
        "DirectorCommandContract": "command_name",
    }[contract]
    verdicts = verdicts_on(tmp_path, contract, f'{attribute} = "{name}"')
    assert verdicts.failed == failing
    assert verdicts.passed >= 2
