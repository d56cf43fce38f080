"""The words that every text of a language has: they say nothing about what it is about.

Function words and the commonest verbs of thirteen languages, written down from their grammars, 40
to 330 of each. A word is asked about in one language: "war" is a verb in German, and in English
what the news is about.
"""

# ruff: noqa: RUF001 - words of other alphabets are not typing errors
from __future__ import annotations

from typing import Final

_ENGLISH = """
a about above across after again against all almost along already also although always am among an
and another any anyone anything are around as asked at away back be became because become been
before began being below best better between both but by called came can cannot come could day days
did do does doing done don down during each early either else end enough even ever every far few
first for former found four from full further gave get give given go going gone good got great had
half has have he held her here hers him himself his how however i if in including into is it its
itself just keep kept kind know known large last late later least left less let like little ll long
look made make makes making man many may me mean men might more most mr mrs ms much must my near
need never new next no nor not nothing now of off often old on once one only onto or other others
our out over own part people per perhaps place put quite rather re really right s said same saw say
says second see seem seen set several shall she should show side since small so some something soon
still such t take taken tell than that the their them themselves then there these they thing things
think third this those though three through thus time times to today together told too took toward
two under until up upon us use used using ve very want was way we week well went were what when
where whether which while who whole whom whose why will with within without work would year years
yes yet you your
"""
_GERMAN = """
aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim bereits
bis bin bist da dabei dafür damit dann das dass daß dem den denn der des dessen deren die dies diese
diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines einige er erst es
etwa etwas euch für gegen geht gibt habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen
ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder jedes jetzt kann kein keine
keinen keiner können könnte machen man mehr mein mit muss müssen nach nicht nichts noch nun nur ob
oder ohne sagte schon sehr sei sein seine seinem seinen seiner seit sich sie sind so soll sollen
sollte sondern sowie über um und uns unser unter viel viele vom von vor war waren was weil weiter
weitere wenn wer werde werden wie wieder will wir wird wo wurde wurden würde zu zum zur zwei
zwischen
"""
_FRENCH = """
ai ainsi alors après au aucun aussi autre autres aux avait avant avec avoir c ce cela celle celui
ces cet cette ceux chez comme contre d dans de depuis des deux dit donc dont du elle elles en encore
entre est et était été être eu fait faire faut il ils j je l la le les leur leurs lors lui m mais
me même moins n ne ni non nos notre nous on ont ou où par pas pendant peu peut plus pour qu quand
que quel quelle qui s sa sans se selon ses si soit son sont sous sur ta te tous tout toute toutes
très tu un une vers vous y
"""
_SPANISH = """
al algo ante antes aquí así aunque bajo bien cada como con contra cual cuando de del desde después
donde dos durante e el ella ellos en entre era eran es esa ese eso esta está están estas este esto
estos fue fueron ha había han hasta hay la las le les lo los más me mi mientras muy nada ni no nos o
otra otras otro otros para parte pero poco por porque pues que qué quien se sea según ser si sí sido
sin sobre son su sus también tan tanto tiene tienen todo todos tras un una uno unos y ya yo
"""
_ITALIAN = """
a ad agli ai al alla alle anche ancora avere aveva c che chi ci come con contro cosa così cui da
dagli dai dal dalla dalle degli dei del dell della delle dello di dopo dove due e è ed era erano
essere fatto fino fra gli ha hanno ho i il in io la le lo loro ma mentre molto ne nei nel nell nella
nelle noi non o ogni per perché però più poi prima quale quando quella quello questa questi questo
sarà se secondo senza si sia solo sono sta stata stato su sua sue sugli sul sulla suo suoi tra tutti
tutto un una uno
"""
_PORTUGUESE = """
a à ainda além ao aos após as às até com como contra da das de depois desde do dois dos e é ela ele
eles em entre era essa esse esta está estão este eu foi foram há isso isto já lhe mais mas me mesmo
muito na não nas nem no nos o onde os ou para pela pelo pelos por porque quando que quem são se seja
sem ser será seu seus sobre sua suas também tem têm ter um uma umas uns
"""
_DUTCH = """
aan al alle als altijd ander andere bij daar dan dat de deze die dit doen door dus een en er geen
ging had haar hadden heb hebben heeft hem het hier hij hoe hun ik in is ja je kan kon kunnen maar
meer men met mijn moet na naar niet nog nu of om omdat ons onder ook op over te tegen toch toen tot
uit van veel voor waar waren was wat we werd wie wil worden wordt zal ze zei zich zij zijn zo zonder
zou zouden
"""
_RUSSIAN = """
а без более больше бы был была были было быть в вам вас во вот все всё всех всего вы где да для до
его ее её если есть еще ещё же за здесь и из или им их к как когда который которая которые которых
кто ли либо между меня мне может можно мы на над надо нас не него нее нет ни них но ну о об однако
он она они оно от по под после потому при про с сам свои своих сказал со так также такой там тем то
того тоже только том ты у уже хотя чем через что чтобы эта эти это этого этой этом этот я
"""
_POLISH = """
a aby ale bez bo być był była było były będzie być co czy dla do go i ich im jak jako je jego jej
jest jeszcze jeśli już która które którego której który których się są ma może można na nad nie niż
o od oraz po pod przed przez przy się tak także tego tej ten to tych tylko tym w we więc z za ze że
"""
_TURKISH = """
ama ancak bir biri birçok bu bunu da daha de dedi diye en gibi göre hem her için ile ilgili ise iki
kadar ki mi mı ne o olan olarak oldu olduğu olduğunu sonra şu tarafından tüm üzere üzerinde var ve
veya ya yeni yok
"""
_ARABIC = """
في من على إلى الى أن ان إن عن مع ما لا لم لن هذا هذه ذلك تلك التي الذي الذين كان كانت يكون كما قد
بعد قبل بين كل أو او و ثم حتى عند هو هي هم أنه انه أنها إنه عليه عليها فيه فيها منه منها له لها لهم
أي غير حيث قال قالت وقال وقالت وفي ومن وعلى ولا وأن وهو وهي خلال أكثر أيضا بل إذا لكن ولكن نحو منذ
يوم أمس اليوم أحد بعض دون تم
"""
_CHINESE = (
    "的一是了在不有和人这這中大为為上个個他她我们們来來到时時"
    "说說也于於与與及对對就而以之其将將被由从從都但并並等年月日"
)
_JAPANESE = "のにはをたがでてとしれさいもするらりこなかまよくあきつそうえおんどけだめ"

_WORDS: Final = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
    "it": _ITALIAN,
    "pt": _PORTUGUESE,
    "nl": _DUTCH,
    "ru": _RUSSIAN,
    "pl": _POLISH,
    "tr": _TURKISH,
    "ar": _ARABIC,
    "zh": " ".join(_CHINESE),
    "ja": " ".join(_JAPANESE),
}

#: The languages whose words are known, by ISO 639-1 code; a language's place here is its bit below.
LANGUAGES: Final = tuple(_WORDS)

_LANGUAGES_OF: Final[dict[str, int]] = {}
for _bit, _words in enumerate(_WORDS.values()):
    for _word in _words.split():
        _LANGUAGES_OF[_word] = _LANGUAGES_OF.get(_word, 0) | 1 << _bit


def languages_of(folded_word: str) -> int:
    """In which languages the word, folded as ``words.fold`` does, is frequent: a set of bits."""
    return _LANGUAGES_OF.get(folded_word, 0)
