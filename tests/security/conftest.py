"""What is meant to do harm: articles, sites, visitors."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from seeds import seed_of


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.security)


@pytest.fixture
def chance() -> random.Random:
    """The chance of a test; its seed is $SECURITY_SEED."""
    return random.Random(seed_of("SECURITY_SEED"))
