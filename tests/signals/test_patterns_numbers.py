"""Cards, IBANs, social security and phone numbers; ⟦ and ⟧ stand round what is to be found."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.signals.patterns import Match, matches
from pointsman.signals.patterns_checks import is_iban, is_ssn, passes_luhn

from .marks import assert_found, p_of

# Test numbers of payment services: Stripe and PayPal "Testing", Adyen "Test card numbers".
CARDS = """
4242424242424242 4111111111111111 4012888888881881 5555555555554444 5105105105105100
2223003122003222 378282246310005 371449635398431 6011111111111117 6011000990139424 30569309025904
38520000023237 36227206271667 3530111333300000 3566002020360505 6200000000000005 6759649826438453
2201382000000013 5018000000000009 6304000000000000
"""


@pytest.mark.parametrize("digits", CARDS.split())
def test_card_numbers_of_every_brand_are_found_plain_and_printed(digits: str) -> None:
    assert_found("CREDIT_CARD", f"My card is ⟦{digits}⟧.")
    for sign in " -":
        cut = (4, 10) if len(digits) in {14, 15} else range(4, len(digits), 4)
        printed = digits
        for place in sorted(cut, reverse=True):
            printed = f"{printed[:place]}{sign}{printed[place:]}"
        assert_found("CREDIT_CARD", f"Charge ⟦{printed}⟧, please")
        assert p_of(printed) == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424243",  # wrong check digit
        "1234567812345670",  # right check digit, no brand
        "4242 4242-4242 4242",  # no one prints it so
        "4242/4242/4242/4242",
        "42424 2424242 4242",
        "4242-4242-4242-4242-11",
        "A4242424242424242",
        "4242424242424242b",
        "0.4242424242424242",
        "9-4242-4242-4242-4242",
        "order_4242424242424242",
    ],
)
def test_what_only_resembles_a_card_number_is_none(text: str) -> None:
    assert not matches(text)


def test_numbers_between_chinese_letters_are_found() -> None:
    assert_found("CREDIT_CARD", "卡号是⟦4111111111111111⟧的卡")
    assert_found("IBAN_CODE", "账号⟦DE89370400440532013000⟧谢谢")


def test_an_old_card_of_thirteen_digits_is_doubtful_as_many_bar_codes_look_so() -> None:
    assert p_of("4222222222222") == 0.5
    assert p_of("4111111111111111") == 0.95


# SWIFT IBAN Registry, the examples of the countries.
IBANS = """
AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201
BE68539007547034 BG80BNBG96611020345678 BR1800360305000010009795493C1 CH9300762011623852957
CY17002001280000001200527600 CZ6508000000192000145399 DE89370400440532013000 DK5000400440116243
EE382200221020145685 ES9121000418450200051332 FI2112345600000785 FR1420041010050500013M02606
GB29NWBK60161331926819 GR1601101250000000012300695 HR1210010051863000160
HU42117730161111101800000000 IE29AIBK93115212345678 IL620108000000099999999
IS140159260076545510730339 IT60X0542811101000000123456 KZ86125KZT5004100100 LI21088100002324013AA
LT121000011101001000 LU280019400644750000 LV80BANK0000435195001 MT84MALT011000012345MTLCAST001S
NL91ABNA0417164300 NO9386011117947 PL61109010140000071219812874 PT50000201231234567890154
QA58DOHB00001234567890ABCDEFG RO49AAAA1B31007593840000 SA0380000000608010167519
SE4550000000058398257466 SI56263300012039086 SK3112000000198742637541 SM86U0322509800000000270100
TR330006100519786457841326 VG96VPVG0000012345678901
"""


@pytest.mark.parametrize("iban", IBANS.split())
def test_ibans_are_found_in_one_piece_and_in_fours_in_any_case(iban: str) -> None:
    fours = " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
    for written in (iban, iban.lower(), fours, fours.lower()):
        assert_found("IBAN_CODE", f"to ⟦{written}⟧ by Friday")


@pytest.mark.parametrize(
    "text",
    [
        "DE88370400440532013000",  # wrong check digits
        "DE8937040044053201300",  # too short
        "XX89370400440532013000",  # no such country
        "ADE89370400440532013000",
        "DE89370400440532013000A",
        "E12 is a food additive",
        "A4 paper, 12 sheets; B2 too",
    ],
)
def test_what_only_resembles_an_iban_is_none(text: str) -> None:
    assert not matches(text)


@pytest.mark.parametrize(
    ("case", "p"),
    [
        ("my ssn is ⟦123-45-6789⟧", 0.98),
        ("SSN: ⟦123 45 6789⟧", 0.98),
        ("⟦123-45-6789⟧ was on the form", 0.9),
        ("on the form: ⟦123 45 6789⟧", 0.6),
        ("SSN ⟦123456789⟧.", 0.8),
        ("⟦123456789⟧ is my social security number", 0.8),
    ],
)
def test_social_security_numbers_are_surer_the_more_says_so(case: str, p: float) -> None:
    assert_found("US_SSN", case)
    assert p_of(re.sub("[⟦⟧]", "", case)) == p


# SSA, POMS RM 10201.035 "Invalid Social Security Numbers"; the last two stood in advertisements.
NEVER_ISSUED = """000-12-3456 666-12-3456 900-12-3456 999-12-3456 123-00-4567 123-45-0000
078-05-1120 219-09-9999"""


@pytest.mark.parametrize("digits", NEVER_ISSUED.split())
def test_social_security_numbers_that_were_never_issued_are_none(digits: str) -> None:
    assert not matches(f"SSN {digits}")
    assert not is_ssn(digits.replace("-", ""))


@pytest.mark.parametrize(
    "text", ["123456789", "123-45 6789", "123/45/6789", "1-123-45-6789", "ssn: a 123-45-67890"]
)
def test_what_only_resembles_a_social_security_number_is_none(text: str) -> None:
    assert not matches(text)


@pytest.mark.parametrize(
    ("case", "p"),
    [
        ("call ⟦+49 30 1234567⟧", 0.95),
        ("⟦+44 (0)20 7946 0958⟧", 0.95),
        ("⟦+14155552671⟧", 0.95),
        ("(⟦+(33) 1 23 45 67 89⟧)", 0.95),
        ("⟦+1-488-515-5324x385⟧ rings", 0.95),
        ("⟦(415) 555-2671⟧", 0.9),
        ("⟦(415)555-2671 ext. 5⟧", 0.9),
        ("⟦415-555-2671⟧", 0.9),
        ("⟦415.555.2671x38⟧.", 0.9),
        ("⟦1-415-555-2671⟧", 0.9),
        ("⟦1 (415) 555-2671⟧", 0.9),
        ("dial ⟦1 415 555 2671⟧", 0.9),
        ("tel. ⟦030 1234567⟧", 0.75),
        ("Telefon: ⟦(030) 12 34 56 7⟧", 0.75),
        ("phone number: ⟦4155552671⟧", 0.6),
        ("call me at ⟦415 555 2671⟧", 0.75),
        ("我的电话是⟦13800138000⟧，谢谢", 0.6),  # noqa: RUF001
        ("тел. ⟦8 (495) 123-45-67⟧", 0.75),
    ],
)
def test_phone_numbers_are_found(case: str, p: float) -> None:
    assert_found("PHONE_NUMBER", case)
    assert p_of(re.sub("[⟦⟧]", "", case)) == p


@pytest.mark.parametrize(
    "text",
    [
        "4155552671, 415 555 2671, 1 415 555 2671, 115-555-2671, 415-155-2671",
        "2024-05-01, 01.05.2024, 5/1/2024, 2020-2023",
        "call it on 2024-05-01, call it from 2020-2023, call it on 24.12.2024",
        "call 123456 or 12345678901234567890 or 1234567x or 1-2-3-4",
        "ISBN 978-3-16-148410-0, ISBN 0-306-40615-2, 9783161484100",
        "$1,234,567.89, 1.234.567,89 EUR, 1 000 000",
        "order 1234-5678, item #12345678, room 555-12",
        "x=+12345, 5+12345678901, +999 12345678, +12345678901x",
        "3.14159265358979, 1e10, 0x1F, 2^64 = 18446744073709551616",
        "123e4567-e89b-12d3-a456-426614174000",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "9-415-555-2671-9",
    ],
)
def test_plain_numbers_dates_and_prices_are_nothing(text: str) -> None:
    assert not matches(text)


@given(st.text("0123456789", min_size=15, max_size=15), st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_makes_a_card_number_none(digits: str, place: int, more: int) -> None:
    body = f"4{digits[1:]}"
    right = next(body + last for last in "0123456789" if passes_luhn(body + last))
    changed = str((int(right[place]) + more) % 10)
    assert [match.type for match in matches(right)] == ["CREDIT_CARD"]
    wrong = right[:place] + changed + right[place + 1 :]
    assert not passes_luhn(wrong)
    assert not matches(wrong)


@given(st.text("0123456789", min_size=18, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_makes_an_iban_none(account: str, place: int, more: int) -> None:
    right = next(
        f"DE{check:02}{account}" for check in range(2, 99) if is_iban(f"DE{check:02}{account}")
    )
    assert matches(right) == (Match("IBAN_CODE", 0, 22, 1.0),)
    changed = str((int(account[place]) + more) % 10)
    wrong = f"{right[:4]}{account[:place]}{changed}{account[place + 1 :]}"
    assert not is_iban(wrong)
    assert not is_iban(right[:-1])
