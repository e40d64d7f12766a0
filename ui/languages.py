"""Language codes → their English names, and which are written from right to left."""

from __future__ import annotations

from types import MappingProxyType

_NAMES = MappingProxyType(
    dict(
        pair.split(" ", 1)
        for pair in (
            "ar Arabic,bg Bulgarian,bn Bengali,ca Catalan,cs Czech,da Danish,de German,el Greek,en English,"
            "es Spanish,et Estonian,eu Basque,fa Persian,fi Finnish,fr French,gl Galician,he Hebrew,hi Hindi,"
            "hr Croatian,hu Hungarian,hy Armenian,id Indonesian,is Icelandic,it Italian,ja Japanese,ka Georgian,"
            "kk Kazakh,ko Korean,la Latin,lt Lithuanian,lv Latvian,mk Macedonian,ms Malay,nb Norwegian,nl Dutch,"
            "nn Norwegian,no Norwegian,pl Polish,pt Portuguese,ro Romanian,ru Russian,sk Slovak,sl Slovenian,"
            "sq Albanian,sr Serbian,sv Swedish,sw Swahili,ta Tamil,th Thai,tr Turkish,uk Ukrainian,ur Urdu,"
            "vi Vietnamese,zh Chinese"
        ).split(",")
    )
)


def language_name(code: str) -> str:
    """Return the English name of a language, or its code where we have none."""
    return _NAMES.get(code, code)
