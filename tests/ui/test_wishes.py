"""What a browser says its reader wants, and what is made of nonsense."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from assistant import Style
from ui.wishes import Wishes, wishes_of


def test_what_was_chosen_is_read() -> None:
    cookies = {"style": "detailed", "writer": quote("a; model, ü"), "language": "fr"}
    assert wishes_of(cookies) == Wishes(style=Style.DETAILED, writer="a; model, ü")


@pytest.mark.parametrize(
    "cookies", [{}, {"style": "", "writer": ""}, {"style": "LOUD"}, {"style": "short\n"}]
)
def test_nonsense_is_left_out(cookies: dict[str, str]) -> None:
    assert wishes_of(cookies) == Wishes()


def test_a_name_is_bounded() -> None:
    assert len(wishes_of({"writer": "x" * 100_000}).writer or "") <= 400
    assert wishes_of({"writer": "%ff%fe"}).writer
