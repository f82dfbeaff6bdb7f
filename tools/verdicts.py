"""Runs a contract on something in a test run of its own, and collects which of its tests failed."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

QUIETLY = (
    "--import-mode=importlib",
    "-q",
    "--no-summary",
    *("-p", "no:cacheprovider"),
    *("-p", "no:faulthandler"),
    *("-p", "no:logging"),
)

_numbers = count()


class Verdicts:
    """Collects the names of the tests that failed, without their parameters."""

    def __init__(self) -> None:
        self.failed: set[str] = set()
        self.passed = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one verdict."""
        if report.failed:
            self.failed.add(report.location[2].partition("[")[0].rpartition(".")[2])
        self.passed += report.passed and report.when == "call"


def verdicts_on(
    folder: Path, contract: str, attributes: str, module: str = "thespian_core.testing"
) -> Verdicts:
    """Run a contract on what the attributes name.

    Args:
        folder: an empty one, or one that this function has used before.
        contract: the class to derive from.
        attributes: the one line that the derived class consists of.
        module: where the contract is imported from.
    """
    file = folder / f"test_contract_{next(_numbers)}.py"  # a module of its own in each run
    file.write_text(f"from {module} import {contract}\nclass TestIt({contract}):\n    {attributes}\n")
    (folder / "pytest.ini").write_text("[pytest]\n")
    verdicts = Verdicts()
    pytest.main([str(file), "-c", str(folder / "pytest.ini"), *QUIETLY], plugins=[verdicts])
    return verdicts
