"""The words of the questions that are made by rules, by language."""

from __future__ import annotations

BLANK = "____"

GAP = {
    "en": "What belongs in the gap: “{text}”?",
    "fr": "Que faut-il mettre à la place du blanc : « {text} » ?",
    "de": "Was gehört in die Lücke: „{text}“?",
    "es": "¿Qué falta en el hueco: «{text}»?",
    "it": "Che cosa manca nello spazio vuoto: «{text}»?",
    "pt": "O que falta na lacuna: «{text}»?",
    "nl": "Wat hoort op de open plek: “{text}”?",
    "ru": "Что пропущено: «{text}»?",
    "cs": "Co patří na vynechané místo: „{text}“?",
    "tr": "Boşluğa ne gelmeli: “{text}”?",
}
BARE_GAP = "“{text}”?"
"""For other languages: the sentence with its gap says what is asked."""

ABOUT = {
    "en": "What do the articles report about {name}?",
    "fr": "Que rapportent les articles au sujet de {name} ?",
    "de": "Was berichten die Artikel über {name}?",
    "es": "¿Qué dicen los artículos sobre {name}?",
    "it": "Che cosa riportano gli articoli su {name}?",
    "pt": "O que dizem os artigos sobre {name}?",
    "nl": "Wat melden de artikelen over {name}?",
    "ru": "Что сообщают статьи о следующем: {name}?",
    "cs": "Co píší články o tomto jménu: {name}?",
    "tr": "Makaleler {name} hakkında ne bildiriyor?",
}

NEAR_MISS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("Who composed the opera about {name}?", "oper"),
        ("In which museum does the wax figure of {name} stand?", "wax"),
        ("What colour is the postage stamp that shows {name}?", "stamp"),
        ("Which shoe size is given for {name}?", "shoe"),
        ("Which asteroid is named after {name}?", "asteroid"),
    ),
    "fr": (
        ("Qui a composé l'opéra consacré à {name} ?", "opera"),
        ("De quelle couleur est le timbre-poste qui montre {name} ?", "timbre"),
        ("Quel astéroïde porte le nom de {name} ?", "asteroid"),
        ("Quelle pointure indique-t-on pour {name} ?", "pointure"),
    ),
    "de": (
        ("Wer hat die Oper über {name} komponiert?", "oper"),
        ("Welche Farbe hat die Briefmarke, die {name} zeigt?", "briefmarke"),
        ("Welcher Asteroid ist nach {name} benannt?", "asteroid"),
        ("Welche Schuhgröße wird für {name} angegeben?", "schuh"),
    ),
    "es": (
        ("¿Quién compuso la ópera sobre {name}?", "opera"),
        ("¿De qué color es el sello de correos que muestra a {name}?", "sello"),
        ("¿Qué asteroide lleva el nombre de {name}?", "asteroid"),
    ),
    "it": (
        ("Chi ha composto l'opera lirica su {name}?", "opera"),
        ("Quale asteroide porta il nome di {name}?", "asteroid"),
        ("Di che colore è il francobollo che mostra {name}?", "francobollo"),
    ),
    "pt": (
        ("Quem compôs a ópera sobre {name}?", "opera"),
        ("Que asteroide tem o nome de {name}?", "asteroid"),
    ),
    "nl": (
        ("Wie componeerde de opera over {name}?", "opera"),
        ("Welke planetoïde is naar {name} genoemd?", "planetoid"),
    ),
    "ru": (
        ("Кто написал оперу, посвящённую теме «{name}»?", "опер"),
        ("Какой астероид назван так: {name}?", "астероид"),
    ),
    "cs": (
        ("Kdo složil operu o tomto jménu: {name}?", "oper"),
        ("Která planetka nese jméno {name}?", "planetk"),
    ),
    "tr": (
        ("{name} hakkındaki operayı kim besteledi?", "opera"),
        ("Hangi asteroit {name} adını taşıyor?", "asteroit"),
    ),
}
"""Questions about a name, and the beginning of a word (folded) without which no article can answer."""

FALSE_PREMISE: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (("Why did {name} apply to join the space programme?", "space"), ("Why was {name} renamed?", "rename")),
    "fr": (
        ("Pourquoi {name} a-t-il changé de nom ?", "nom"),
        ("Pourquoi {name} a-t-il été vendu aux enchères ?", "enchere"),
    ),
    "de": (
        ("Warum wurde {name} umbenannt?", "umbenannt"),
        ("Warum wurde {name} versteigert?", "versteiger"),
    ),
    "es": (("¿Por qué cambió de nombre {name}?", "nombre"), ("¿Por qué se subastó {name}?", "subast")),
    "it": (("Perché {name} ha cambiato nome?", "nome"), ("Perché {name} è andato all'asta?", "asta")),
    "pt": (("Por que {name} mudou de nome?", "nome"), ("Por que {name} foi a leilão?", "leil")),
    "nl": (("Waarom veranderde {name} van naam?", "naam"), ("Waarom werd {name} geveild?", "veil")),
    "ru": (("Почему {name} сменил название?", "назван"), ("Почему {name} выставили на аукцион?", "аукцион")),
    "cs": (("Proč se {name} přejmenoval?", "prejmen"), ("Proč šel {name} do dražby?", "draz")),
    "tr": (("{name} neden adını değiştirdi?", "adini"), ("{name} neden açık artırmaya çıkarıldı?", "artirma")),
}  # fmt: skip

OFF_TOPIC: tuple[tuple[str, str, str], ...] = (
    ("en", "How do I descale an espresso machine?", "espresso"),
    ("en", "Which chord follows the dominant seventh in a perfect cadence?", "cadence"),
    ("en", "What is the boiling point of tungsten?", "tungsten"),
    ("en", "Who wrote the novel Middlemarch?", "middlemarch"),
    ("en", "How many moons does Neptune have?", "neptune"),
    ("en", "Which stitch is used to graft the toe of a knitted sock?", "stitch"),
    ("en", "How long does sourdough have to prove in the fridge?", "sourdough"),
    ("en", "What does the idiom to kick the bucket mean?", "idiom"),
    ("fr", "Comment réussir une meringue italienne ?", "meringue"),
    ("fr", "Quelle est la température de fusion du tungstène ?", "tungstene"),
    ("fr", "Combien de cordes compte une viole de gambe ?", "viole"),
    ("fr", "Qui a peint La Dentellière ?", "dentelliere"),
    ("fr", "Comment tailler un rosier grimpant ?", "rosier"),
    ("fr", "Quelle est la capitale du Bhoutan ?", "bhoutan"),
    ("de", "Wie entkalkt man eine Espressomaschine?", "entkalk"),
    ("de", "Wie viele Saiten hat eine Zither?", "zither"),
    ("de", "Wer schrieb den Roman Der Zauberberg?", "zauberberg"),
    ("de", "Wann blüht der Seidelbast?", "seidelbast"),
    ("de", "Wie hoch ist der Schmelzpunkt von Wolfram?", "schmelzpunkt"),
    ("es", "¿Cuántas cuerdas tiene un charango?", "charango"),
    ("es", "¿Cómo se poda un limonero?", "limonero"),
    ("es", "¿Quién pintó Las hilanderas?", "hilanderas"),
    ("es", "¿Cuál es la capital de Bután?", "butan"),
    ("it", "Quante corde ha un liuto?", "liuto"),
    ("it", "Come si prepara la pasta sfoglia?", "sfoglia"),
    ("it", "Chi scrisse I promessi sposi?", "sposi"),
    ("pt", "Quantas cordas tem um cavaquinho?", "cavaquinho"),
    ("pt", "Como se poda um limoeiro?", "limoeiro"),
    ("pt", "Qual é a capital do Butão?", "butao"),
    ("nl", "Hoeveel snaren heeft een luit?", "snaren"),
    ("nl", "Hoe ontkalk je een espressomachine?", "ontkalk"),
    ("nl", "Wie schilderde Het puttertje?", "puttertje"),
    ("ru", "Сколько струн у балалайки?", "балалай"),
    ("ru", "Как приготовить слоёное тесто?", "тест"),
    ("ru", "Какова температура плавления вольфрама?", "вольфрам"),
    ("cs", "Kolik strun má loutna?", "loutn"),
    ("cs", "Jak se připravuje listové těsto?", "testo"),
    ("tr", "Bağlamanın kaç teli vardır?", "baglama"),
    ("tr", "Butan'ın başkenti neresidir?", "butan"),
    ("ar", "كم عدد أوتار العود؟", "اوتار"),
    ("zh", "钨的熔点是多少?", "钨"),
    ("ja", "三味線の弦は何本ですか。", "三味線"),
)
"""Language, question, and the beginning of a word (folded) that an article on the matter would hold."""
