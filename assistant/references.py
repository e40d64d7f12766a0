"""Words that tell whether a question leans on what was said before, by language.

All in lower case. Patterns are matched against a question in lower case with plain apostrophes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from index import STOP_WORDS, fold


@dataclass(frozen=True, kw_only=True)
class Words:
    """The closed classes of a language that follow-ups are told by."""

    asks: frozenset[str]
    """Question words."""
    empty: frozenset[str]
    """Light verbs and the like: no topic of their own, beyond the stop words of `index`."""
    refers: frozenset[str]
    """Pronouns and adverbs that stand for something named in an earlier clause, or earlier still."""
    owns: frozenset[str] = frozenset()
    """Possessives: whatever was named before them will do, in the same clause too."""
    either: frozenset[str] = frozenset()
    """A possessive before a word of substance, else a pronoun (her, его)."""
    points: frozenset[str] = frozenset()
    """Demonstratives, which point back unless a word of `times` follows, or the question names something first."""
    others: frozenset[str] = frozenset()
    """Words of comparison, which point back where the question names nothing (else, another)."""
    links: frozenset[str] = frozenset()
    """Demonstratives that also join clauses: they point back where nothing is named before, or at the end."""
    than: frozenset[str] = frozenset()
    """Words that say what is compared with."""
    joins: frozenset[str] = frozenset()
    """Words that begin a further clause."""
    definite: frozenset[str] = frozenset()
    """Definite articles."""
    determiners: frozenset[str] = frozenset()
    """Words before a noun; told only where nouns have capitals."""
    times: frozenset[str] = frozenset()
    """Nouns that a demonstrative dates: this year."""
    opens: re.Pattern[str] = re.compile(r"(?!)")
    """A beginning that only goes on from something: what about."""
    adds: re.Pattern[str] = re.compile(r"(?!)")
    """A conjunction at the beginning."""
    mends: re.Pattern[str] = re.compile(r"(?!)")
    """A beginning that puts the question before right: I meant."""
    idle: re.Pattern[str] = re.compile(r"(?!)")
    """Phrases whose pronoun stands for nothing: it is true that, il y a, es gibt."""
    defines: re.Pattern[str] = re.compile(r"(?!)")
    """Beginnings after which a single noun makes a whole question: what is inflation."""
    stops: frozenset[str] = frozenset()
    """Stop words, folded."""
    known: frozenset[str] = field(init=False)
    """All words above that are no topic."""

    def __post_init__(self) -> None:
        classes = (
            self.asks,
            self.empty,
            self.refers,
            self.owns,
            self.either,
            self.points,
            self.others,
            self.links,
        )
        object.__setattr__(self, "known", frozenset().union(*classes, self.joins, self.determiners))

    def knows(self, word: str) -> bool:
        """Tell whether a word (in lower case) is no topic."""
        return word in self.known or fold(word) in self.stops


_LISTS: dict[str, dict[str, str]] = {
    "en": {
        "asks": "who whom whose what which when where why how",
        "empty": "yes few long often far old big just even still again ever now today please ok okay well hi"
        " hello thanks thank sure tell show give say says mean meant explain know ask asked think happen"
        " happens happened happening really actually exactly thing things every best there's re ve ll d m"
        " let want need like get",
        "definite": "the",
        "refers": "he she it they him them there himself herself itself themselves",
        "owns": "his its their hers theirs",
        "either": "her",
        "points": "this these those",
        "links": "that one ones",
        "than": "than",
        "others": "elsewhere other others another else same instead similar similarly former latter",
        "joins": "what whom said says announced believe believes found confirmed claims claimed thinks hopes warned denied when if because and or but while after before since until although though that who which where why how"
        " whether unless",
        "times": "past coming year years month months week weeks day days morning evening night afternoon summer winter spring autumn"
        " decade century season time weekend quarter",
        "opens": r"(?:(?:and|but|so|ok|okay|then) )?(?:what|how) about\b",
        "adds": r"(?:and|but|or|so|also|ok|okay)\b",
        "mends": r"(?:oops|i (?:mean|meant|asked)\b|i'm asking\b|i was asking\b|that was not|that's not)",
        "idle": r"\b(?:is|are|was|were) there(?=\W*$)|\b(?:is|are|was|were|be|been|has|have|had|will|would|can|could|may|might|must) there (?:be |been )?(?=\w)"
        r"|\bthere (?:is|are|was|were|has|have|will|would|exists?)\b|\bit (?:takes?|took|rains?|snows?)\b|\bdoes it take (?:to|for)\b"
        r"|\b(?:is|was|be|will it be|would it be) it (?:really |still )?(?:true|possible|likely|legal|illegal|safe|right|wrong|certain|known|"
        r"clear|important|necessary|worth|ok|okay|better|hard|difficult|easy|dangerous|normal|allowed|good|bad|common|raining|snowing)\b(?: that)?(?= \w)"
        r"|\bit (?:is|was|'s) (?:\w+ ){1,3}(?:that|to|for|who)\b|\bhow (?:is|was|come) it (?:is )?that\b|\bthose (?:who|which|that|of|in|with)\b"
        r"|\bwill it (?:rain|snow|be)\b|\bsuch as\b",
        "defines": r"(?:so )?(?:what|who) (?:is|are|was|were)(?: (?:a|an))? (?!the\b)|what does .* (?:mean|stand for)|define\b|explain\b",
    },
    "fr": {
        "asks": "qui que quoi quel quelle quels quelles pourquoi quand combien où comment lequel laquelle lesquels lesquelles",
        "empty": "va vont aller allait ira vient or non oui suis as avaient aura peuvent pouvait moins bien déjà dire dites disent veut passe"
        " passé arrive ensuite merci parle",
        "definite": "le la les l du au aux des",
        "refers": "il elle ils elles lui eux leur y là ça cela ceci celui celle ceux celles",
        "owns": "son sa ses leurs",
        "points": "cet cette ces",
        "than": "que qu",
        "others": "ailleurs autre autres autrement pareil sinon",
        "joins": "quand si lorsque lorsqu parce puisque et ou mais après avant pendant comme que qu qui dont où pourquoi",
        "times": "année années an mois semaine semaines jour jours matin soir nuit été hiver printemps automne saison fois weekend week",
        "opens": r"(?:et |mais )?(?:qu'en est-il|quid|et pour|et concernant|et à propos|qu'en est il)\b",
        "adds": r"(?:et|mais|ou|alors|donc)\b",
        "mends": r"(?:oups\b|je (?:veux|voulais) dire\b|je (?:parle|parlais) d)",
        "idle": r"\bil (?:n')?y (?:a|avait|aura|eut|aurait)\b|\by (?:a|avait|aura|eut)(?:-| )t(?:-| )il\b|\bil (?:ne )?(?:faut|fallait|faudra|faudrait|pleut|neige|reste|suffit)\b"
        r"|\b(?:faut|fallait|pleut|suffit)-il\b|\bfaudra-t-il\b|\b(?:est|était)-il (?:vrai|possible|exact|probable|légal|interdit|permis|prévu|nécessaire|utile|dangereux|normal|question)\b"
        r"|\bil (?:est|était) (?:vrai|possible|exact|probable|légal|interdit|permis|prévu|nécessaire)\b|\bs'agi(?:t|ssait)-il\b|\bil s'agi(?:t|ssait)\b"
        r"|\best-ce qu(?:e|i)?\b|\bqu'est-ce\b|\bc'est\b|\best-ce\b|\bce qu[ei']|\bce (?:sont|fut)\b|\b(?:celui|celle|ceux|celles) (?:qui|que|qu'|de|du|des|d')",
        "defines": r"(?:qu'est-ce que|c'est quoi|que signifie|que veut dire|qui (?:est|sont|était))\b",
    },
    "de": {
        "asks": "wer wen wem wessen was wann wo wohin woher warum weshalb wieso wozu wie welche welcher welches welchen welchem"
        " wofür womit worüber wodurch wieviel",
        "empty": "keinen schon worden geworden haben konnte konnten sollen sollte müssen musste mußte will wollen"
        " wollte darf mag denn mal bitte nein mir mich wir dir man unser vielen lange oft hoch alt groß"
        " genau eigentlich sagt sagte sagen passiert passierte geschah los gab macht machen machte heißt"
        " bedeutet danke",
        "definite": "der die das den dem des",
        "refers": "er sie es ihn ihm dort dorthin dorther da dahin daher darüber damit davon daran darin dazu dafür dagegen darauf daraus"
        " danach dabei deshalb deswegen denen dessen deren",
        "owns": "sein seine seinen seinem seiner seines ihre ihren ihrem ihrer ihres",
        "either": "ihr",
        "points": "dies diese dieser dieses diesen diesem jene jener jenes jenen jenem derselbe dieselbe dasselbe",
        "than": "als",
        "others": "anderswo woanders andere anderen anderer anderes sonst stattdessen ebenfalls ähnliche",
        "joins": "wenn als weil dass daß ob und oder aber nachdem bevor während obwohl wo warum wie",
        "determiners": "der die das den dem des ein eine einen einem einer eines kein keine keinen viel viele vielen wie mehr alle"
        " welche welcher welches welchen welchem einige diese dieser dieses diesen diesem seine seinen seinem seiner ihre ihren ihrem ihrer sein ihr",
        "times": "jahr jahre jahres monat woche tag tage morgen abend nacht sommer winter frühjahr herbst jahrhundert mal zeit",
        "opens": r"(?:und |aber )?(?:was ist mit|wie steht es um|wie sieht es mit|wie ist es mit|was ist in|wie ist es in|wie sieht es in)\b",
        "adds": r"(?:und|aber|oder|also|dann)\b",
        "mends": r"(?:ich mein(?:e|te)\b|ups\b|ich wollte wissen\b)",
        "idle": r"\bgibt es\b|\bgab es\b|\bes (?:gibt|gab|geht|ging|kam|kommt|handelt|regnet|schneit)\b|\b(?:geht|ging|kam|kommt|handelt|regnet|steht) es\b"
        r"|\b(?:ist|war|wäre) es (?:wahr|möglich|richtig|wahrscheinlich|legal|erlaubt|verboten|sicher|nötig|gefährlich|normal)\b"
        r"|\bes (?:ist|war) (?:wahr|möglich|richtig|wahrscheinlich)\b|\bstimmt es\b|\b(?:können|könnten|wissen|sagen|meinen|glauben|haben|würden) sie\b",
        "defines": r"(?:was|wer) (?:ist|sind|war|bedeutet|heißt)(?: (?:ein|eine))? (?!(?:der|die|das)\b)",
    },
    "es": {
        "asks": "qué quién quiénes cuál cuáles cuándo dónde adónde cómo cuánto cuánta cuántos cuántas porqué que quien cuando donde como cuanto",
        "empty": "u estaban estar habían haber hubo hacer hizo puede pueden podía debe todavía sólo solo dice"
        " dijo dicen decir pasa pasó ocurrió sucedió tan bien ahora hoy favor gracias usted ustedes",
        "definite": "el la los las del al",
        "refers": "él ella ellos ellas ello lo eso esto aquello allí allá ahí",
        "owns": "su sus suyo suya",
        "points": "este esta estos estas ese esa esos esas aquel aquella aquellos aquellas",
        "than": "que",
        "others": "otro otra otros otras demás mismo misma igual",
        "joins": "cuando si porque y o pero después antes mientras aunque que como donde",
        "times": "año años mes semana semanas día días mañana tarde noche verano invierno primavera otoño siglo vez temporada",
        "opens": r"(?:y |pero )?(?:qué (?:hay|pasa|tal|ocurre) (?:de|del|con|en)|y (?:de|sobre|respecto a))\b",
        "adds": r"(?:y|e|pero|o|entonces)\b",
        "mends": r"(?:quiero decir\b|quise decir\b|me (?:refiero|refería) a)",
        "idle": r"\blo (?:que|cual)\b|\b(?:es|era) (?:verdad|cierto|posible) que\b|\b(?:es[aeo]s?|aquel(?:la)?s?) que\b",
        "defines": r"(?:qué|quién|quiénes) (?:es|son|era|significa)\b",
    },
    "it": {
        "asks": "chi che cosa quale quali qual quando dove come perché quanto quanta quanti quante",
        "empty": "un' dell all dall nell sull ti furono stati state avevano fatto fare può possono poteva deve"
        " ancora già solo dice detto dire successo succede accaduto così bene ora oggi favore grazie voi"
        " mio tuo cos dov com quand",
        "definite": "il lo la i gli le l del della dello dei degli delle al alla",
        "refers": "lui lei essi esse esso essa loro ci lì là ciò gliela",
        "owns": "suo sua suoi sue",
        "points": "questo questa questi queste quello quella quelli quelle quel quell quei quegli quest",
        "than": "che di",
        "others": "altrove altro altra altri altre stesso stessa invece",
        "joins": "quando se perché e o ma dopo prima mentre che come dove",
        "times": "anno anni mese settimana giorno giorni mattina sera notte estate inverno primavera autunno secolo volta stagione",
        "opens": r"(?:e |ma )?(?:che (?:ne è|dire|mi dici)(?: di| del| della| dell')|e per quanto riguarda|che ne è)\b",
        "adds": r"(?:e|ed|ma|o|allora|quindi)\b",
        "mends": r"(?:intendo\b|intendevo\b|volevo dire\b|voglio dire\b)",
        "idle": r"\bc'(?:è|era|erano)\b|\bci (?:sono|erano|furono|sarà|saranno|fu|è)\b|\bquell[aeoi] (?:che|di|del|della)\b|\bè vero\b|\bci vuole\b|\bci vogliono\b",
        "defines": r"(?:cos'è|che cos'è|che cosa (?:è|sono|significa)|cosa (?:è|sono|significa)|chi (?:è|sono|era))\b",
    },
    "pt": {
        "asks": "que quê quem qual quais quando onde aonde como porquê porque quanto quanta quantos quantas",
        "empty": "sim sido estavam estar ter houve faz fazer fez pode podem podia deve ainda apenas diz disse"
        " dizer aconteceu acontece tão bem agora hoje favor obrigado você vocês meu minha",
        "definite": "o a os as do da dos das no na",
        "refers": "ele ela eles elas lhe lhes isso isto aquilo lá ali aí nele nela neles nelas disso disto nisso",
        "owns": "seu sua seus suas dele dela deles delas",
        "points": "este esta estes estas esse essa esses essas aquele aquela aqueles aquelas neste nesta nesse nessa deste desta desse dessa",
        "than": "que",
        "others": "outro outra outros outras mesmo mesma",
        "joins": "quando se porque e ou mas depois antes enquanto embora que como onde",
        "times": "ano anos mês semana semanas dia dias manhã tarde noite verão inverno primavera outono século vez temporada",
        "opens": r"(?:e |mas )?(?:que tal|e quanto (?:a|ao|à|aos|às)|e sobre|e em relação|quanto (?:ao|à|aos|às))\b",
        "adds": r"(?:e|mas|ou|então)\b",
        "mends": r"(?:quero dizer\b|quis dizer\b|queria dizer\b|refiro-me\b|me refiro\b)",
        "idle": r"\baquel[ea]s? que\b|\bé (?:verdade|possível|certo) que\b",
        "defines": r"(?:o )?que (?:é|são|significa)\b|quem (?:é|são|era|foi)\b",
    },
    "nl": {
        "asks": "wie wat wanneer waar waarom hoe welke welk hoeveel waarheen waarvandaan waardoor waarover wiens",
        "empty": "'t zonder zeer ben werden geworden hadden konden zullen zouden moeten moest mag willen wilde"
        " nee jij lang vaak hoog oud groot precies eigenlijk zegt zei zeggen gebeurd gebeurt gebeurde"
        " doet deed gaat ging dank bedankt",
        "definite": "de het",
        "refers": "hij zij ze haar hem hen hun daar daarover daarmee daarvan daarna daarom daarin daarvoor daartegen ervan erover erin ermee",
        "owns": "hunne",
        "either": "haar hun",
        "points": "dit deze zulke dezelfde hetzelfde",
        "links": "dat die",
        "than": "dan als",
        "others": "elders andere anderen ander anders",
        "joins": "als toen omdat dat of en maar nadat voordat terwijl hoewel waar waarom hoe",
        "times": "jaar jaren maand week weken dag dagen ochtend avond nacht zomer winter lente herfst eeuw keer seizoen",
        "opens": r"(?:en |maar )?(?:wat is er met|hoe zit het (?:met|in)|wat (?:dan )?met|en hoe zit)\b",
        "adds": r"(?:en|maar|of|dus|dan)\b",
        "mends": r"(?:ik bedoel(?:de)?\b|oeps\b)",
        "idle": r"\bis het (?:waar|mogelijk|juist|veilig|legaal)(?: dat)?\b|\bhet is (?:waar|mogelijk)\b|\bklopt het(?: dat)?\b",
        "defines": r"(?:wat|wie) (?:is|zijn|was|betekent)(?: een)? (?!(?:de|het)\b)",
    },
    "ru": {
        "asks": "кто кого кому кем ком что чего чему чем чём когда где куда откуда почему зачем отчего как какой какая какое какие"
        " какого какую каком каких сколько чей чья чьё чьи который",
        "empty": "после будет будут стал стала могут можно нужно очень теперь сейчас сегодня говорит сказал"
        " сказала говорят произошло случилось происходит нам мой наш случае такое такой такая такие"
        " пожалуйста спасибо именно",
        "refers": "он она оно они ему ей им него неё нее нему ней ним них ними нём нем там туда оттуда это этого этому этим этом тогда",
        "either": "его её ее их",
        "points": "этот эта эти эту этой этих тот та те того той тех такого",
        "than": "чем кроме",
        "others": "другой другая другие других другого",
        "joins": "когда если потому что чтобы и а но после прежде пока хотя который где почему как",
        "times": "год года году годы месяц месяце неделя неделе неделю день дня утро утром вечер вечером лето летом зима зимой раз век веке время",
        "opens": r"(?:а |и |но )?(?:а )?(?:как насчет|как насчёт|что насчет|что насчёт|что с|что касается|как дела (?:с|в)|что в)\b",
        "adds": r"(?:а|и|но|или|ну)\b",
        "mends": r"(?:я име(?:ю|л|ла) в виду\b|то есть\b)",
        "idle": r"\bэто (?:правда|верно|возможно),? что\b|\bправда ли,? что\b|\b(?:те|тех|тот|того),? (?:кто|которые|который|что)\b",
        "defines": r"(?:что такое|кто так(?:ой|ая|ие)|что значит|что означает)\b",
    },
    "tr": {
        "asks": "kaça kaçta kaçıncı ne neden niçin niye nasıl kim kimi kimin kime kimdir kimler nerede nereye nereden nereli hangi hangisi kaç kaçı nedir",
        "empty": "göre var fakat peki şey hakkında lütfen teşekkürler evet hayır dedi diyor söyledi neler midir"
        " mıdır musunuz misiniz artık şimdi bugün kez",
        "refers": "o ona onu onun onlar onları onların onlara orada oraya oradan orası bunu buna bunun şunu",
        "points": "bu şu bunlar şunlar",
        "others": "başka diğer diğeri aynı öbür",
        "joins": "ve ama veya çünkü eğer ki iken sonra önce",
        "times": "yıl yıla yılın ay hafta gün sabah akşam gece yaz kış sezon yüzyıl sefer kez",
        "opens": r"(?:peki |ve |ama )?(?:peki ya|ya)\b",
        "adds": r"(?:peki|ve|ama|fakat)\b",
        "mends": r"(?:demek istediğim\b|kastettiğim\b|yani\b)",
        "idle": r"\bdoğru mu\b",
        "defines": r".*\b(?:nedir|kimdir|ne demek|ne demektir)\b",
    },
    "ar": {
        "asks": "من ماذا ما متى أين لماذا كيف كم أي أية هل لم لمن بماذا",
        "empty": "ضد تكون حدث يحدث جرى قال قالت يقول تم يتم الآن اليوم أنا نحن أنت عدد شكرا",
        "refers": "هو هي هم هن هناك هنالك له لها لهم إليه إليها عليه عليها عنه عنها فيه فيها منه منها معه معها به بها ذلك لذلك",
        "points": "هذا هذه هؤلاء تلك أولئك",
        "others": "آخر أخرى آخرون غيرها غيره",
        "joins": "عندما إذا لأن بعدما قبل الذي التي حيث لماذا متى كيف",
        "times": "العام السنة الشهر الأسبوع اليوم الصيف الشتاء الموسم المرة القرن الصباح المساء",
        "opens": r"(?:و|ف)?(?:ماذا عن|ما بال|ماذا بشأن)(?!\w)",
        "adds": r"(?:و|ف)(?=(?:متى|أين|لماذا|كيف|كم|هل|ماذا|من|ما|في|إلى|على)\b)|(?:ولكن|لكن)\b",
        "mends": r"(?:أقصد|أعني|قصدت)\b",
        "idle": r"\bهناك\b(?=\s+\w)|\b(?:ما|من) (?:هو|هي|هم)\b|\bصحيح أن\b",
        "defines": r"(?:ما (?:هو|هي)|من (?:هو|هي)|ما معنى|ماذا (?:يعني|تعني))\b",
    },
}

TURKISH_ASKS = re.compile(r"\b(?:ne(?: zaman| kadar)?|neden|niçin|niye|nasıl|nedir|kimdir|m[iıuü])\b *")
CHINESE_ASKS = re.compile(
    "为什么|为何|怎么样|怎么|怎样|如何|什么时候|什么|何时|哪一年|哪里|哪儿|哪个|哪些|哪|谁|多少|几个|几|多久|多大|吗|呢"
)
CHINESE_EMPTY = re.compile(
    "[的了是在和与有被把就也都还又很将会能可要到从对于向着过吧啊请说个上下这那]|发生|事情|告诉我?|我们?|你们?|可以"
)
CHINESE_REFERS = re.compile(
    "他们?|她们?|它们?|那里|那儿|那边|这里|这个|那个|这些|那些|此事|此|(?<![尤其])其(?![他它中实])|对方|这件|那件"
)
CHINESE_OPENS = re.compile("^(?:那么|那|还有|至于|关于)|呢$")
CHINESE_MENDS = re.compile("^(?:我是说|我的意思是|我是指|我问的是)")


def words_of(language: str) -> Words | None:
    """Return the words of a language, None where there is no list (as for Chinese, which has patterns)."""
    return _all_words().get(language)


@lru_cache(maxsize=1)
def _all_words() -> dict[str, Words]:
    return {language: _made(language, lists) for language, lists in _LISTS.items()}


def _made(language: str, lists: dict[str, str]) -> Words:
    patterns = ("opens", "adds", "mends", "idle", "defines")
    sets = {name: frozenset(words.split()) for name, words in lists.items() if name not in patterns}
    found = {name: re.compile(lists[name]) for name in patterns if name in lists}
    return Words(stops=STOP_WORDS[language], **sets, **found)  # type: ignore[arg-type]


def languages() -> tuple[str, ...]:
    """Return the languages that have lists of words."""
    return tuple(_LISTS)
