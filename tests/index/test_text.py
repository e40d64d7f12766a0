from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.text import article_id, article_version, canonical_url, clean_text, derive_title, is_web_address

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)
NASTY = st.text(
    alphabet="ab \t\n\r\x00\x0b\x0c\x85\u00a0\u00ad\u200b\u200c\u200d\u202e\u2028\u2029\ufeff\ud800é́क्بم\u0344"
)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("nul\x00 bell\x07 c1\x9f", "nul bell c1"),
        ("zero\u200bwidth\ufeff \u202eright\u2066left", "zerowidth rightleft"),
        ("e\u0301te\u0301", "été"),
        ("10\u00a0000\u202f€\u3000x", "10 000 € x"),
        ("  one  \n\n\n\n\n two\t\n", "one\n\ntwo"),
        ("lone \ud800surrogate", "lone surrogate"),
        ("page\x0cbreak\u2028line\u2029paragraph", "page\nbreak\nline\n\nparagraph"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_clean_text_examples(dirty: str, clean: str) -> None:
    assert clean_text(dirty) == clean


def test_joiners_stay_only_where_letters_need_them() -> None:
    persian, hindi = "می\u200cخواهم", "क्\u200dष"
    assert clean_text(persian) == persian
    assert clean_text(hindi) == hindi
    assert clean_text("pa\u200css\u200dword") == "password"
    assert clean_text("م\u200c\u200c\u200cن \u200cد") == "م\u200cن د"


@settings(max_examples=300)
@given(ANY_TEXT | NASTY)
@example("a" + "\u0344" * 40)
@example("a" + "\u0301\u0323" * 500)
def test_clean_text_is_idempotent_and_keeps_its_promises(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]", clean
    )
    assert "\n\n\n" not in clean
    assert "  " not in clean
    assert not re.search(r"[ \t]\n|\n[ \t]", clean)
    clean.encode("utf-8")


def test_very_many_marks_on_one_letter_do_not_take_for_ever() -> None:
    assert len(clean_text("a" + "\u0301\u0323" * 500_000)) <= 40


@pytest.mark.parametrize(
    "same",
    [
        "https://example.org/2017/12/a",
        "http://example.org/2017/12/a",
        "HTTPS://WWW.Example.org:443/2017/12/a/",
        "https://example.org/2017/12/a?utm_source=x&fbclid=1&gclid=2&xtor=RSS-1&at_medium=custom",
        "https://example.org/2017/12/a#comments",
        "http://user:secret@example.org:80/2017/12/a/amp/",
        "https://example.org/2017/12/%61",
        "  https://example.org./2017/12/a ",
    ],
)
def test_addresses_of_one_article_have_one_canonical_form(same: str) -> None:
    assert canonical_url(same) == "https://example.org/2017/12/a"


def test_canonical_url_keeps_what_tells_articles_apart() -> None:
    different = ["/a", "/A", "/a?id=1", "/a?id=2", "/a?id=", "/b", "", "/a%2Fb", "/a/b"]
    assert len({canonical_url("https://example.org" + rest) for rest in different}) == len(different)
    assert canonical_url("https://example.org:8443/a") != canonical_url("https://example.org/a")
    assert canonical_url("https://x.org/?b=2&a=1") == canonical_url("https://x.org?a=1&b=2")


def test_international_hosts_and_paths() -> None:
    assert canonical_url("https://Bücher.example/straße") == canonical_url(
        "https://xn--bcher-kva.example/stra%c3%9fe"
    )
    assert canonical_url("http://[::1]:8080/a") == "https://[::1]:8080/a"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://x.org/a",
        "/just/a/path",
        "http://",
        "https://a b/",
    ],
)
def test_other_addresses_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        canonical_url(wrong)
    assert not is_web_address(wrong)


@given(st.text(max_size=40), st.text(max_size=20))
@example("a/amp/amp", "")
@example("a//", "amp=1")
@example("%25%", "a=%")
def test_canonical_url_is_idempotent(path: str, query: str) -> None:
    try:
        once = canonical_url(f"https://example.org/{path}?{query}")
    except ValueError:
        return
    assert canonical_url(once) == once


def test_titles_are_the_first_sentence() -> None:
    assert derive_title("The ferry has docked at last. It was late.") == "The ferry has docked at last"
    assert derive_title("Wird der Laden wieder öffnen? Ja.") == "Wird der Laden wieder öffnen?"
    assert derive_title("M. Dupont est venu à Paris. Il pleut.") == "M. Dupont est venu à Paris"
    assert derive_title("\n\n***\n\nZweiter Absatz ohne Punkt\nmehr") == "Zweiter Absatz ohne Punkt"
    assert (
        derive_title("首相は月曜日にアンカラを訪問し会談する予定である。両首脳は協議する。")
        == "首相は月曜日にアンカラを訪問し会談する予定である"
    )
    assert derive_title("") == ""


def test_a_cut_title_ends_in_an_ellipsis_and_closes_its_quotes() -> None:
    text = 'The minister said that "the whole of the territory had been freed and that nothing at all remained to do" there.'
    assert derive_title(text, 60) == 'The minister said that "the whole of the territory had…"'
    assert derive_title(
        "Il a promis « une paix durable pour tous les peuples de la région » hier", 40
    ).endswith("… »")


@given(st.text(max_size=300), st.integers(20, 120))
def test_titles_are_never_longer_than_the_limit_and_on_one_line(text: str, limit: int) -> None:
    title = derive_title(clean_text(text), limit)
    assert len(title) <= limit
    assert "\n" not in title


def test_identity_is_of_the_url_before_the_path() -> None:
    assert article_id(url="http://www.example.org/a/?utm_id=1") == article_id(
        url="https://example.org/a", path="/x/a.txt"
    )
    assert article_id(path="/x/a.txt") != article_id(path="/y/a.txt")
    assert re.fullmatch(r"[0-9a-f]{16}", article_id(path="/x/a.txt"))
    with pytest.raises(ValueError, match="URL or a path"):
        article_id()


def test_a_version_changes_with_everything_that_is_indexed_or_shown() -> None:
    base = {
        "title": "t",
        "text": "x",
        "url": None,
        "source": None,
        "author": None,
        "published": None,
        "language": None,
    }
    version = article_version(**base, splitter_version="1", embedder_id="e")  # type: ignore[arg-type]
    assert re.fullmatch(r"[0-9a-f]{12}", version)
    changed = {article_version(**{**base, key: "z"}, splitter_version="1", embedder_id="e")  # type: ignore[arg-type]
               for key in base if key != "published"}  # fmt: skip
    changed.add(article_version(**base, splitter_version="2", embedder_id="e"))  # type: ignore[arg-type]
    changed.add(article_version(**base, splitter_version="1", embedder_id="f"))  # type: ignore[arg-type]
    assert len(changed) == 8
    assert version not in changed
