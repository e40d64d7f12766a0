"""The collection against a plain model, in any order of what can be done to it: see `collection_machine.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MACHINE = Path(__file__).with_name("collection_machine.py")


def test_the_collection_agrees_with_a_plain_model(seed: int) -> None:
    examples, steps = os.environ.get("MACHINE_EXAMPLES", "6"), os.environ.get("MACHINE_STEPS", "12")
    command = [sys.executable, str(MACHINE), str(seed), examples, steps]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (
        f"seed {seed}, ended with {done.returncode}:\n{done.stdout}{done.stderr[-8000:]}"
    )
