"""Opposites in English, written for this project: what one asks for, the other does not."""

from collections.abc import Iterable

from pointsman.cache.match_stems import stem


def _pairs(lines: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(map(stem, pair.split("/"))) for pair in lines.split())


ANTONYMS = _pairs(
    """
    accept/refuse accept/reject add/remove add/subtract advantage/disadvantage allow/forbid
    allow/prevent allow/prohibit always/never ancient/modern appear/disappear approve/reject
    arrive/depart arrive/leave ascending/descending asset/liability attack/defend before/after
    begin/end begin/finish benefit/drawback benefit/risk best/worst better/worse big/small
    bigger/smaller biggest/smallest black/white bottom/top boy/girl bright/dark brother/sister
    build/destroy buy/sell buyer/seller cause/prevent cheap/expensive cheapest/dearest clean/dirty
    close/open closed/open cold/hot cold/warm connect/disconnect cool/warm correct/incorrect
    correct/wrong create/delete create/destroy daughter/son day/night dead/alive dead/living
    debit/credit decrease/increase deep/shallow defeat/victory demand/supply deny/admit
    deny/confirm difficult/easy disable/enable dry/wet earlier/later earliest/latest early/late
    east/west employer/employee empty/full encode/decode encrypt/decrypt enter/exit enter/leave
    even/odd export/import external/internal fail/pass fail/succeed failure/success fall/rise
    false/true fast/slow faster/slower father/mother female/male few/many fewer/more fewest/most
    find/lose first/last forget/remember forward/backward freeze/melt friend/enemy front/back
    gain/lose gain/loss give/take good/bad good/evil guilty/innocent happy/sad hard/easy hard/soft
    harmful/harmless hate/love healthy/unhealthy heavier/lighter heavy/light hide/show high/low
    higher/lower highest/lowest horizontal/vertical husband/wife include/exclude inner/outer
    input/output inside/outside install/uninstall join/leave join/split kill/save king/queen
    known/unknown large/small larger/smaller largest/smallest least/most left/right legal/illegal
    lender/borrower less/more like/dislike lock/unlock long/short longer/shorter longest/shortest
    loose/tight lose/win lossy/lossless loud/quiet lower/raise lower/upper major/minor man/woman
    max/min maximise/minimise maximize/minimize maximum/minimum merge/split morning/evening
    multiply/divide mutable/immutable narrow/wide near/far nearest/farthest new/old newer/older
    newest/oldest next/previous noisy/quiet normal/abnormal north/south offer/request old/young
    older/younger oldest/youngest on/off optimist/pessimist over/under parent/child past/future
    permanent/temporary plus/minus polite/rude poor/rich positive/negative possible/impossible
    powerful/weak present/absent private/public pro/con profit/loss proven/disproven pull/push
    purchase/sell question/answer quick/slow raw/cooked reduce/increase regular/irregular
    right/wrong rough/smooth safe/dangerous safe/unsafe same/different save/spend send/receive
    serial/parallel shrink/grow shut/open sick/healthy simple/complex simple/complicated
    single/double sink/float sleep/wake smart/stupid smile/frown solid/liquid some/none sour/sweet
    special/ordinary stand/sit start/end start/finish start/stop static/dynamic strength/weakness
    strong/weak stronger/weaker strongest/weakest sunrise/sunset synchronous/asynchronous
    tall/short taller/shorter tallest/shortest teach/learn teacher/student thick/thin tie/untie
    ugly/beautiful uncle/aunt up/down upload/download useful/useless visible/invisible war/peace
    warmer/cooler with/without yes/no
    """
)
"""Stems of opposites, in either order."""


def are_opposites(one: Iterable[str], other: Iterable[str]) -> bool:
    """Tell whether a word of one side is the opposite of a word of the other."""
    words = tuple(other)
    return any(frozenset((left, right)) in ANTONYMS for left in one for right in words)
