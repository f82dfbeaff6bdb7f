"""What texts about values say, also when the values are odd."""

from __future__ import annotations

import doctest

from thespian_core import texts


def test_the_examples_are_true() -> None:
    assert doctest.testmod(texts) == doctest.TestResults(failed=0, attempted=3)


def test_a_text_that_is_not_too_long_stays_as_it_is() -> None:
    assert texts.cut("x" * 10, 10) == "x" * 10
