"""Number words of eleven languages: what each word is worth, and the part it plays in a number."""

from __future__ import annotations

from functools import cache

from .number_lists import NumberWords, counted, inflected, powers, word_set


def _english() -> NumberWords:
    ones = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    tens = "twenty thirty forty/fourty fifty sixty seventy eighty ninety"
    ordinal = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    return NumberWords(
        small=counted("zero") | counted(ones + " seventeen eighteen nineteen", 1) | counted(tens, 20, 10),
        ordinals=counted(ordinal, 1)
        | inflected("thirteen fourteen fifteen sixteen seventeen eighteen nineteen", "th", 13)
        | inflected("twent thirt fort fift sixt sevent eight ninet", "ieth", 20, 10),
        hundred=word_set("hundred hundreds"),
        scales=powers(
            "3 thousand/thousands 6 million/millions 9 billion/billions 12 trillion/trillions 5 lakh 7 crore"
        ),
        short_scales=powers("3 k 6 m/mn/mln/mil/mio 9 bn/bln/b/billon 12 tn/trn"),
        groups=counted("dozen/dozens", 12),
        articles=word_set("a an"),
        joiners=word_set("and"),
        halves=word_set("half"),
        parts=counted("third/thirds quarter/quarters fifth/fifths", 3),
        both=word_set("both"),
        doubtful=word_set("one first second third quarter"),
    )


def _french() -> NumberWords:
    ones = "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    tens = "vingt/vingts trente quarante cinquante soixante septante huitante/octante nonante"
    teenth = "deux trois quatr cinqu six sept huit neuv dix onz douz treiz quatorz quinz seiz"
    return NumberWords(
        small=counted("zéro") | counted(ones, 2) | counted(tens, 20, 10),
        ordinals=counted("premier/première/premiers/premières second", 1)
        | inflected(teenth, "ième/ièmes", 2)
        | inflected("un", "ième/ièmes")
        | inflected("vingt trent quarant cinquant soixant", "ième/ièmes", 20, 10),
        hundred=word_set("cent cents"),
        scales=powers("3 mille 6 million/millions 9 milliard/milliards 12 billion/billions"),
        short_scales=powers("3 k 6 m/mio/mln 9 md/mds/mrd"),
        groups=counted("dizaine", 10)
        | counted("douzaine", 12)
        | counted("quinzaine", 15)
        | counted("vingtaine trentaine quarantaine cinquantaine soixantaine", 20, 10)
        | counted("centaine", 100)
        | counted("millier", 1000),
        bare=word_set("cent mille"),
        articles=word_set("un une"),
        joiners=word_set("et"),
        halves=word_set("demi demie moitié"),
        parts=counted("tiers quart/quarts cinquième/cinquièmes", 3),
        doubtful=word_set("neuf second premier première premiers premières moitié quart"),
    )


def _german() -> NumberWords:
    ones = "eins zwei/zwo drei vier fünf/fuenf sechs sieben acht neun zehn elf zwölf/zwoelf dreizehn vierzehn fünfzehn"
    teens = " sechzehn siebzehn achtzehn neunzehn"
    tens = counted("zwanzig dreißig/dreissig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10)
    units = counted("ein zwei drei vier fünf sechs sieben acht neun", 1)
    small = counted("null") | counted(ones + teens, 1) | tens
    small |= {f"{u}und{t}": a + b for u, a in units.items() for t, b in tens.items()}
    low = "ers zwei drit vier fünf sechs sieb ach neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn"
    endings = "te/ten/ter/tes/tem"
    ordinals = inflected(low + " achtzehn neunzehn", endings)
    ordinals |= {t + "s" + e: n for t, n in small.items() if n >= 20 for e in endings.split("/")}
    return NumberWords(
        small=small | {"zweien": 2, "dreien": 3, "zweier": 2, "dreier": 3, "vieren": 4},
        ordinals=ordinals,
        hundred=word_set("hundert"),
        scales=powers("3 tausend 6 million/millionen 9 milliarde/milliarden 12 billion/billionen"),
        short_scales=powers("3 tsd/k 6 mio/mill/m 9 mrd/md 12 bio"),
        groups=counted("dutzend", 12),
        bare=word_set("hundert tausend"),
        articles=word_set("ein eine einer einem einen"),
        halves=word_set("halb halbe halben halber halbes hälfte"),
        parts=counted("drittel viertel fünftel", 3),
        one_and_half=word_set("anderthalb eineinhalb"),
        both=word_set("beide beiden beider beides"),
        doubtful=word_set("acht erste ersten erster erstes erstem zweite zweiten halb hälfte viertel"),
        stems=("hundert", "tausend"),
        suffixes=(
            "jährig",
            "fach",
            "mal",
            "tägig",
            "stündig",
            "köpfig",
            "stellig",
            "prozentig",
            "wöchig",
            "stöckig",
        ),
    )


def _spanish() -> NumberWords:
    ones = "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
    more = (
        " dieciséis diecisiete dieciocho diecinueve veinte veintiuno/veintiún/veintiuna veintidós veintitrés"
    )
    last = " veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
    hundreds = "doscient trescient cuatrocient quinient seiscient setecient ochocient novecient"
    ordinals = "primer segund tercer cuart quint sext séptim octav noven décim undécim duodécim"
    return NumberWords(
        small=counted("cero")
        | counted(ones + more + last, 2)
        | counted("treinta cuarenta cincuenta sesenta setenta ochenta noventa cien/ciento", 30, 10)
        | inflected(hundreds, "os/as", 200, 100),
        ordinals=inflected(ordinals, "o/a") | {"primer": 1, "tercer": 3} | inflected("vigésim", "o/a", 20),
        scales=powers("3 mil/miles 6 millón/millones 9 millardo/millardos 12 billón/billones"),
        short_scales=powers("6 mill/m/mm/mdd 9 mrd"),
        groups=counted("decena", 10)
        | counted("docena", 12)
        | counted("veintena treintena", 20, 10)
        | counted("centenar centena", 100, 0)
        | counted("millar", 1000),
        bare=word_set("mil"),
        articles=word_set("un una uno"),
        joiners=word_set("y"),
        halves=word_set("medio media mitad"),
        parts=counted("tercio/tercios cuarto/cuartos quinto/quintos", 3),
        both=word_set("ambos ambas"),
        doubtful=word_set(
            "primer primero primera segundo segunda segundos media medio mitad cuarto quinto sexto"
        ),
    )


def _italian() -> NumberWords:
    ones = (
        "uno due tre/tré quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici"
    )
    tens = counted("venti trenta quaranta cinquanta sessanta settanta ottanta novanta", 20, 10)
    units = counted("uno/un due tre/tré quattro cinque sei sette otto nove", 1)
    small = counted("zero") | counted(ones + " sedici diciassette diciotto diciannove", 1) | tens
    small |= {(t[:-1] if u[0] in "uo" else t) + u: a + b for u, a in units.items() for t, b in tens.items()}
    ordinals = "prim second terz quart quint sest settim ottav non decim"
    return NumberWords(
        small={word: n for word, n in small.items() if n != 1}
        | {t[:-1] + "enn" + e: n for t, n in tens.items() for e in "ei"},
        ordinals=inflected(ordinals, "o/a")
        | {w[:-1] + "esim" + e: n for w, n in small.items() if n > 10 for e in "oaie"},
        hundred=word_set("cento"),
        scales=powers("3 mille/mila 6 milione/milioni 9 miliardo/miliardi 12 bilione/bilioni"),
        short_scales=powers("6 mln/mil/m 9 mld/mrd/md"),
        groups=counted("decina", 10)
        | counted("dozzina", 12)
        | counted("quindicina", 15)
        | counted("ventina trentina quarantina cinquantina", 20, 10)
        | counted("centinaio", 100)
        | counted("migliaio", 1000),
        bare=word_set("cento mille"),
        articles=word_set("un una uno"),
        joiners=word_set("e"),
        halves=word_set("mezzo mezza metà"),
        parts=counted("terzo/terzi quarto/quarti quinto/quinti", 3),
        both=word_set("entrambi entrambe ambedue"),
        doubtful=word_set(
            "sei nove prima primo secondo seconda metà mezzo mezza non none nona terzo quarto quinto"
        ),
        stems=("cento", "mila"),
    )


def _portuguese() -> NumberWords:
    ones = "dois/duas três quatro cinco seis sete oito nove dez onze doze treze catorze/quatorze quinze"
    more = " dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove"
    hundreds = "duzent trezent quatrocent quinhent seiscent setecent oitocent novecent"
    ordinals = "primeir segund terceir quart quint sext sétim oitav non décim"
    return NumberWords(
        small=counted("zero")
        | counted(ones + more, 2)
        | counted("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem/cento", 20, 10)
        | inflected(hundreds, "os/as", 200, 100),
        ordinals=inflected(ordinals, "o/a") | inflected("vigésim", "o/a", 20),
        scales=powers("3 mil 6 milhão/milhões 9 bilhão/bilhões 12 bilião/biliões/trilhão/trilhões"),
        short_scales=powers("6 mi/mil/m 9 bi 12 tri"),
        groups=counted("dezena", 10)
        | counted("dúzia", 12)
        | counted("centena", 100)
        | counted("milhar", 1000),
        bare=word_set("mil"),
        articles=word_set("um uma"),
        joiners=word_set("e"),
        halves=word_set("meio meia metade"),
        parts=counted("terço/terços quarto/quartos quinto/quintos", 3),
        both=word_set("ambos ambas"),
        doubtful=word_set(
            "primeiro primeira segundo segunda quarta quinta sexta meio meia metade quarto quinto nona"
        ),
    )


def _dutch() -> NumberWords:
    ones = "één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien"
    tens = counted("twintig dertig veertig vijftig zestig zeventig tachtig negentig", 20, 10)
    units = counted("eenen tweeën drieën vieren vijfen zesen zevenen achten negenen", 1)
    small = counted("nul") | counted(ones + " zeventien achttien negentien", 1) | tens
    small |= {u + t: a + b for u, a in units.items() for t, b in tens.items()}
    low = "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde"
    return NumberWords(
        small=small,
        ordinals=counted(low, 1)
        | {w + "de": n for w, n in small.items() if 12 < n < 20}
        | {w + "ste": n for w, n in small.items() if n >= 20},
        hundred=word_set("honderd"),
        scales=powers("3 duizend 6 miljoen 9 miljard 12 biljoen"),
        short_scales=powers("3 k 6 mln/mio/m 9 mld/mrd"),
        groups=counted("tiental", 10)
        | counted("dozijn", 12)
        | counted("twintigtal", 20)
        | counted("honderdtal", 100),
        bare=word_set("honderd duizend"),
        articles=word_set("een"),
        halves=word_set("half halve helft"),
        parts=counted("derde kwart vijfde", 3),
        one_and_half=word_set("anderhalf anderhalve"),
        both=word_set("beide beiden"),
        doubtful=word_set("eerste tweede acht half helft kwart derde"),
        stems=("honderd", "duizend"),
        suffixes=("jarig", "voudig", "daags", "maal", "koppig"),
    )


def _russian() -> NumberWords:
    ones = (
        "ноль/нуля один/одна/одно/одного/одной/одну/одному/одним/одном два/две/двух/двум/двумя/двое/двоих"
        " три/трех/трем/тремя/трое/троих четыре/четырех/четырем/четырьмя/четверо пять/пяти/пятью/пятеро"
        " шесть/шести/шестью/шестеро семь/семи восемь/восьми/восемью девять/девяти/девятью десять/десяти/десятью"
    )
    teens = (
        "одиннадцат двенадцат тринадцат четырнадцат пятнадцат шестнадцат семнадцат восемнадцат девятнадцат"
    )
    tens = (
        "двадцать/двадцати тридцать/тридцати сорок/сорока пятьдесят/пятидесяти шестьдесят/шестидесяти"
        " семьдесят/семидесяти восемьдесят/восьмидесяти девяносто/девяноста сто/ста"
    )
    hundreds = (
        "двести/двухсот/двумстам/двумястами триста/трехсот/тремстам четыреста/четырехсот пятьсот/пятисот"
        " шестьсот/шестисот семьсот/семисот восемьсот/восьмисот девятьсот/девятисот"
    )
    adjective = "ый/ий/ой/ая/ое/ого/ому/ым/ом/ую/ые/ых/ыми"
    ordinal = "перв втор _ четверт пят шест седьм восьм девят десят"
    third = "третий третья третье третьего третьей третью третьему третьим третьем третьи третьих"
    million = "{0}/{0}а/{0}ов/{0}у/{0}ам/{0}ах/{0}ами/{0}ом/{0}ы/{0}е"
    scales = " ".join(
        f"{power} {million.format(word)}"
        for power, word in ((6, "миллион"), (9, "миллиард"), (12, "триллион"))
    )
    return NumberWords(
        small=counted(ones)
        | inflected(teens, "ь/и/ью", 11)
        | counted(tens, 20, 10)
        | counted(hundreds, 200, 100),
        ordinals=inflected(ordinal, adjective)
        | counted(third, 3, 0)
        | inflected(teens, adjective, 11)
        | inflected(
            "двадцат тридцат сороков пятидесят шестидесят семидесят восьмидесят девяност", adjective, 20, 10
        ),
        scales=powers("3 тысяча/тысячи/тысяч/тысячу/тысячам/тысячами/тысячах/тысячей " + scales),
        short_scales=powers("3 тыс/т/к 6 млн 9 млрд/мрд 12 трлн"),
        groups=counted("десяток", 10) | counted("дюжина/дюжину/дюжины", 12) | counted("сотня/сотню", 100),
        bare=word_set("тысяча тысячу миллион миллиард триллион"),
        joiners=word_set("с"),
        halves=word_set("половина половину половины половиной пол"),
        parts=counted("треть/трети четверть/четверти", 3),
        one_and_half=word_set("полтора полторы полутора"),
        both=word_set("оба обе обоих обеих обоим обеим"),
        doubtful=word_set(
            "первый первая первое второй третий половина половину половины четверть четверти пол"
        )
        | frozenset(word for word in inflected("перв втор", adjective)),
        suffixes=(
            "лет",
            "дневн",
            "месячн",
            "часов",
            "этажн",
            "процентн",
            "кратн",
            "миллионн",
            "тысячн",
            "недельн",
        ),
    )


def _czech() -> NumberWords:
    ones = (
        "nula/nuly/nule jeden/jedna/jedno/jednoho/jedné/jednu/jedním/jednom/jednou dva/dvě/dvou/dvěma/dvoje"
        " tři/tří/třem/třemi/třech čtyři/čtyř/čtyřem/čtyřmi/čtyřech pět/pěti šest/šesti sedm/sedmi osm/osmi"
        " devět/devíti deset/deseti"
    )
    teens = "jedenáct dvanáct třináct čtrnáct patnáct šestnáct sedmnáct osmnáct devatenáct"
    tens = inflected("dvacet třicet čtyřicet padesát šedesát sedmdesát osmdesát devadesát", "/i", 20, 10)
    units = counted("jedn/jeden dva/dvě tři čtyři pět šest sedm osm devět", 1)
    small = counted(ones) | inflected(teens, "/i", 11) | tens
    small |= {f"{u}a{t}": a + b for u, a in units.items() for t, b in tens.items()}
    adjective = "ý/á/é/ého/ému/ém/ým/ou/ých/í/ými"
    ordinal = "prvn druh třet čtvrt pát šest sedm osm devát desát jedenáct dvanáct třináct čtrnáct patnáct"
    million = "{0}/{0}u/{0}y/{0}ů/{0}ech/{0}em/{0}ům"
    names = ((6, "milion"), (6, "milión"), (12, "bilion"), (12, "bilión"))
    scales = " ".join(f"{power} {million.format(word)}" for power, word in names)
    return NumberWords(
        small=small,
        ordinals=inflected(ordinal + " šestnáct sedmnáct osmnáct devatenáct", adjective + "/ího/ímu/ím/ích")
        | inflected("dvacát třicát čtyřicát padesát šedesát sedmdesát osmdesát devadesát", adjective, 20, 10),
        hundred=word_set("sto stě sta set"),
        scales=powers(
            "3 tisíc/tisíce/tisíci/tisících/tisíců/tisícům/tisícem"
            " 9 miliarda/miliardy/miliard/miliardu/miliardám/miliardách/miliardou/miliardě/miliardami "
            + scales
        ),
        short_scales=powers("3 tis/tisíc 6 mil/mio/mln 9 mld/mrd"),
        groups=counted("tucet/tuctu", 12) | counted("desítka/desítku", 10) | counted("stovka/stovku", 100),
        bare=word_set("sto tisíc milion milionu milión miliarda miliardu bilion"),
        joiners=word_set("a"),
        halves=word_set("půl polovina polovinu poloviny polovině polovinou"),
        parts=counted("třetina/třetinu/třetiny/třetině/třetin čtvrtina/čtvrtinu/čtvrtiny/čtvrtině/čtvrtin", 3)
        | counted("pětina/pětinu/pětiny/pětině/pětin", 5),
        one_and_half=word_set("půldruhého"),
        both=word_set("oba obě obou oběma"),
        doubtful=word_set("půl polovina polovinu poloviny polovině čtvrtina")
        | frozenset(inflected("prvn druh", adjective + "/ího/ímu/ím/ích")),
        suffixes=("let", "denn", "měsíčn", "hodin", "násob", "člen", "procent", "milion", "tisíc", "týden"),
    )


def _turkish() -> NumberWords:
    ordinal = "birinci ikinci üçüncü dördüncü beşinci altıncı yedinci sekizinci dokuzuncu onuncu"
    return NumberWords(
        small=counted("sıfır bir iki üç dört beş altı yedi sekiz dokuz on")
        | counted("yirmi otuz kırk elli altmış yetmiş seksen doksan", 20, 10),
        ordinals=counted(ordinal, 1) | {"ilk": 1},
        hundred=word_set("yüz"),
        scales=powers("3 bin 6 milyon 9 milyar 12 trilyon"),
        short_scales=powers("6 mn/mlyn 9 mr/mlr"),
        groups=counted("düzine", 12),
        bare=word_set("yüz bin"),
        halves=word_set("yarım yarısı buçuk"),
        parts=counted("üçte dörtte", 3),
        both=word_set("ikisi"),
        doubtful=word_set("bir on yüz bin yedi kırk elli ilk yarısı altı ikinci birinci"),
    )


def _arabic() -> NumberWords:
    ones = (
        "واحد/واحدة اثنان/اثنين/اثنتان/اثنتين ثلاثة/ثلاث أربعة/أربع/اربعة خمسة/خمس ستة/ست سبعة/سبع"
        " ثمانية/ثماني/ثمان تسعة/تسع عشرة/عشر"
    )
    tens = (
        "عشرون/عشرين ثلاثون/ثلاثين أربعون/أربعين خمسون/خمسين ستون/ستين سبعون/سبعين ثمانون/ثمانين تسعون/تسعين"
        " مئة/مائة"
    )
    hundreds = "مئتان/مئتين/مائتين/مائتان ثلاثمئة/ثلاثمائة أربعمئة/أربعمائة خمسمئة/خمسمائة ستمئة/ستمائة"
    return NumberWords(
        small=counted("صفر")
        | counted(ones, 1)
        | counted(tens, 20, 10)
        | counted(hundreds + " سبعمئة/سبعمائة ثمانمئة/ثمانمائة تسعمئة/تسعمائة", 200, 100)
        | {"ألفين": 2000, "ألفان": 2000, "مليونين": 2 * 10**6, "مليونان": 2 * 10**6, "مليارين": 2 * 10**9},
        ordinals=counted("الأول/الأولى الثاني/الثانية الثالث/الثالثة الرابع/الرابعة الخامس/الخامسة", 1),
        scales=powers("3 ألف/آلاف/ألفا/الف 6 مليون/ملايين/مليونا 9 مليار/مليارات/بليون 12 تريليون"),
        bare=word_set("ألف مليون مليار"),
        joiners=word_set("و"),
        halves=word_set("نصف"),
        parts=counted("ثلث ربع خمس", 3),
        both=word_set("كلا كلتا"),
        doubtful=word_set("واحد واحدة نصف الأول الأولى الثاني الثانية"),
    )


_LANGUAGES = {
    "en": _english,
    "fr": _french,
    "de": _german,
    "es": _spanish,
    "it": _italian,
    "pt": _portuguese,
    "nl": _dutch,
    "ru": _russian,
    "cs": _czech,
    "tr": _turkish,
    "ar": _arabic,
}


@cache
def number_words(language: str | None) -> NumberWords:
    """Return the number words of `language` (ISO 639-1); none for a language without a table."""
    return _LANGUAGES[language]() if language in _LANGUAGES else NumberWords()
