"""Words that say what the number beside them is, in the languages that requests come in."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping

WORDS: Mapping[str, tuple[str, ...]] = {
    "US_SSN": ("ssn", "ssns", "social security", "social-security", "soc sec", "social sec"),
    "PHONE_NUMBER": (
        "phone", "phones", "telephone", "tel", "cell", "cellphone", "mobile", "fax", "call",
        "call me", "text me", "whatsapp", "hotline", "dial", "sms", "reach me", "contact",
        "telefon", "telefonnummer", "handy", "handynummer", "rufnummer", "mobil", "anrufen",
        "téléphone", "portable", "appelez", "numéro est le", "teléfono", "móvil", "celular",
        "llámame", "telefono", "cellulare", "telefone", "ligue", "telefoon", "telefoonnummer",
        "my number is", "my number", "телефон", "тел", "电话", "手机", "電話", "手機",
        "携帯", "전화",
    ),
    "ZIP_CODE": (
        "zip", "zipcode", "zip code", "zip-code", "postal code", "postcode", "post code", "plz",
        "postleitzahl", "code postal", "código postal", "codigo postal", "cap", "kod pocztowy",
        "индекс", "邮编", "郵便番号", "우편번호",
    ),
    "US_DRIVER_LICENSE": (
        "driver's license", "drivers license", "driver license",
        "driver's licence", "driver licence", "drivers licence", "driving licence",
        "driving license", "driver's lic", "dl number", "dl no", "dl#", "license number",
        "licence number", "führerscheinnummer",
    ),
    "PASSPORT": (
        "passport", "reisepass", "reisepassnummer", "passnummer", "passeport", "pasaporte",
        "passaporto", "passaporte", "paspoort", "paszport",
        "паспорт", "护照", "護照", "パスポート", "여권",
    ),
    "BANK_ACCOUNT": (
        "account number", "account no", "account num", "account #", "acct", "acct no",
        "acct number", "acct #", "bank account", "checking account", "savings account", "a/c no",
        "account nr", "kontonummer", "konto-nr", "konto nr", "numéro de compte", "compte bancaire",
        "número de cuenta", "cuenta bancaria", "numero di conto", "conto corrente",
        "número da conta", "rekeningnummer", "routing number",
    ),
    "PASSWORD": (
        "password", "passwd", "passwort", "passphrase", "pwd", "kennwort", "contraseña",
        "mot de passe", "senha", "wachtwoord", "hasło",  # codespell:ignore mot
        "пароль", "密码", "密碼", "パスワード", "비밀번호",
    ),
}  # fmt: skip

NEAR = 32
"""Characters between a word and the number that it speaks of, at most."""

_UNSPACED = "\u0e00"
"""From here on, letters belong to scripts without blanks between words, or to rare ones."""


def is_glued(neighbour: str) -> bool:
    """Tell whether a sign beside a number makes both one word: the a of 12a, not the 号 of 12号."""
    return neighbour == "_" or (neighbour.isalnum() and neighbour < _UNSPACED)


def _is_letter(neighbour: str) -> bool:
    return neighbour.isalpha() and neighbour < _UNSPACED


class Words:
    """Where such words stand in a text; each type is looked for when it is asked about.

    Args:
        text: What is searched.
    """

    def __init__(self, text: str) -> None:
        # Places must stay the same, and this is the one letter whose small form is longer.
        self._lower = text.replace("\u0130", "i").replace("\u2019", "'").lower()
        self._ends: dict[str, list[int]] = {}

    def ends(self, kind: str) -> list[int]:
        """Return where the words of a type end that stand by themselves, in order."""
        if kind not in self._ends:
            found = {
                end for word in WORDS[kind] for end in self.find(word) if self._alone(word, end)
            }
            self._ends[kind] = sorted(found)
        return self._ends[kind]

    def are_near(self, kind: str, start: int, end: int) -> bool:
        """Tell whether a word of a type ends shortly before a range, or shortly after it."""
        ends = self.ends(kind)
        number = bisect_left(ends, start - NEAR)
        return number < len(ends) and ends[number] <= end + NEAR

    def find(self, word: str) -> Iterator[int]:
        """Yield where a word in small letters ends, be it part of another word."""
        start = self._lower.find(word)
        while start >= 0:
            start += len(word)
            yield start
            start = self._lower.find(word, start)

    def _alone(self, word: str, end: int) -> bool:
        start = end - len(word)
        return not (
            _is_letter(self._lower[start - 1 : start]) or _is_letter(self._lower[end : end + 1])
        )
