"""The assistant's own words, in the languages it speaks: lead-ins, refusals, dates, quotation marks."""

from __future__ import annotations

from dataclasses import dataclass

from index import Precision, Published

from .questions import Measure

DEFAULT_LANGUAGE = "en"


_SIGNS = str.maketrans(dict.fromkeys('[]{}<>“”„«»"', " "))
_LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """What is said around quotes. `{source}` and `{date}` are filled in."""

    by_source: str
    undated: str
    by_date: str
    unnamed: str
    tentative: str
    no_evidence: str
    none_within: str
    """Under a filter; `{count}` is the number of articles that fit it. The words before it are its own."""
    nothing_fits: str
    nearest: str
    not_mentioned: str
    not_given: dict[Measure, str]
    empty_collection: str
    quotes: tuple[str, str]


PHRASES: dict[str, Phrases] = {
    "en": Phrases(
        by_source="According to {source} ({date}):",
        undated="According to {source}:",
        by_date="According to an article of {date}:",
        unnamed="According to an undated article:",
        tentative="The articles may not answer this question. This is what comes nearest:",
        no_evidence="The articles do not answer this question.",
        none_within="None of the articles that fit the filter ({count}) answers this question.",
        nothing_fits="No article fits the filter. Change it, or ask all articles.",
        nearest="The nearest ones, which do not answer it, are listed with this answer.",
        not_mentioned="They do not mention {names}.",
        not_given={
            Measure.MONEY: "They give no sum of money.",
            Measure.AGE: "They give no age.",
            Measure.SHARE: "They give no percentage.",
        },
        empty_collection="There are no articles in the collection yet. Add some, then ask again.",
        quotes=("“", "”"),
    ),
    "fr": Phrases(
        by_source="Selon {source} ({date}) :",
        undated="Selon {source} :",
        by_date="Selon un article de {date} :",
        unnamed="Selon un article non daté :",
        tentative="Les articles ne répondent peut-être pas à cette question. Voici ce qui s’en approche le plus :",
        no_evidence="Les articles ne répondent pas à cette question.",
        none_within="Aucun des articles retenus par le filtre ({count}) ne répond à cette question.",
        nothing_fits="Aucun article ne correspond au filtre. Modifiez-le, ou interrogez tous les articles.",
        nearest="Les plus proches, qui n’y répondent pas, sont indiqués à côté.",
        not_mentioned="Ils ne mentionnent pas {names}.",
        not_given={
            Measure.MONEY: "Ils n’indiquent aucune somme.",
            Measure.AGE: "Ils n’indiquent aucun âge.",
            Measure.SHARE: "Ils n’indiquent aucun pourcentage.",
        },
        empty_collection="La collection ne contient encore aucun article. Ajoutez-en, puis reposez la question.",
        quotes=("« ", " »"),
    ),
    "de": Phrases(
        by_source="Laut {source} ({date}):",
        undated="Laut {source}:",
        by_date="Laut einem Artikel ({date}):",
        unnamed="Laut einem undatierten Artikel:",
        tentative="Die Artikel beantworten diese Frage vielleicht nicht. Am nächsten kommt dies:",
        no_evidence="Die Artikel beantworten diese Frage nicht.",
        none_within="Keiner der Artikel, auf die der Filter passt ({count}), beantwortet diese Frage.",
        nothing_fits="Auf den Filter passt kein Artikel. Ändern Sie ihn, oder fragen Sie alle Artikel.",
        nearest="Die nächstliegenden, die sie nicht beantworten, stehen daneben.",
        not_mentioned="{names} kommt darin nicht vor.",
        not_given={
            Measure.MONEY: "Einen Geldbetrag nennen sie nicht.",
            Measure.AGE: "Ein Alter nennen sie nicht.",
            Measure.SHARE: "Einen Anteil nennen sie nicht.",
        },
        empty_collection="Die Sammlung enthält noch keine Artikel. Fügen Sie welche hinzu und fragen Sie dann erneut.",
        quotes=("„", "“"),
    ),
    "es": Phrases(
        by_source="Según {source} ({date}):",
        undated="Según {source}:",
        by_date="Según un artículo de {date}:",
        unnamed="Según un artículo sin fecha:",
        tentative="Es posible que los artículos no respondan a esta pregunta. Esto es lo más cercano:",
        no_evidence="Los artículos no responden a esta pregunta.",
        none_within="Ninguno de los artículos que cumplen el filtro ({count}) responde a esta pregunta.",
        nothing_fits="Ningún artículo cumple el filtro. Cámbielo o pregunte a todos los artículos.",
        nearest="Los más cercanos, que no la responden, figuran al lado.",
        not_mentioned="No mencionan {names}.",
        not_given={
            Measure.MONEY: "No dan ninguna cantidad de dinero.",
            Measure.AGE: "No dan ninguna edad.",
            Measure.SHARE: "No dan ningún porcentaje.",
        },
        empty_collection="La colección aún no contiene artículos. Añada algunos y vuelva a preguntar.",
        quotes=("«", "»"),
    ),
    "it": Phrases(
        by_source="Secondo {source} ({date}):",
        undated="Secondo {source}:",
        by_date="Secondo un articolo ({date}):",
        unnamed="Secondo un articolo senza data:",
        tentative="Gli articoli forse non rispondono a questa domanda. Ecco ciò che vi si avvicina di più:",
        no_evidence="Gli articoli non rispondono a questa domanda.",
        none_within="Nessuno degli articoli che corrispondono al filtro ({count}) risponde a questa domanda.",
        nothing_fits="Nessun articolo corrisponde al filtro. Modificalo o interroga tutti gli articoli.",
        nearest="I più vicini, che non rispondono, sono elencati a lato.",
        not_mentioned="Non menzionano {names}.",
        not_given={
            Measure.MONEY: "Non indicano alcuna somma di denaro.",
            Measure.AGE: "Non indicano alcuna età.",
            Measure.SHARE: "Non indicano alcuna percentuale.",
        },
        empty_collection="La raccolta non contiene ancora articoli. Aggiungine alcuni e riprova.",
        quotes=("«", "»"),
    ),
    "pt": Phrases(
        by_source="Segundo {source} ({date}):",
        undated="Segundo {source}:",
        by_date="Segundo um artigo de {date}:",
        unnamed="Segundo um artigo sem data:",
        tentative="Os artigos talvez não respondam a esta pergunta. Isto é o que mais se aproxima:",
        no_evidence="Os artigos não respondem a esta pergunta.",
        none_within="Nenhum dos artigos que correspondem ao filtro ({count}) responde a esta pergunta.",
        nothing_fits="Nenhum artigo corresponde ao filtro. Altere-o ou pergunte a todos os artigos.",
        nearest="Os mais próximos, que não respondem, estão indicados ao lado.",
        not_mentioned="Não mencionam {names}.",
        not_given={
            Measure.MONEY: "Não indicam nenhuma quantia.",
            Measure.AGE: "Não indicam nenhuma idade.",
            Measure.SHARE: "Não indicam nenhuma percentagem.",
        },
        empty_collection="A coleção ainda não contém artigos. Adicione alguns e pergunte novamente.",
        quotes=("“", "”"),
    ),
    "nl": Phrases(
        by_source="Volgens {source} ({date}):",
        undated="Volgens {source}:",
        by_date="Volgens een artikel van {date}:",
        unnamed="Volgens een ongedateerd artikel:",
        tentative="Misschien beantwoorden de artikelen deze vraag niet. Dit komt er het dichtst bij:",
        no_evidence="De artikelen beantwoorden deze vraag niet.",
        none_within="Geen van de artikelen die aan het filter voldoen ({count}) beantwoordt deze vraag.",
        nothing_fits="Geen artikel voldoet aan het filter. Wijzig het, of vraag het aan alle artikelen.",
        nearest="De artikelen die er het dichtst bij komen, staan ernaast.",
        not_mentioned="{names} komt er niet in voor.",
        not_given={
            Measure.MONEY: "Ze noemen geen geldbedrag.",
            Measure.AGE: "Ze noemen geen leeftijd.",
            Measure.SHARE: "Ze noemen geen percentage.",
        },
        empty_collection="De verzameling bevat nog geen artikelen. Voeg er enkele toe en vraag het opnieuw.",
        quotes=("“", "”"),
    ),
    "ru": Phrases(
        by_source="Как сообщает {source} ({date}):",
        undated="Как сообщает {source}:",
        by_date="Как говорится в статье ({date}):",
        unnamed="Как говорится в статье без даты:",
        tentative="Возможно, в статьях нет ответа на этот вопрос. Ближе всего к нему следующее:",
        no_evidence="В статьях нет ответа на этот вопрос.",
        none_within="Ни одна из статей, подходящих под фильтр ({count}), не отвечает на этот вопрос.",
        nothing_fits="Под фильтр не подходит ни одна статья. Измените его или спросите по всем статьям.",
        nearest="Ближайшие по теме, но не отвечающие на вопрос, указаны рядом.",
        not_mentioned="В них не упоминается {names}.",
        not_given={
            Measure.MONEY: "Денежной суммы в них нет.",
            Measure.AGE: "Возраста в них нет.",
            Measure.SHARE: "Доли в процентах в них нет.",
        },
        empty_collection="В коллекции пока нет статей. Добавьте их и спросите снова.",
        quotes=("«", "»"),
    ),
    "tr": Phrases(
        by_source="{source} haberine göre ({date}):",
        undated="{source} haberine göre:",
        by_date="{date} tarihli bir habere göre:",
        unnamed="Tarihsiz bir habere göre:",
        tentative="Haberler bu soruyu yanıtlamıyor olabilir. En yakın bulunanlar:",
        no_evidence="Haberlerde bu sorunun yanıtı yok.",
        none_within="Süzgece uyan haberlerin ({count}) hiçbiri bu soruyu yanıtlamıyor.",
        nothing_fits="Süzgece uyan haber yok. Süzgeci değiştirin ya da tüm haberlere sorun.",
        nearest="Konuya en yakın, ancak soruyu yanıtlamayan haberler yanda listelenmiştir.",
        not_mentioned="Bu haberlerde {names} geçmiyor.",
        not_given={
            Measure.MONEY: "Bir para tutarı vermiyorlar.",
            Measure.AGE: "Bir yaş vermiyorlar.",
            Measure.SHARE: "Bir oran vermiyorlar.",
        },
        empty_collection="Koleksiyonda henüz haber yok. Haber ekleyip yeniden sorun.",
        quotes=("“", "”"),
    ),
    "ar": Phrases(
        by_source="بحسب {source} ({date}):",
        undated="بحسب {source}:",
        by_date="بحسب مقال بتاريخ {date}:",
        unnamed="بحسب مقال غير مؤرخ:",
        tentative="قد لا تجيب المقالات عن هذا السؤال. وهذا أقرب ما فيها إليه:",
        no_evidence="لا تجيب المقالات عن هذا السؤال.",
        none_within="لا تجيب أي من المقالات المطابقة للمرشِّح ({count}) عن هذا السؤال.",
        nothing_fits="لا توجد مقالة مطابقة للمرشِّح. غيّره أو اسأل المقالات كلها.",
        nearest="أقرب المقالات، وهي لا تجيب عنه، مذكورة إلى الجانب.",
        not_mentioned="ولا تذكر {names}.",
        not_given={
            Measure.MONEY: "ولا تذكر أي مبلغ من المال.",
            Measure.AGE: "ولا تذكر أي عمر.",
            Measure.SHARE: "ولا تذكر أي نسبة.",
        },
        empty_collection="لا توجد مقالات في المجموعة بعد. أضف بعضها ثم اسأل مجددًا.",
        quotes=("«", "»"),
    ),
    "zh": Phrases(
        by_source="据{source}（{date}）报道：",
        undated="据{source}报道：",
        by_date="据一篇{date}的文章：",
        unnamed="据一篇未注明日期的文章：",
        tentative="这些文章可能没有回答这个问题。最接近的内容如下：",
        no_evidence="这些文章没有回答这个问题。",
        none_within="符合筛选条件的文章（{count}）都没有回答这个问题。",
        nothing_fits="没有符合筛选条件的文章。请更改筛选条件，或在所有文章中提问。",
        nearest="最接近但并未回答该问题的文章列在旁边。",
        not_mentioned="文章没有提到{names}。",
        not_given={
            Measure.MONEY: "文章没有给出金额。",
            Measure.AGE: "文章没有给出年龄。",
            Measure.SHARE: "文章没有给出比例。",
        },
        empty_collection="文章集中还没有文章。请先添加文章，然后再提问。",
        quotes=("“", "”"),
    ),
}


def phrases_for(language: str | None) -> tuple[str, Phrases]:
    """Return the language spoken for a question's language, and its phrases; English where we lack it."""
    spoken = language if language in PHRASES else DEFAULT_LANGUAGE
    return spoken, PHRASES[spoken]


def lead_in(phrases: Phrases, language: str, source: str | None, published: Published | None) -> str:
    """Say who says it and when, as far as that is known."""
    date = format_date(published, language) if published else None
    source = _plain_name(source) if source else None
    if source and date:
        return phrases.by_source.format(source=source, date=date)
    if source:
        return phrases.undated.format(source=source)
    return phrases.by_date.format(date=date) if date else phrases.unnamed


def format_date(published: Published, language: str) -> str:
    """Write a date for people, in `language`, no more exactly than it is known."""
    from babel.dates import format_date as babel_format
    from babel.dates import format_skeleton

    day = published.at.date()
    if published.precision is Precision.YEAR:
        return str(day.year)
    if published.precision is Precision.MONTH:
        return str(format_skeleton("yMMMM", published.at, locale=language))
    return str(babel_format(day, format="long", locale=language))


def english_name(language: str | None) -> str:
    """Return the English name of a language, as "French"; "the language of the question" if unknown."""
    from babel import Locale

    names = Locale.parse("en").languages
    return str(names.get(language, "")) or "the language of the question"


def _plain_name(source: str) -> str:
    """Return an outlet's name as a name: one that holds a sentence or a marker of its own must not pass for ours."""
    name = " ".join(source.translate(_SIGNS).split())
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"
