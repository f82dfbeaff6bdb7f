"""No file is lost or counted twice when actors of the word count fail; and failing is never a hang."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.wordcount import running
from examples.wordcount.coordinator import Coordinator
from examples.wordcount.counting import BATCH_FILES
from examples.wordcount.messages import CountFiles, Progress, Tally, Totals
from tests.examples import failing_actors as failing
from thespian.actors import ActorSystem

FILES = 5 * BATCH_FILES + 1
ALL = Totals(FILES, 9 * FILES, Tally(2 * FILES, FILES + 1, (("word", FILES),)), Tally(0, 0, ()), ())


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of several batches, each file with one word of its own."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(FILES - 1):
        own = "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")
        (folder / f"{number:03}.txt").write_text(f"word {own}\n")
    (folder / "frail.txt").write_text("word own\n")
    return folder


@pytest.fixture
def system(base: str) -> Iterator[ActorSystem]:
    system = running.own_system(base)
    yield system
    system.shutdown()


def count(
    system: ActorSystem, folder: Path, workers: int, coordinator: type[Coordinator] = Coordinator
) -> Totals:
    shown: list[Progress] = []
    totals = running.count(system, CountFiles(str(folder), workers, 1), shown.append, coordinator)
    assert all(progress.files <= FILES for progress in shown)
    return totals


@pytest.mark.parametrize("workers", [1, 2, 50])
def test_a_healthy_pool_counts_every_file(system: ActorSystem, many: Path, workers: int) -> None:
    assert count(system, many, workers) == ALL


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    "coordinator", [failing.WithEndsAtFirst, failing.WithEndsAfterwards, failing.WithStaysConfused]
)
def test_a_reader_that_fails_mid_way_loses_no_file(
    system: ActorSystem, many: Path, workers: int, coordinator: type[Coordinator]
) -> None:
    assert count(system, many, workers, coordinator) == ALL
    assert (many / "frail.seen").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_files_that_two_readers_end_at_are_named(system: ActorSystem, many: Path, workers: int) -> None:
    totals = count(system, many, workers, failing.WithAlwaysEnds)
    # The frail file is the last by name, and alone in the last batch.
    assert totals.files == FILES - 1
    [skipped] = totals.skipped
    assert skipped.path == str(many / "frail.txt")
    assert skipped.reason.startswith("its reader ")


@pytest.mark.parametrize(
    ("coordinator", "reason"),
    [
        (failing.WithAlwaysFails, "its reader failed: ValueError: no idea how"),
        (failing.WithNeverBegins, "its reader "),
    ],
)
def test_readers_that_all_fail_are_a_result_and_no_hang(
    system: ActorSystem, many: Path, coordinator: type[Coordinator], reason: str
) -> None:
    totals = count(system, many, 2, coordinator)
    assert totals.files == 0
    assert [Path(one.path).name for one in totals.skipped] == sorted(file.name for file in many.iterdir())
    assert all(one.reason.startswith(reason) for one in totals.skipped)


@pytest.mark.parametrize(
    ("coordinator", "why"),
    [
        (failing.WithEndless, "the aggregator (ended|failed: SystemExit)"),
        (failing.WithSumless, "the aggregator failed: ValueError: cannot add"),
        (failing.Refuser, "not today"),
        (failing.Quitter, "does not answer"),
    ],
)
def test_when_an_actor_that_all_need_fails_there_is_a_sentence(
    system: ActorSystem, many: Path, coordinator: type[Coordinator], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PATIENCE_S", 1.0)
    with pytest.raises(running.NoResult, match=f"the files were not counted: .*{why}"):
        count(system, many, 2, coordinator)


@pytest.mark.slow
def test_progress_is_live_and_never_goes_back(system: ActorSystem) -> None:
    shown: list[Progress] = []
    running.count(system, CountFiles(sysconfig.get_path("stdlib"), 2, 1), shown.append)
    done = [progress.size_bytes for progress in shown]
    assert done == sorted(done)
    assert len(set(done)) >= 5
