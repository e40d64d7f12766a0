from __future__ import annotations

import codecs
import random

import pytest

from index.decode import decode
from index.errors import ExtractionError, IndexingError, UnsupportedTypeError

FRENCH = "Le président a déclaré à l’Élysée que la récolte d’été serait bonne. « C’est sûr », a-t-il dit – pour 5 €."
TURKISH = (
    "Cumhurbaşkanı, çarşamba günü İstanbul'da görüştü. Işık söndü, yağmur dindi ve şehir sessizliğe gömüldü."
)
RUSSIAN = "Два года назад Москва и Анкара едва разговаривали, а теперь их лидеры встречаются чаще, чем иные союзники."
JAPANESE = (
    "大統領は月曜日にアンカラを訪問し、首脳会談を行う予定である。両首脳はシリア情勢を協議するとみられる。"
)
CHINESE = "俄罗斯总统星期一将访问安卡拉，与土耳其总统举行会谈，讨论叙利亚局势和耶路撒冷问题。"
POLISH = "Prezydent powiedział, że źródła są pewne i dążą do końca. Zażółć gęślą jaźń, powtórzył w środę."
GREEK = "Ο πρόεδρος της Ρωσίας φτάνει στην πόλη τη Δευτέρα για συνομιλίες με τον ομόλογό του."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[(text, e) for text in (FRENCH, RUSSIAN, JAPANESE) for e in ("utf-8", "utf-8-sig", "utf-16", "utf-32")],
        *[(text, e) for text in (FRENCH, RUSSIAN, JAPANESE + "\n") for e in ("utf-16-le", "utf-16-be")],
        (FRENCH, "cp1252"),
        (TURKISH, "iso8859-9"),
        (TURKISH, "cp1254"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "cp866"),
        (RUSSIAN, "iso8859-5"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (CHINESE, "gb18030"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859-2"),
        (GREEK, "cp1253"),
        ("Déjà vu au café du coin", "cp1252"),
        ("“quoted” text – here", "cp1252"),
    ],
)  # fmt: skip
def test_texts_come_back_exactly(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text
    assert decode((text + "\n\n" + text).encode(encoding)) == text + "\n\n" + text


def test_a_page_is_read_in_the_encoding_it_declares() -> None:
    page = '<html><head><meta charset="{}"></head><body><p>{}</p></body></html>'
    for text, name, encoding in [
        (RUSSIAN, "windows-1251", "cp1251"),
        (JAPANESE, "Shift_JIS", "cp932"),
        (FRENCH, "iso-8859-1", "cp1252"),
        (TURKISH, "iso-8859-9", "cp1254"),
        (CHINESE, "gb2312", "gb18030"),
    ]:
        written = page.format(name, text)
        assert decode(written.encode(encoding), html=True) == written


def test_a_wrong_declaration_does_not_spoil_a_page() -> None:
    page = '<html><head><meta charset="{}"></head><body><p>{}</p></body></html>'
    for name, encoding in [("utf-8", "cp1252"), ("windows-1251", "utf-8"), ("no-such-charset", "cp1252")]:
        written = page.format(name, FRENCH)
        assert decode(written.encode(encoding), html=True) == written


def test_utf_8_with_a_few_stray_bytes_or_cut_within_a_character() -> None:
    assert decode((FRENCH + " caf").encode() + b"\xe9 au coin") == FRENCH + " café au coin"
    assert decode((FRENCH + " é").encode()[:-1]) == FRENCH + " "
    assert decode(JAPANESE.encode()[:-2]) == JAPANESE[:-1]
    assert decode(codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le") + b"\x41") == FRENCH


def test_a_few_control_characters_do_not_make_a_text_binary() -> None:
    assert (
        decode(b"A text with a NUL \x00 in it and a bell \x07, too.")
        == "A text with a NUL \0 in it and a bell \x07, too."
    )


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n%text follows",
        b"PK\x03\x04 some words",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0 JFIF",
        b"GIF89a",
        b"\x1f\x8b\x08\x00",
        b"\x7fELF\x02\x01",
        b"SQLite format 3\x00",
        b"{\\rtf1\\ansi Hello}",
        bytes(range(256)) * 8,
        b"\x00" * 1000,
        b"\x01\x02\x03\x04" * 100,
    ],
)
def test_binary_content_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(UnsupportedTypeError, match="convert it"):
        decode(content)


def test_random_bytes_are_never_passed_on_as_text() -> None:
    chance = random.Random(7)
    for size in (200, 2_000, 20_000):
        for low in (0, 128):
            content = bytes(chance.randrange(low, 256) for _ in range(size))
            with pytest.raises(IndexingError):
                decode(content)


@pytest.mark.parametrize("content", [b"", b"  \n\t "])
def test_nothing_is_said_to_be_empty(content: bytes) -> None:
    with pytest.raises(ExtractionError, match="empty"):
        decode(content)


def test_valid_utf8_is_read_whatever_signs_it_holds() -> None:
    text = "▶ Watch the video\n" * 30 + "The storm made landfall on Wednesday. ★★★ €5 ©"
    assert decode(text.encode()) == text
