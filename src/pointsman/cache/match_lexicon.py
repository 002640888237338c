"""The words that the guards know: English, written for this project."""

from collections.abc import Mapping

from pointsman.cache.match_stems import stem


def _table(lines: str) -> Mapping[str, str]:
    """Read lines `name: word word`; what has no name goes by its first word."""
    found: dict[str, str] = {}
    for line in lines.strip().splitlines():
        name, colon, rest = line.partition(":")
        words = (rest if colon else line).split()
        found |= dict.fromkeys(words, name.strip() if colon else words[0])
    return found


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _stemmed(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


def _stems(table: Mapping[str, str]) -> Mapping[str, str]:
    return {stem(word): stem(name) for word, name in table.items()}


IGNORED = _set(
    """
    a an the this that these those of to is are be been being am do does please kindly
    """
)
"""Words that may stand in one text and not in the other."""

MARKS = _table(
    """
    not: not never no none cannot
    hardly: hardly barely scarcely
    nothing: nothing
    nobody: nobody
    nowhere: nowhere
    neither: neither nor
    without: without lacking
    and: and
    plus: plus
    also: also
    or: or either
    but: but except excluding besides
    only: only just solely merely exclusively
    past: was were did had
    should: should ought
    must: must
    may: might
    can: can could
    will: will would shall
    i: i me my mine we us our ours myself ourselves
    you: you your yours yourself
    he: he him his himself
    she: she her hers herself
    in: in
    on: on upon
    at: at
    by: by
    for: for
    with: with
    from: from
    about: about regarding concerning
    as: as
    than: than
    before: before
    after: after
    since: since
    until: until till
    during: during
    between: between
    among: among amongst
    against: against
    over: over above
    under: under below beneath
    into: into onto
    out: out outside
    inside: inside within
    off: off
    up: up
    down: down
    through: through
    across: across
    near: near
    if: if whether
    unless: unless
    because: because
    although: although though
    instead: instead
    versus: versus vs
    """
)
"""Words that hold no content of their own and still change what the next one means."""

SYNONYMS = _stems(
    _table(
        """
    airplane aeroplane plane
    automobile car
    bicycle bike
    begin start commence
    big large
    buy purchase
    child kid
    common frequent
    create make
    couch sofa
    doctor physician
    error mistake
    example instance
    fast quick rapid
    film movie
    get obtain
    happen occur
    help assist
    hard difficult
    intelligent smart
    job occupation
    kill slay
    leap jump
    motorbike motorcycle
    need require
    often frequently
    own possess
    phone telephone cellphone
    photo photograph picture
    explosion blast
    quit resign
    forest woods
    shop store
    dad father
    mom mum mother
    huge enormous gigantic
    scared afraid
    choose select pick
    repair fix
    lawyer attorney
    garbage trash rubbish
    holiday vacation
    apartment flat
    truck lorry
    taxi cab
    math maths mathematics
    advantage benefit
    disadvantage drawback downside
    programme program
    road street
    sick ill
    simple easy
    small little
    stop halt
    talk speak
    trip journey
    use utilize utilise
    whole entire
    wrong incorrect
    colour color
    flavour flavor
    favourite favorite
    behaviour behavior
    centre center
    grey gray
    theatre theater
    organise organize
    analyse analyze
    usa us
    uk britain
    television tv
    """
    )
)
"""Stems of words that serve for one another where all else is word for word the same."""

UNITS = _table(
    """
    km: kilometer kilometre km kilometers kilometres kms
    m: meter metre meters metres
    cm: centimeter centimetre cm centimeters centimetres
    mm: millimeter millimetre mm millimeters millimetres
    mile: mile miles mi
    foot: foot feet ft
    inch: inch inches
    yard: yard yards yd
    kg: kilogram kilograms kg kilo kilos kgs
    gram: gram grams
    mg: milligram milligrams mg
    pound: pound pounds lb lbs
    ounce: ounce ounces oz
    ton: ton tons tonne tonnes
    liter: liter litre liters litres
    ml: milliliter millilitre ml milliliters millilitres
    gallon: gallon gallons
    cup: cup cups
    second: seconds sec secs
    minute: minute minutes min mins
    hour: hour hours hr hrs
    day: day days
    week: week weeks
    month: month months
    year: year years yr yrs
    decade: decade decades
    century: century centuries
    percent: percent % percentage
    usd: dollar dollars $ usd
    cent: cent cents
    eur: euro euros € eur
    gbp: £ gbp sterling
    celsius: celsius °c
    fahrenheit: fahrenheit °f
    degree: degree degrees °
    kb: kilobyte kilobytes kb
    mb: megabyte megabytes mb
    gb: gigabyte gigabytes gb
    tb: terabyte terabytes tb
    watt: watt watts
    kw: kilowatt kilowatts kw
    volt: volt volts
    kmh: kmh kph
    mph: mph
    calorie: calorie calories kcal
    """
)

ASKING = _table(
    """
    who whom
    whose
    what which
    when
    where
    why
    how
    whether: is are was were am do does did has have had
    whether: can could will would should shall may might must
    """
)
"""The first word of a question, and what it asks for."""

SET_APART = _set(
    "difference differences differ differs versus vs compare compared comparison mean means meaning"
)
"""Where one of these stands, words are told apart, and near ones do not serve for one another."""

NAMES_OF_WORDS = _set(
    """
    word words synonym synonyms antonym antonyms spell spelling rhyme rhymes pronounce
    pronunciation translate translation phrase sentence sentences letters syllables grammar
    etymology conjugate plural idiom acronym stand
    """
)
"""Where one of these stands, a text is about words as such, and no other word serves for one."""

FORMS = _stemmed(
    """
        list table bullet bullets bulleted json yaml xml csv html markdown latex code script poem
        essay summary outline story letter email haiku diagram chart paragraph paragraphs word words
        sentence sentences step steps example examples detail details detailed short brief briefly
        long concise python java javascript typescript rust go ruby c bash sql english french german
        spanish italian portuguese dutch polish russian chinese japanese korean arabic hindi turkish
        swedish
    """
)
"""Stems of what an answer may be asked to be: its form, its length, its language."""

LIMITS = (
    ("at least", "at-least"), ("no less than", "at-least"), ("not less than", "at-least"),
    ("no fewer than", "at-least"), ("at most", "at-most"), ("no more than", "at-most"),
    ("not more than", "at-most"), ("up to", "at-most"), ("more than", "more-than"),
    ("greater than", "more-than"), ("fewer than", "less-than"), ("less than", "less-than"),
    ("as well as", "and"), ("in order to", "to"), ("such as", "like"), ("lots of", "many"),
    ("a lot of", "many"), ("each other", "each-other"), ("so that", "so-that"),
)  # fmt: skip
"""Rows of words that are read as one."""

COMPARISONS = frozenset({"at-least", "at-most", "more-than", "less-than"})
