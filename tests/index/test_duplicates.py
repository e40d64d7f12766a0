"""Near-duplicates: copies are linked as they arrive, count once, and hide nothing that is new."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from stores import WORDS, check_invariants, open_index

from index.collection import Index
from index.config import IndexConfig
from index.duplicates import buckets, overlap, prints, shingles, signature
from index.fakes import HashEmbedder, InMemoryVectors
from index.types import Hit

STORY = [
    "Fishermen in the port of Almiron blocked the harbour on Monday to protest against new quotas for cod.",
    "About 340 boats stayed at the quay, the union said, and no ferry left for the islands before noon.",
    "The minister for the sea, Ilda Varr, said in the capital that she would receive the crews on Thursday.",
    "Cod landings have fallen by a third since 2014, according to the institute that counts the fish.",
    "The union wants aid for the smallest boats, which cannot sail to the northern banks in winter.",
    "A first blockade in October had ended after four days when the ministry promised to delay the rule.",
    "Shops in the old town closed early, and the mayor asked both sides to keep the road to the hospital free.",
    "The quotas are to be decided in Brussels before the end of the month by the ministers of the coast states.",
]
OTHER = (
    "In the hills above the lake the grape harvest began two weeks late because of the cold spring. Growers"
    " expect a small but good year, and the cooperative has hired forty pickers from across the border."
)
REPORT = (
    "Cod crews shut Almiron's port at dawn. Trawlers lay three deep along the mole while skippers burned"
    " pallets and shouted for Ilda Varr to come down from the capital. Cut the quota again, they say, and a"
    " third of them will have sold up by spring. Islanders waited for a ferry that sailed only after midday."
)
ADDITION = (
    "For our readers: the bakery Tollen gives bread to the crews tonight, and the harbour museum shows"
    " pictures of the great blockade of 1974, when the women of the town carried the nets to the prefecture."
)

Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "articles"
    made.mkdir()
    return made


@pytest.fixture
def write(folder: Path) -> Write:
    def one(name: str, text: str, **head: str) -> Path:
        head = {"title": f"Harbour blocked ({name})", "source": f"The {name.title()}", **head}
        lines = "".join(f"{key}: {value}\n" for key, value in head.items())
        path = folder / f"{name}.md"
        path.write_text(f"---\n{lines}---\n\n{text}\n", encoding="utf-8")
        return path

    return one


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index.open(
        tmp_path / "data",
        config=IndexConfig(passage_tokens=120),
        embedder=HashEmbedder(),
        vectors=lambda pointer: InMemoryVectors(pointer),
    ) as opened:
        yield opened


def story(*lines: int) -> str:
    return "\n\n".join(STORY[line] for line in lines or range(len(STORY)))


def by_name(index: Index) -> dict[str, str]:
    return {Path(article.path or "").stem: article.id for article in index.articles()}


def name_of(index: Index, article_id: str) -> str:
    return next(name for name, one in by_name(index).items() if one == article_id)


def copies_of(index: Index, name: str) -> set[str]:
    return {name_of(index, copy.article_id) for copy in index.copies(by_name(index)[name])}


def names(hits: list[Hit]) -> list[str]:
    return [Path(hit.article.path or "").stem for hit in hits]


def test_edited_copies_are_linked_and_other_stories_are_not(index: Index, folder: Path, write: Write) -> None:
    write("wire", story())
    write("cut", story(0, 1, 2, 3, 4))
    write("moved", story(0, 4, 5, 6, 7, 1, 2, 3))
    write("lead", "No boat left Almiron today: the crews are angry.\n\n" + story(1, 2, 3, 4, 5, 6, 7))
    write("more", story() + "\n\n" + ADDITION)
    write("report", REPORT)
    write("other", OTHER)
    index.add([folder])
    assert copies_of(index, "wire") == {"cut", "moved", "lead", "more"}
    assert copies_of(index, "report") == copies_of(index, "other") == set()
    check_invariants(index)


def test_two_stories_in_one_article_do_not_chain(index: Index, folder: Path, write: Write) -> None:
    second = "\n\n".join(
        f"The {word} of the city was opened again by the mayor after long works." for word in WORDS
    )
    write("wire", story())
    write("second", second)
    write("both", story() + "\n\n" + second)
    index.add([folder])
    assert "second" not in copies_of(index, "wire")


def test_copies_count_once_and_the_earliest_stands_for_them(index: Index, folder: Path, write: Write) -> None:
    write("wire", story(), date="2017-12-04")
    write("courier", "The crews are angry.\n\n" + story(1, 2, 3, 4, 5, 6, 7), date="2017-12-05")
    write("vigil", story(0, 3, 4, 5, 6, 7, 1, 2), date="2017-12-06")
    write("report", REPORT, date="2017-12-05")
    write("other", OTHER)
    index.add([folder])
    hits = index.search("How many boats stayed at the quay in the harbour blockade?", limit=8)
    assert not {"courier", "vigil"} & set(names(hits)), "copies have no hits of their own"
    assert "report" in names(hits), "an independent report stays"
    best = hits[0]
    assert names([best]) == ["wire"]
    assert {copy.source for hit in hits for copy in hit.duplicates} == {"The Courier", "The Vigil"}
    assert [copy.source for copy in index.copies(best.article.id, STORY[1])] == ["The Courier", "The Vigil"]
    assert [copy.source for copy in index.copies(best.article.id, STORY[0])] == ["The Vigil"], "another lead"


def test_an_outlets_own_addition_is_found(index: Index, folder: Path, write: Write) -> None:
    write("wire", story(), date="2017-12-04")
    write("courier", story() + "\n\n" + ADDITION, date="2017-12-05")
    index.add([folder])
    hits = index.search("Which bakery gives bread to the crews?", limit=5)
    assert names(hits)[0] == "courier"
    assert "Tollen" in hits[0].passage.text
    assert hits[0].duplicates == ()
    assert any(hit.duplicates for hit in hits if "wire" in names([hit]))


def test_an_added_sentence_within_a_copied_passage_is_not_folded_away(
    index: Index, folder: Path, write: Write
) -> None:
    own = "A crew from Porsk had slept on the mole since Saturday to keep its place."
    write("wire", story(0, 1, 2, 3), date="2017-12-04", title="Harbour blocked")
    write(
        "courier",
        story(0, 1) + "\n\n" + own + "\n\n" + story(2, 3),
        date="2017-12-05",
        title="Harbour blocked",
    )
    index.add([folder])
    hits = index.search("Which crew slept on the mole in the harbour?", limit=5)
    assert any("Porsk" in hit.passage.text for hit in hits)


def test_an_outlet_that_cut_the_passage_is_not_said_to_print_it(
    index: Index, folder: Path, write: Write
) -> None:
    write("wire", story(), date="2017-12-04")
    write("cut", story(0, 1, 2, 3, 4), date="2017-12-05")
    index.add([folder])
    assert copies_of(index, "wire") == {"cut"}
    for hit in index.search("hospital road mayor shops old town", limit=5):
        if "hospital" in hit.passage.text:
            assert hit.duplicates == ()


def test_a_copy_with_another_figure_keeps_its_own_hit(index: Index, folder: Path, write: Write) -> None:
    write("wire", story(), date="2017-12-04")
    write("corrected", story().replace("340 boats", "430 boats"), date="2017-12-05")
    index.add([folder])
    hits = index.search("How many boats stayed at the quay?", limit=6)
    told = [hit.passage.text for hit in hits if "boats stayed" in hit.passage.text]
    assert any("340" in text for text in told)
    assert any("430" in text for text in told)


def test_removing_or_changing_one_copy_leaves_the_others_right(
    index: Index, folder: Path, write: Write
) -> None:
    write("wire", story(), date="2017-12-04")
    write("courier", story(), date="2017-12-05")
    write("vigil", story(), date="2017-12-06")
    index.add([folder])
    question = "How many boats stayed at the quay in the harbour blockade?"
    wire = by_name(index)["wire"]
    index.remove([wire])
    check_invariants(index)
    hit = index.search(question)[0]
    assert names([hit]) == ["courier"]
    assert [copy.source for copy in hit.duplicates] == ["The Vigil"]
    write("vigil", OTHER, date="2017-12-06")
    index.add([folder / "vigil.md"])
    check_invariants(index)
    assert index.search(question)[0].duplicates == ()
    index.restore([wire])
    hit = index.search(question)[0]
    assert names([hit]) == ["wire"]
    assert [copy.source for copy in hit.duplicates] == ["The Courier"]
    check_invariants(index)


def test_links_do_not_depend_on_the_order(tmp_path: Path, write: Write, folder: Path) -> None:
    rng = random.Random(3)
    for number in range(12):
        write(f"n{number}", story(*sorted(rng.sample(range(8), rng.randint(3, 8)))))
    found = []
    for order in (sorted(folder.iterdir()), sorted(folder.iterdir(), reverse=True)):
        index = open_index(tmp_path / f"data{len(found)}")
        for path in order:
            index.add([path])
        with index.catalog.reading() as connection:
            found.append({tuple(row)[:2] for row in connection.execute("SELECT * FROM links")})
        index.close()
    assert found[0] == found[1]
    assert found[0]


def test_thousands_of_one_form_letter_cost_no_more_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.links._MOST_COMPARED", 5)
    compared: list[int] = []
    monkeypatch.setattr("index.links.overlap", lambda one, other: compared.append(1) or overlap(one, other))
    index = open_index(tmp_path / "data")
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number}.txt").write_text(f"{story()}\n\nLetter {number}.")
    index.add([folder])
    assert len(compared) <= 5 * 30


@given(st.text(max_size=400))
def test_signatures_are_the_same_every_time(text: str) -> None:
    signed = signature(shingles(text))
    assert signed.shape == (255,)
    assert (signed == signature(shingles(text))).all()
    keys = buckets(signed)
    assert len(keys) == 85
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_a_signature_is_what_it_was_when_it_was_stored() -> None:
    """Stored signatures are compared with new ones: another release of the library must not change them."""
    signed = signature(shingles("The ferry left the harbour at four, and nobody waved."))
    assert signed[:4].tolist() == SIGNED
    assert buckets(signed)[0] == BUCKET


SIGNED = [614712660, 184545720, 27444320, 851462818]
BUCKET = 3184306639406992227


@given(st.text(max_size=300), st.text(max_size=300))
def test_overlap_is_symmetric_and_a_text_prints_itself(one: str, other: str) -> None:
    assert overlap(shingles(one), shingles(other)) == overlap(shingles(other), shingles(one))
    assert prints(one, one)
    if shingles(one):
        assert overlap(shingles(one), shingles(one)) == 1.0


def test_scripts_without_blanks_have_shingles() -> None:
    text = "记者昨天在北京大学采访了几位学生，他们谈到了新的图书馆。"
    assert len(shingles(text)) > 15
    assert overlap(shingles(text), shingles(text[3:] + "完")) is not None
    assert overlap(shingles(text), shingles("北京今天下雨，市民没有带伞。")) is None


class Copies(RuleBasedStateMachine):
    """Add, change, remove, restore and purge copies in any order: links and searches stay those of the texts."""

    files: dict[int, str]

    @initialize()
    def start(self) -> None:
        import tempfile

        self.base = tempfile.TemporaryDirectory()
        root = Path(self.base.name)
        self.folder = root / "articles"
        self.folder.mkdir()
        self.index = open_index(root / "data")
        self.removed: set[str] = set()

    def path(self, number: int) -> Path:
        return self.folder / f"{number}.txt"

    @rule(
        number=st.integers(0, 5),
        lines=st.lists(st.integers(0, 7), min_size=2, max_size=8, unique=True),
        own=st.booleans(),
    )
    def write(self, number: int, lines: list[int], own: bool) -> None:
        addition = f"\n\n{ADDITION} Number {number}." if own else ""
        self.path(number).write_text(story(*lines) + addition)
        report = self.index.add([self.path(number)])
        assert not report.failures
        self.removed -= {*report.added, *report.updated}

    @rule(number=st.integers(0, 5), for_good=st.booleans())
    def remove(self, number: int, for_good: bool) -> None:
        ids = [article.id for article in self.index.articles() if article.path == str(self.path(number))]
        report = self.index.remove(ids, for_good=for_good)
        assert list(report.removed) == ids
        if not for_good:
            self.removed |= set(ids)

    @rule()
    def sync(self) -> None:
        gone = sorted(self.folder.iterdir())[:1]
        for path in gone:
            path.unlink()
        self.removed |= set(self.index.add([self.folder], sync=True).removed)
        self.removed -= {article.id for article in self.index.articles()}

    @rule()
    def restore(self) -> None:
        held = [one.id for one in self.index.removed()][:1]
        assert list(self.index.restore(held).restored) == held
        self.removed -= set(held)

    @rule()
    def purge(self) -> None:
        assert self.index.purge() == len(self.removed)
        self.removed = set()

    @invariant()
    def all_is_right(self) -> None:
        check_invariants(self.index)
        assert {one.id for one in self.index.removed()} == self.removed
        hits = self.index.search("harbour boats quay minister quotas hospital bakery", limit=20)
        shown = {hit.article.id for hit in hits}
        stood_for = {copy.article_id for one in shown for copy in self.index.copies(one)}
        assert shown | stood_for >= {article.id for article in self.index.articles()}
        for hit in hits:
            assert self.index.article(hit.article.id) is not None
            for copy in hit.duplicates:
                article = self.index.article(copy.article_id)
                assert article is not None
                assert prints(article.text, hit.passage.text)

    def teardown(self) -> None:
        if hasattr(self, "index"):
            self.index.close()
            self.base.cleanup()


TestCopies = Copies.TestCase
TestCopies.settings = settings(
    max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
