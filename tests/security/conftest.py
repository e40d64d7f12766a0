"""What is meant to do harm: articles, sites, visitors."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.security)


@pytest.fixture
def chance() -> random.Random:
    """The chance of a test; its seed is printed where it fails, and $SECURITY_SEED replays it."""
    seed = int(os.environ.get("SECURITY_SEED", "20171211"))
    sys.stdout.write(f"SECURITY_SEED={seed}\n")
    return random.Random(seed)
