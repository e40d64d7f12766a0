"""Nothing that others wrote becomes markup."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.escape import escape, printable, web_address

HOSTILE = "<img src=x onerror=alert(1)> ![p](https://evil.example/p.png) ${alert(1)} `x` *b* $x$ {{y}} &lt;"


@given(st.text())
def test_escaped_text_reads_as_it_was_and_holds_no_markup(text: str) -> None:
    escaped = escape(text)
    assert html.unescape(escaped) == printable(text)
    left = re.sub(r"&#\d+;", "", escaped)
    assert not set(left) & set("<>&\"'`$*_[](){}!\\#~|")
    escaped.encode()


def test_hostile_text_is_only_text() -> None:
    assert html.unescape(escape(HOSTILE)) == HOSTILE
    assert "<" not in escape(HOSTILE) and "://" not in escape(HOSTILE)


def test_invisible_orders_are_dropped() -> None:
    assert printable("a\x00b\u202ec\ud800d\r\ne\u0007") == "abcd\ne"
    assert printable("می\u200cروم") == "می\u200cروم"  # Persian needs its zero-width non-joiner


@pytest.mark.parametrize("url", ["http://a.example/b?c=d&e=f", "HTTPS://a.example"])
def test_addresses_on_the_web_are_kept(url: str) -> None:
    address = web_address(url)
    assert address is not None and html.unescape(address) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        " https://a.example",
        "https://a b",
        "https://a\n",
        "//a.example",
        "https:///x",
    ],
)
def test_other_addresses_are_dropped(url: str | None) -> None:
    assert web_address(url) is None
