"""The bibliography of cited articles."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pages import HOSTILE, LIGHTHOUSE, PHARE, FakeLibrary, article, make_answer

from assistant.bibliography import Reference, bibtex, plain, references, ris
from index import Precision, Published


def reference(**known: object) -> Reference:
    facts: dict[str, object] = {
        "article_id": "a1",
        "title": "The lighthouse is lit",
        "outlet": "The Harbour Ledger",
        "author": None,
        "published": Published(at=datetime(2017, 12, 9, tzinfo=UTC), precision=Precision.DAY),
        "url": "https://ledger.example/a?b=1&c=2",
        "language": "en",
        **known,
    }
    return Reference(**facts)  # type: ignore[arg-type]


def test_each_cited_article_stands_once_in_order_with_its_author() -> None:
    answer = make_answer(FakeLibrary(), "lighthouse?")
    twice = [*answer.citations, replace(answer.citations[0], number=3)]
    entries = references(twice, [replace(LIGHTHOUSE, author="Ada Brandt"), PHARE, None])
    assert [one.title for one in entries] == [LIGHTHOUSE.title, PHARE.title]
    assert [one.author for one in entries] == ["Ada Brandt", None]


def test_bibtex_of_an_article() -> None:
    assert bibtex([reference(author="Ada Brandt")]) == (
        "@article{theharbourledger2017lighthouse,\n"
        "  title = {{The lighthouse is lit}},\n"
        "  author = {{Ada Brandt}},\n"
        "  journal = {The Harbour Ledger},\n"
        "  year = {2017},\n"
        "  month = {dec},\n"
        "  date = {2017-12-09},\n"
        "  url = {https://ledger.example/a?b=1&c=2},\n"
        "  language = {en},\n"
        "}\n"
    )


def test_ris_of_an_article() -> None:
    assert ris([reference(author="Ada Brandt")]) == "".join(
        f"{line}\r\n"
        for line in (
            "TY  - NEWS",
            "TI  - The lighthouse is lit",
            "AU  - Ada Brandt",
            "T2  - The Harbour Ledger",
            "PY  - 2017",
            "DA  - 2017/12/09/",
            "UR  - https://ledger.example/a?b=1&c=2",
            "LA  - en",
            "ID  - a1",
            "ER  - ",
            "",
        )
    )


@pytest.mark.parametrize(
    ("precision", "of_bibtex", "of_ris"),
    [
        (Precision.YEAR, "date = {2017},", "DA  - 2017///"),
        (Precision.MONTH, "date = {2017-12},", "DA  - 2017/12//"),
        (Precision.SECOND, "date = {2017-12-09},", "DA  - 2017/12/09/"),
    ],
)
def test_a_date_is_as_exact_as_it_is_known(precision: Precision, of_bibtex: str, of_ris: str) -> None:
    known = reference(published=Published(at=datetime(2017, 12, 9, tzinfo=UTC), precision=precision))
    assert of_bibtex in bibtex([known]) and of_ris in ris([known])
    unknown = reference(published=None, outlet=None, url=None, language=None)
    assert "date =" not in bibtex([unknown]) and "DA" not in ris([unknown]) and "undated" in plain(unknown)


def test_keys_are_unique_and_plain_whatever_the_titles() -> None:
    entries = [
        reference(),
        reference(),
        reference(title="المنارة", outlet="الميناء"),
        reference(title="", outlet=None),
    ]
    keys = re.findall(r"@article\{(.*),", bibtex(entries))
    assert len(set(keys)) == 4 and all(re.fullmatch(r"[a-z0-9]+", key) for key in keys)


def test_a_hostile_article_cannot_break_out_of_its_entry() -> None:
    trap = article(
        "trap",
        "T}\n}\n@article{evil,\nER  - \nTY  - BOOK \\input{/etc/passwd} 100% $x$",
        "x",
        source="A\r\nUR  - https://evil.example",
        url="https://evil.example/a\nER  - ",
    )
    entries = [
        replace(reference(), title=" ".join(trap.title.split()), outlet=trap.source),
    ]
    cited = references(
        [
            replace(
                make_answer(FakeLibrary(), "vault?").citations[0],
                title=trap.title,
                source=trap.source,
                url=trap.url,
            )
        ]
    )
    for one in (entries, cited):
        text = bibtex(one)
        assert text.count("\n@article") == 0 and text.startswith("@article{")
        unescaped = re.sub(r"\\[{}]|\\text\w+\{\}", "", text)
        assert unescaped.count("{") == unescaped.count("}") and "\\input" not in text
    lines = ris(cited).split("\r\n")
    assert [line[:6] for line in lines].count("TY  - ") == [line[:6] for line in lines].count("ER  - ") == 1
    assert not any(line.startswith("UR") for line in lines)


def test_an_address_that_is_none_is_left_out() -> None:
    [entry] = references(make_answer(FakeLibrary(shelf=(HOSTILE,)), "vault?").citations)
    assert entry.url is None and "javascript" not in bibtex([entry]) + ris([entry]) + plain(entry)
