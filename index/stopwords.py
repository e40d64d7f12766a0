"""Words that say nothing about what a question asks for, by language; folded, as terms are."""

from __future__ import annotations

ELIDED = frozenset(
    "l d j n s c m t qu jusqu lorsqu puisqu quoiqu presqu quelqu"  # French
    " dell nell all sull dall coll un quest quell gl degl agl sant".split()  # Italian
)
"""What stands before an apostrophe and is no part of the word."""

_LISTS = {
    "fr": "a ai ainsi alors apres au aucun aucune aussi autre autres aux avait avant avec avoir c ca car ce ceci"
    " cela celle celles celui ces cet cette ceux chez comment combien comme d dans de des depuis deux dit doit"
    " donc dont du elle elles en encore entre es est et etaient etait ete etre eu eux fait faire font fut il ils"
    " j je l la laquelle le lequel les lesquelles lesquels leur leurs lui m ma mais me meme meme mes moi mon n ne"
    " ni nos notre nous on ont ou par parce pas peu peut plus pour pourquoi puis qu quand que quel quelle quelles"
    " quels qui quoi s sa sans se sera ses si son sont sous sur t ta te tes toi ton tous tout toute toutes tres tu"
    " un une vers vos votre vous y",
    "en": "a about after all also am an and any are as at be been before being between both but by can could did do"
    " does doing done during each for from had has have having he her here him his how i if in into is it its"
    " many may me might more most much must my no nor not of off on one only or other our out over own said same"
    " shall she should so some such than that the their them then there these they this those through to too"
    " under until up upon us very was we were what when where which while who whom whose why will with would you"
    " your s t",
    "de": "aber alle allem allen aller alles als also am an andere auch auf aus bei beim bin bis da dabei damit dann"
    " das dass dem den der des dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine"
    " einem einen einer eines er es etwa euch fur gegen gibt hat hatte hatten hier hinter ich ihm ihn ihnen ihr"
    " ihre ihren im in ins ist ja jede jeder jedes kann kein keine konnen mehr mein mit muss nach nicht noch nun"
    " nur ob oder ohne sehr sein seine seinem seinen seiner seit sich sie sind so soll sowie uber um und uns unter"
    " viel viele vom von vor wann war waren warum was weil welche welchem welchen welcher welches wem wen wenn wer"
    " werden wessen wie wieso wieviel wird wo woher wohin wurde wurden zu zum zur zwischen",
    "es": "a al algo alguna algunas alguno algunos ante antes aquel asi aun aunque cada como con contra cual cuales"
    " cuando cuanta cuantas cuanto cuantos de del desde donde dos durante e el ella ellas ellos en entre era eran es"
    " esa ese eso esta estaba estan este esto estos fue fueron ha habia hace hacia han hasta hay la las le les lo"
    " los mas me mi mientras muy nada ni no nos o os otra otro otros para pero poco por porque que quien quienes se"
    " sea segun ser si sido sin sobre son su sus tambien tanto te tiene tienen tu un una unas uno unos y ya yo",
    "it": "a abbia ad agli ai al alla alle allo anche avere aveva c che chi ci ciascuno come con contro cosa cui d da"
    " dagli dai dal dalla dalle dei degli del della delle dello di dopo dove due e ed era erano essere fa fra fu"
    " gli ha hanno ho i il in io l la le lei lo loro lui ma mentre mi molto ne negli nei nel nella nelle nello no"
    " noi non nostro o ogni per perche piu poi prima qual quale quali quando quanta quante quanti quanto quella"
    " quelle quelli quello questa queste questi questo se senza si sia sono stata stato su sua sue sugli sui sul"
    " sulla sulle suo tra tu tutti tutto un una uno vi",
    "pt": "a ao aos aquela aquele aqui as ate cada com como contra da das de depois desde do dois dos e ela elas ele"
    " eles em entre era eram essa esse esta estao estava este eu foi foram ha isso isto ja lhe mais mas me mesmo"
    " muito na nao nas nem no nos o onde os ou outra outro para pela pelas pelo pelos por porque qual quais quando"
    " quanta quantas quanto quantos que quem se sem ser seu seus sua suas sao sob sobre so tambem te tem tinha um"
    " uma umas uns",
    "nl": "aan al alle als altijd andere bij daar dan dat de der deze die dit doen door dus een en er ge geen had heb"
    " hebben heeft hem het hier hij hoe hoeveel hun ik in is ja je kan kon kunnen maar me meer men met mij mijn"
    " moet na naar niet nog nu of om omdat onder ons ook op over te tegen toch toen tot tussen u uit uw van veel"
    " voor waar waarom wanneer want waren was wat we wel welk welke werd wie wij wil worden wordt zal ze zich zij"
    " zijn zo zou",
    "ru": "а без более зачем бы был была были было быть в вам вас весь во вот все всего всех вы где да для до его ее если"
    " есть еще же за здесь и из или им их к как какая какие какого какой каком какую ко когда кого кому которая"
    " которые который кто куда ли лишь между меня мне много может мы на над надо нас не него нее нет ни них но ну о"
    " об один он она они оно от откуда по под почему при про раз с сам свою себя сколько со так также там то тоже"
    " только том тот ты у уже чего чей чем через что чтобы эта эти это этого этот я",
    "tr": "acaba ama ancak bana bazi belki ben bir biri bircok biz bu buna bunu cok cunku da daha de defa degil diye"
    " dolayi en gibi hangi hangisi hem hep hepsi her hic icin ile ise iste ki kac kadar kim kimi kimin mi mu nasil"
    " ne neden nedir nerede nereye nicin niye o olan olarak oldu oldugu olur ona onlar onu onun oyle sen siz sonra"
    " su sunu tarafindan tum ve veya ya yani yok zaman",
    "ar": "الا التي الذي الذين الى ام ان انه او اي اين ايضا بان بعد بعض بل بما بين ثم حتى حول حيث دون ذلك سوف عما عن"
    " عند عندما على عليه غير في فيه فيها قبل قد كان كانت كل كم كما كيف لا لدى لقد لكن لم لماذا لن له لها ليس ليست ما"
    " ماذا متى مع من منذ منها منه مما نحو هذا هذه هل هم هناك هو هي و وفي وقد ولا وما يكون ب ل",
    "el": "αλλα αν απο αυτη αυτο αυτος για δε δεν ειναι ενα ενας ηταν θα και κατα με μεσα μετα μια να ο η οι οπου οπως"
    " οταν οτι που πως ποια ποιες ποιο ποιοι ποιος ποιον ποσα ποσο ποσοι ποτε πριν προς σε σαν στα στη στην στις στο"
    " στον στους τα τη την της τι τις το τον του τους των γιατι",
    "ro": "a ai al ale am are as au ca cand care cat cata cate cati ce cel cine cu cum da daca de decat deci despre"
    " din dintre doar dupa e ea ei el ele este eu fi fost in intr intre isi la le lor lui mai multe nu o or pe pentru"
    " prin sa sau se si sunt sub un unde unei unui va",
    "cs": "a aby ale ani az bez bude by byl byla bylo byly co coz do i ja jak jake jaky jako je jeho jejich jen jenz"
    " jeste ji jiz jsou k kde kdo kdy kdyz ke kolik ktera ktere kteri ktery ma mezi mit na nad ne nebo nebyl neni nez"
    " o od on ona oni pak po pod podle pokud pouze pred pri pro proc proto protoze s se si sve ta tak take tam ten to"
    " tu tyto u uz v ve vsak z za ze",
    "zh": "的 了 是 在 和 什么 怎么 哪里 为什 么时 谁",
}
STOP_WORDS = {
    language: frozenset(words.replace("ς", "σ").replace("ى", "ي").split())
    for language, words in _LISTS.items()
}
