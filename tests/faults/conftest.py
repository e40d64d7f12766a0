"""Collections that are damaged on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from seeds import seed_of

ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here: these tests take minutes."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture
def seed() -> int:
    """The seed of a test's random choices: $FAULT_SEED."""
    return seed_of("FAULT_SEED")
