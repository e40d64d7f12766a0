"""What the pages are made of: stories, and the words that sites of six languages put around them."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_date

_LABELS = {
    "en": "Read also|Comments|Subscribe to read on|Share|Published|By|Newsletter: the morning in five minutes|Most read",
    "fr": "À lire aussi|Commentaires|Abonnez-vous pour lire la suite|Partager|Publié le|Par|La lettre du matin, en cinq minutes|Les plus lus",
    "de": "Lesen Sie auch|Kommentare|Jetzt abonnieren und weiterlesen|Teilen|Veröffentlicht am|Von|Der Newsletter am Morgen|Meistgelesen",
    "es": "Te puede interesar|Comentarios|Suscríbete para seguir leyendo|Compartir|Publicado el|Por|El boletín de la mañana|Lo más leído",
    "tr": "İlgili haber|Yorumlar|Okumaya devam etmek için abone olun|Paylaş|Yayınlanma|Yazan|Sabah bülteni|En çok okunanlar",
    "ru": "Читайте также|Комментарии|Подпишитесь, чтобы читать дальше|Поделиться|Опубликовано|Автор|Утренняя рассылка|Самое читаемое",
}
_CONSENT = {
    "en": "We and our partners store and access information on your device, such as cookies, to show you advertising and to"
    " measure how it is seen. You can change your choice at any time in the footer of every page.",
    "fr": "Nous et nos partenaires stockons des informations sur votre appareil, comme des cookies, pour afficher des publicités"
    " et mesurer leur audience. Vous pouvez changer d'avis à tout moment au bas de chaque page.",
    "de": "Wir und unsere Partner speichern Informationen auf Ihrem Gerät, etwa Cookies, um Werbung auszuspielen und ihre"
    " Reichweite zu messen. Sie können Ihre Auswahl jederzeit am Ende jeder Seite ändern.",
    "es": "Nosotros y nuestros socios guardamos información en su dispositivo, como las cookies, para mostrar publicidad y medir"
    " su alcance. Puede cambiar su elección en cualquier momento al pie de cada página.",
    "tr": "Biz ve ortaklarımız, reklam göstermek ve erişimini ölçmek için cihazınızda çerez gibi bilgiler saklıyoruz. Seçiminizi"
    " her sayfanın altından istediğiniz zaman değiştirebilirsiniz.",
    "ru": "Мы и наши партнёры храним на вашем устройстве данные, например файлы cookie, чтобы показывать рекламу и измерять её"
    " охват. Изменить свой выбор можно в любое время внизу каждой страницы.",
}
_OPINIONS = {
    "en": [
        "I was there and it was nothing like that, believe me.",
        "Thank you for this piece, at last somebody says it clearly.",
    ],
    "fr": [
        "J'y étais et ce n'était pas du tout comme ça, croyez-moi.",
        "Merci pour cet article, enfin quelqu'un qui le dit clairement.",
    ],
    "de": [
        "Ich war dabei, und so war es ganz und gar nicht, glauben Sie mir.",
        "Danke für den Artikel, endlich sagt es jemand deutlich.",
    ],
    "es": [
        "Yo estuve allí y no fue así en absoluto, créanme.",
        "Gracias por el artículo, por fin alguien lo dice con claridad.",
    ],
    "tr": [
        "Ben oradaydım, hiç de böyle değildi, inanın bana.",
        "Bu yazı için teşekkürler, sonunda biri açıkça söyledi.",
    ],
    "ru": [
        "Я там был, и всё было совсем не так, поверьте.",
        "Спасибо за статью, наконец кто-то сказал это прямо.",
    ],
}


@dataclass(frozen=True, kw_only=True)
class Story:
    """An article as its newsroom knows it: this is the truth that extraction is compared with."""

    title: str
    paragraphs: tuple[str, ...]
    author: str
    outlet: str
    date: datetime
    url: str
    language: str
    section: str
    others: tuple[tuple[str, str], ...] = field(repr=False)
    """(title, first sentence) of stories that the page advertises."""

    @property
    def read_also(self) -> str:
        """Return "Read also"."""
        return self._label(0)

    @property
    def comments_label(self) -> str:
        """Return "Comments"."""
        return self._label(1)

    @property
    def subscribe(self) -> str:
        """Return "Subscribe to read on"."""
        return self._label(2)

    @property
    def share(self) -> str:
        """Return "Share"."""
        return self._label(3)

    @property
    def published(self) -> str:
        """Return "Published"."""
        return self._label(4)

    @property
    def by(self) -> str:
        """Return "By"."""
        return self._label(5)

    @property
    def newsletter(self) -> str:
        """Return the name of a newsletter."""
        return self._label(6)

    @property
    def most_read(self) -> str:
        """Return "Most read"."""
        return self._label(7)

    @property
    def consent(self) -> str:
        """Return what a cookie banner says."""
        return _CONSENT[self.language]

    @property
    def opinions(self) -> Sequence[str]:
        """Return what readers say."""
        return _OPINIONS[self.language]

    @property
    def day(self) -> str:
        """Return the date as the language writes it."""
        return format_date(self.date, "long", locale=self.language)

    @property
    def iso(self) -> str:
        """Return the time in ISO 8601 with its zone."""
        return self.date.isoformat()

    @property
    def later(self) -> str:
        """Return a time at which the page was changed."""
        return (self.date + timedelta(days=9, hours=3)).isoformat()

    def _label(self, number: int) -> str:
        return _LABELS[self.language].split("|")[number]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A page, and what is in it. What the page does not tell is None."""

    style: str
    html: str
    title: str
    text: str
    author: str | None
    outlet: str | None
    date: str | None
    """ISO 8601, to the day, the month or the year."""
    language: str


def e(text: str) -> str:
    """Escape text for HTML."""
    return html.escape(text, quote=True)


def ps(paragraphs: Sequence[str], attributes: str = "") -> str:
    """Return paragraphs as elements."""
    return "\n".join(f"<p{attributes}>{e(one)}</p>" for one in paragraphs)


def ld(content: Any) -> str:
    """Return a script with JSON-LD."""
    return f'<script type="application/ld+json">{json.dumps(content, ensure_ascii=False)}</script>'


def links(story: Story, item: str = '<li><a href="/x/{n}">{title}</a></li>') -> str:
    """Return links to other stories."""
    return "".join(
        item.format(n=n, title=e(title), lead=e(lead)) for n, (title, lead) in enumerate(story.others)
    )


def made(story: Story, style: str, page: str, **differs: Any) -> Made:
    """Return a page with its truth: the story's, unless it differs."""
    truth = {
        "title": story.title,
        "text": "\n\n".join(story.paragraphs),
        "author": story.author,
        "outlet": story.outlet,
        "date": story.date.date().isoformat(),
        "language": story.language,
    }
    return Made(style=style, html=page, **{**truth, **differs})
