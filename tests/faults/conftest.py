"""Collections that are damaged on purpose."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here: these tests take minutes."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture
def seed(pytestconfig: pytest.Config) -> int:
    """The seed of a test's random choices; printed where it fails."""
    import os

    number = int(os.environ.get("FAULT_SEED", "20171211"))
    sys.stdout.write(f"FAULT_SEED={number}\n")
    return number
