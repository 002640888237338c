"""Personal data that is recognised by its form.

In the cases, ⟦ and ⟧ stand round what is to be found. Keys are put together here from pieces, so
that no scanner takes this file for a leak.
"""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.signals.patterns import TYPES, Match, matches

from .marks import assert_found, p_of

RANDOM = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"  # 36 characters


PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xf\n" * 3


@pytest.mark.parametrize(
    "case",
    [
        *(
            f"key ⟦{beginning}{RANDOM}⟧, ok"
            for beginning in (
                *("sk-", "sk-proj-", "sk-ant-", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-"),
                *("xoxb-", "hf_", "npm_", "pypi-AgEI", "rk_live_", "sk_live_", "sk_test_"),
            )
        ),
        "⟦AKIA" + "IOSFODNN7EXAMPLE⟧ is in the AWS manual",
        "⟦AIza" + RANDOM[:35] + "⟧",
        f"⟦SG.{RANDOM}.{RANDOM}⟧.",
        f"⟦eyJ{RANDOM}.eyJ{RANDOM}.{RANDOM}⟧.",
        f"⟦{PEM}-----END RSA PRIVATE KEY-----⟧",
        f"⟦{PEM.rstrip()}⟧\n\nWhat is wrong with it?",
        f"⟦{PEM.rstrip()}⟧\n⟦{PEM}-----END RSA PRIVATE KEY-----⟧",
        f"Authorization: Bearer ⟦{RANDOM}⟧",
        f"my api key: ⟦{RANDOM}⟧.",
        f'API_KEY="⟦{RANDOM}⟧"',
        f"client_secret => '⟦{RANDOM}⟧'",
        f"AWS_SECRET_ACCESS_KEY=⟦{RANDOM}⟧",
        f"the token is ⟦{RANDOM}⟧",
    ],
)
def test_keys_and_tokens_are_found(case: str) -> None:
    assert_found("API_KEY", case)


@pytest.mark.parametrize(
    "text",
    [
        "sk-learn-is-a-python-library, sk-1",
        "token: string, secret = settings_of_this_module",
        "api_key = 'YOUR_API_KEY_GOES_HERE'",
        "token=aaaaaaaaaaaaaaaaaaaaaaa1",
        "Bearer of bad news, bearer_token_is_required",
        "the secret is out, the key is under the mat",
        "sha256: " + "deadbeef01234567" * 4,
        "id 7f3b2c1d-1111-4222-8333-444455556666",
        "-----BEGIN CERTIFICATE-----",
        "xoxo, hf_hub, npm_config_registry, eyJ, SG.1, ghp_1",
    ],
)
def test_words_hashes_and_placeholders_are_no_keys(text: str) -> None:
    assert not matches(text)


@pytest.mark.parametrize(
    ("case", "p"),
    [
        ("password: ⟦hunter2⟧", 0.9),
        ("pwd=⟦Xy!z⟧, then", 0.9),
        ('"password": "⟦correct horse 1⟧"', 0.9),
        ("Passwort ist ⟦geheim123⟧.", 0.7),
        ("mot de passe : ⟦azerty1⟧", 0.9),  # codespell:ignore mot
        ("contraseña: ⟦clave$⟧", 0.9),
        ("log in with password ⟦g(9y#qhsu⟧, please", 0.7),
        ("the password is '⟦swordfish7⟧'", 0.9),
        ("password: ⟦swordfish⟧\nand then", 0.6),
        ("password = '⟦swordfish⟧'", 0.6),
        ("the password is ⟦123456⟧ now", 0.6),
        ("密码是⟦abc12345⟧，请记住", 0.9),  # noqa: RUF001
        ("пароль: ⟦qwerty1⟧", 0.9),
    ],
)
def test_passwords_are_found(case: str, p: float) -> None:
    assert_found("PASSWORD", case)
    assert p_of(re.sub("[⟦⟧]", "", case)) == p


@pytest.mark.parametrize(
    "text",
    [
        "the password is required, my password is wrong",
        "password must contain 8 characters",
        "Password: must contain 8 characters",
        "password = input('Password? ')",
        "password: ${DB_PASSWORD}, password: <your password>, password={password}",
        "password: ********",
        "password: str, passwords: list1",
        "password=None",
        "password (optional1) here",
        "pwd",
        "password: abc",
        "password hash in bcrypt",
    ],
)
def test_sentences_and_code_about_passwords_hold_none(text: str) -> None:
    assert not matches(text)


@pytest.mark.parametrize(
    ("kind", "case", "p"),
    [
        ("ZIP_CODE", "CA ⟦94103-1234⟧", 0.6),
        ("ZIP_CODE", "zip ⟦94103-1234⟧", 0.95),
        ("ZIP_CODE", "zip code ⟦94103⟧", 0.8),
        ("ZIP_CODE", "ZIP: ⟦880⟧", 0.8),
        ("ZIP_CODE", "PLZ ⟦10115⟧ Berlin", 0.8),
        ("ZIP_CODE", "CAP ⟦00184⟧ Roma", 0.8),
        ("ZIP_CODE", "postcode: ⟦SW1A 1AA⟧", 0.8),
        ("ZIP_CODE", "postal code is ⟦K1A 0B1⟧", 0.8),
        ("ZIP_CODE", "postcode ⟦1012 AB⟧", 0.8),
        ("PASSPORT", "passport number is ⟦L83543256⟧ and", 0.75),
        ("PASSPORT", "护照号码：⟦E12345678⟧。", 0.75),  # noqa: RUF001
        ("PASSPORT", "Reisepass Nr. ⟦C01X00T47⟧", 0.75),
        ("US_DRIVER_LICENSE", "my driver's license ⟦D1234567⟧", 0.75),
        ("US_DRIVER_LICENSE", "driver’s license no. ⟦I77-38-7522⟧", 0.75),  # noqa: RUF001
        ("BANK_ACCOUNT", "account number: ⟦12345678⟧", 0.7),
        ("BANK_ACCOUNT", "Kontonummer ⟦12 345 678⟧,", 0.7),
        ("BANK_ACCOUNT", "account no. ⟦ETKP23722724891562⟧", 0.7),
    ],
)
def test_a_word_before_them_tells_what_numbers_are(kind: str, case: str, p: float) -> None:
    assert_found(kind, case)
    assert p_of(re.sub("[⟦⟧]", "", case)) == p


@pytest.mark.parametrize(
    "text",
    [
        "zip 3 files, zip 2000 files, zip up, unzip 12345",
        "cap 10000 users, CAP 100, a cap of 12345",
        "12345-6789-1, 1-12345-6789, 12345-67890",
        "passport control, passport photos: 35x45, passport 12",
        "driver license rules of 2020",
        "account number unknown, account number 12345x",
    ],
)
def test_the_words_alone_say_nothing(text: str) -> None:
    assert not matches(text)


def test_of_two_that_overlap_the_surer_and_then_the_longer_stays() -> None:
    (card,) = matches("account number 4111 1111 1111 1111")
    assert (card.type, card.p) == ("CREDIT_CARD", 1.0)
    (key,) = matches(f"password: sk-{RANDOM}")
    assert (key.type, key.p) == ("API_KEY", 1.0)
    (key,) = matches(f"with password #sk-{RANDOM}")
    assert (key.type, key.start) == ("API_KEY", 15)


def test_places_are_code_points_whatever_stands_before() -> None:
    text = "İ😀é漢 ssn 123-45-6789"
    assert matches(text) == (Match("US_SSN", 9, 20, 0.98),)


def test_several_pieces_come_in_order() -> None:
    text = "Ann, ann@example.com, 415-555-2671 or 4111 1111 1111 1111; see example.org"
    kinds = [match.type for match in matches(text)]
    assert kinds == ["EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "DOMAIN_NAME"]


PIECES = """1 12 123 1234 4111 - . : :: / @ a. .com www. http:// + ( ) ssn password tel zip sk- eyJ
= is DE89 token api_key bearer -----BEGIN PRIVATE 漢 é İ ' \""""
_pieces = st.sampled_from([*PIECES.split(), " ", "\n", "\t", "\ud800"])


@given(
    st.one_of(st.text(st.characters(), max_size=200), st.lists(_pieces, max_size=40).map("".join))
)
def test_any_text_gives_matches_in_order_within_it(text: str) -> None:
    found = matches(text)
    assert all(0 <= match.start < match.end <= len(text) for match in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    assert all(match.type in TYPES and 0 < match.p <= 1 for match in found)


HOSTILE = """1 @a. a- a@ a.bb 1.1. 1- sk- eyJ eyJaaaaaaaa. : a:: 2001: password password: token=
bearer -----BEGIN_PRIVATE_KEY----- ssn_ 4111_ 4111- GB82_ +1 ( _ http:// ://a . .aa - é 漢@ 漢.aa
İ zip_code_ account_number_ '@ !!!!!!!@ api_key=" tel_5551234567_ 123456789_ is"""


@pytest.mark.parametrize("piece", HOSTILE.split())
def test_a_long_hostile_text_ends(piece: str) -> None:
    piece = piece.replace("_", " ")
    text = piece * (100_000 // len(piece))
    for hostile in (text, f"password{text}", f"{text}@a.com"):
        found = matches(hostile)
        assert all(left.end <= right.start for left, right in pairwise(found))
