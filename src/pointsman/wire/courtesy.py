"""Turns that only thank or agree, so that nobody reasons hard about "thanks!"."""

import re
import unicodedata

COURTESY_CHARACTERS = 80
"""A longer turn says more than thanks, or costs more to read than it saves. A judgement."""

_THANKS = {
    "en": "thanks thank thx ty tysm cheers appreciated appreciate",
    "de": "danke dankeschön dankesehr dank merci",
    "fr": "merci",
    "es": "gracias agradezco",
    "it": "grazie",
    "pt": "obrigado obrigada valeu agradeço",  # codespell:ignore valeu
    "nl": "dank bedankt dankjewel dankuwel",
    "": "🙏",
}
_ASSENT = {
    "en": "ok okay great perfect awesome nice cool good excellent wonderful brilliant fantastic "
    "amazing lovely super helpful understood got",
    "de": "toll klasse prima perfekt super gut wunderbar klar verstanden",
    "fr": "parfait génial super top excellent impeccable bien compris d'accord",
    "es": "perfecto genial vale bueno bien estupendo excelente entendido acuerdo",
    "it": "perfetto ottimo bene fantastico capito",
    "pt": "perfeito ótimo bom bem excelente beleza entendi",
    "nl": "oké prima top geweldig mooi fijn goed begrepen",
    "": "👍 👌 👏 🙌 🤝 💯 ✅ 🎉 🥳 ❤ ♥ 😊 🙂 😀 😃 😄 😁 😍",
}
# What stands beside these and says nothing alone. No "yes", "ja", "oui", "sí": they tell a model to
# go on.
_BESIDE = {
    "en": "you u so very really much many a lot it that that's this is was all for the your help "
    "again no",
    "de": "dir ihnen euch für die deine ihre hilfe vielen "  # codespell:ignore deine
    "herzlichen besten schön sehr alles das war nein",
    "fr": "beaucoup infiniment mille à toi vous pour ton "  # codespell:ignore toi
    "votre aide l'aide très c'est tout vraiment non",
    "es": "muchas muchísimas mil te lo por tu su la ayuda todo de muy está",
    "it": "molte tante mille ti per l'aiuto il tuo va molto davvero",
    "pt": "muito muita pela ajuda sua tudo mesmo não",
    "nl": "je jou u wel hartelijk heel erg voor de hulp "  # codespell:ignore wel
    "veel zeer dat is echt nee",
}
_SKIN_AND_STYLE = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_TOKEN = re.compile(r"\w+(?:'\w+)*|[^\w\s]")
_PUNCTUATION = frozenset(".,;:!¡…()-–—~'\"")  # noqa: RUF001  # dashes as people type them


def _words(by_language: dict[str, str]) -> frozenset[str]:
    return frozenset(" ".join(by_language.values()).split())


_THANKS_WORDS, _ASSENT_WORDS = _words(_THANKS), _words(_ASSENT)
_ALL_WORDS = _THANKS_WORDS | _ASSENT_WORDS | _words(_BESIDE)


def is_courtesy(turn: str, *, after_question: bool = False) -> bool:
    """Say whether a turn thanks or agrees and asks nothing, in one of seven languages.

    Args:
        turn: What the user says.
        after_question: Whether the model has just asked something: "ok" then tells it to go on,
            and only thanks are a courtesy.
    """
    if len(turn) > COURTESY_CHARACTERS:
        return False
    plain = unicodedata.normalize("NFC", turn).casefold().replace("\u2019", "'")
    words = set(_TOKEN.findall(_SKIN_AND_STYLE.sub("", plain))) - _PUNCTUATION
    if not words <= _ALL_WORDS:
        return False
    return bool(words & _THANKS_WORDS or (words & _ASSENT_WORDS and not after_question))
