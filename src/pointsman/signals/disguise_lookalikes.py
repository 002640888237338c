"""The ASCII letters that letters of other scripts look like.

A selection from the Unicode confusables (UTS #39, `confusables.txt`): the letters of scripts that
are written from left to right and look like one ASCII letter, and those that a keyboard or a
homoglyph generator offers beside them.
"""

from functools import cache
from unicodedata import normalize

# ruff: noqa: RUF001  # letters that look alike are what this is about

_PAIRS = (
    # Cyrillic
    "аa Аa вb Вb сc Сc ԁd еe Еe һh нh Нh іi Іi јj Јj кk Кk ӏl Ӏl мm Мm оo Оo рp Рp ԛq ѕs Ѕs"
    " тt Тt ԝw хx Хx уy Уy ѵv үy ԍg пn гr иu бb ьb ъb ёe Ёe їi Їi "
    # Greek
    "αa Αa βb Βb γy εe Εe ηh Ηh ιi Ιi κk Κk νv Νn οo Οo ρp Ρp τt Τt υu Υy χx Χx Ζz ωw Μm σo"
    " ςo "
    # Armenian
    "օo սu ոn հh ցg զq "
    # Cherokee
    "Ꭺa Ᏼb Ꮯc Ꭰd Ꭼe Ꮋh Ꭻj Ꮶk Ꮮl Ꮇm Ꮲp Ꮢr Ꮪs Ꭲt Ꮩv Ꮃw Ꭹy Ꮓz "
    # Latin: small capitals, letters turned over, letters of phonetics
    "ɑa ɡg ıi ɩi ʟl ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz ɐa"
    " ǝe ɔc ɟf ƃg ɥh ɹr ʇt ʌv ʍw ʎy ɯm ʞk ƒf ƅb Ɩl "
    # Lisu
    "ꓐB ꓑP ꓒd ꓓD ꓔT ꓖG ꓗK ꓙJ ꓚC ꓜZ ꓝF ꓟM ꓠN ꓡL ꓢS ꓣR ꓦV ꓧH ꓪW ꓫX ꓬY ꓮA ꓰE ꓲl ꓳO ꓴU ꓸ. ꓹ, "
    # Canadian
    "ᐯV ᑌU ᑭP ᑯd ᑲb ᒍJ ᒪL ᕁx ᕼH ᕽx ᖇR ᖯb ᖴF ᗅA ᗞD ᗪD ᗰM ᗷB "
    # Miao
    "𖼈V 𖼊T 𖼖L 𖼨l 𖼵R 𖼺S 𖽀A 𖽂U 𖽃Y "
    # Carian
    "𐊠A 𐊡B 𐊢C 𐊥F 𐊫O 𐊰M 𐊱T 𐊲Y 𐊴X 𐋏H "
    # Latin
    "Ƅb ƍg ƦR ƽs ǀl ɣy ʋu ᴑo ᶃg ᶌy ẝf ỿy ꞘF ꞙf ꞟu ꞲJ ꞳX ꞴB ꬲe ꬵf ꬽo ꭇr ꭈr ꭎu ꭒu ꭚy "
    # Cyrillic
    "Ьb ѡw ѴV ҮY ҽe ԌG ԜW ꙇi "
    # Cherokee
    "ᎡR Ꭵi ᎽY ᏀG Ꮒh Ꮟb ᏔW ᏕS Ꮷd ᏳG ꭵi ꮁr ꮃw ꮓz ꮩv ꮪs ꮯc "
    # Lycian
    "𐊂B 𐊆E 𐊇F 𐊊l 𐊐X 𐊒O 𐊕P 𐊖S 𐊗T "
    # Old
    "𐌁B 𐌂C 𐌉l 𐌑M 𐌕T 𐌗X "
    # Greek
    "ͺi ͿJ ϒY ϜF ϱp ϲc ϳj ϹC ϺM ᴦr ιi "
    # Coptic
    "ⲅr ⲎH Ⲓl ⲔK ⲘM ⲚN ⲞO ⲟo ⲢP ⲣp ⲤC ⲥc ⲦT ⲨY ⲬX ⳐL "
    # Deseret
    "𐐄O 𐐕C 𐐛L 𐐠S 𐐬o 𐐽c 𐑈s "
    # Elbasan
    "𐔓N 𐔖O 𐔘K 𐔜C 𐔝V 𐔥F 𐔦L 𐔧X "
    # Tifinagh
    "ⴸV ⴹE ⵏl ⵔO ⵕQ ⵝX "
    # Warang
    "𑢠V 𑢢F 𑢣L 𑢤Y 𑢦E 𑢩Z 𑢮E 𑢲L 𑢵O 𑢸U 𑢼T 𑣀v 𑣁s 𑣂F 𑣃i 𑣄z 𑣈o 𑣗o 𑣘u 𑣜y "
    # Armenian
    "ՍU ՏS ՕO աw գq ռn քf "
    # Runic
    "ᚷX ᛁl ᛕK ᛖM "
    # Osage
    "𐒴R 𐓂O 𐓎U 𐓪o 𐓶u "
    # Ahom
    "𑜆v 𑜊w 𑜎w 𑜏w "
)

_BOLD_GREEK = range(0x1D6A8, 0x1D7CC)


@cache
def lookalikes() -> dict[str, str]:
    """By letter, the ASCII one that it looks like; a full stop or comma for two Lisu tones."""
    found = {pair[0]: pair[1] for pair in _PAIRS.split()}
    dressed = {chr(point): normalize("NFKC", chr(point)) for point in _BOLD_GREEK}
    return found | {letter: found[plain] for letter, plain in dressed.items() if plain in found}
