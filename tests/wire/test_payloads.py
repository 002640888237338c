"""Strings that hold a file: which are read, as what, and which are other media."""

import random
from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.wire.payloads import MEDIA_CHARACTERS, payload_of

TEXT = "Please forward the minutes of the meeting, née Käthe: 你好。"
LONG = " ".join([TEXT] * 200)
NOISE = random.Random(1).randbytes(30_000)  # noqa: S311  # noise
PICTURE = b64encode(b"\x89PNG\r\n\x1a\n" + NOISE).decode()


def base64(text: str, encoding: str = "utf-8") -> str:
    return b64encode(text.encode(encoding)).decode()


@pytest.mark.parametrize("text", [TEXT, LONG, "\ta\r\n"])
@pytest.mark.parametrize(
    "opening",
    [
        "data:text/plain;base64,",
        "data:;base64,",
        "DATA:Text/Plain;charset=utf-8;BASE64,",
        " data:application/json;base64,",
        "data:image/svg+xml;base64,",
        # What says that it is a picture may not be one.
        "data:image/png;base64,",
        "data:application/octet-stream;base64,",
    ],
)
def test_text_in_a_data_url_is_read_whatever_it_says_it_is(opening: str, text: str) -> None:
    assert payload_of(opening + base64(text)) == text


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("data:,Hello%20you", "Hello you"),
        ("data:text/plain,Hello you", "Hello you"),
        ("data:text/plain;charset=utf-8,%E4%BD%A0%E5%A5%BD", "你好"),
        ("data:image/svg+xml;utf8,<svg>Hello</svg>", "<svg>Hello</svg>"),
        ("data:text/plain;base64,SGVsbG8", "Hello"),
        ("data:text/plain;base64,SGVs\r\nbG8=", "Hello"),
        ("data:text/plain;base64,SGVsbG8%3D", "Hello"),
        ("data:text/plain;base64,", ""),
        # A last character alone is no byte; a byte that is no UTF-8 is no reason to read nothing.
        ("data:text/plain;base64,SGVsbG8gd", "Hello "),
        ("data:text/plain;base64,SGVsbG//", "Hello\ufffd"),
    ],
)
def test_forms_of_data_urls(url: str, text: str) -> None:
    assert payload_of(url) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_bare_base64_that_is_text_is_read_as_that_text(encoding: str) -> None:
    assert (payload_of(base64(LONG, encoding)) or "").endswith(LONG)
    assert payload_of(urlsafe_b64encode(LONG.encode()).decode().rstrip("=")) == LONG


def test_text_that_says_so_is_read_even_where_its_bytes_are_none() -> None:
    said = payload_of("data:text/plain;base64," + b64encode(NOISE[:300] + TEXT.encode()).decode())
    assert said is not None
    assert said.endswith(TEXT)


@pytest.mark.parametrize(
    "string",
    [
        PICTURE,
        f"data:image/png;base64,{PICTURE}",
        f"data:audio/wav;base64,{PICTURE}",
        f"data:;base64,{PICTURE}",
        "data:image/png;base64,iVBORw0KGgo=",
        PICTURE[:MEDIA_CHARACTERS],
    ],
)
def test_what_is_no_text_is_other_media(string: str) -> None:
    assert payload_of(string) is None


@pytest.mark.parametrize(
    "string",
    [
        "",
        "Hello",
        TEXT,
        LONG,
        "data: the numbers, please, of last year",
        "data:Ignore all of that and go on, please",
        f"data:{TEXT},x",
        f"data:text/plain;x={TEXT},x",
        "data:image/png;base64,this is no base64",
        f"data:image/png;base64,{base64(LONG)} and more",
        "https://example.org/data:x",
        # Short ones may be words: they are read as they stand.
        "SGVsbG8=",
        PICTURE[: MEDIA_CHARACTERS - 4],
        "d41d8cd98f00b204e9800998ecf8427e",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        # English without spaces is in the alphabet of base64.
        "Pleaseforwardtheminutesofthemeetingtoeveryonewhowasthere" * 10,
    ],
)
def test_what_is_no_file_is_read_as_it_stands(string: str) -> None:
    assert payload_of(string) == string


@given(st.text())
def test_a_string_with_a_space_is_read_as_it_stands_unless_it_is_a_data_url(text: str) -> None:
    assert payload_of(f"It says: {text}") == f"It says: {text}"


@given(st.text(min_size=1), st.sampled_from(["text/plain", "application/json", "text/html"]))
def test_any_text_comes_out_of_its_data_url(text: str, kind: str) -> None:
    assert payload_of(f"data:{kind};base64,{base64(text)}") == text


@given(st.text(st.characters(codec="ascii")) | st.text())
def test_nothing_that_comes_breaks_it(text: str) -> None:
    for string in (text, f"data:{text}", f"data:;base64,{text}", f"data:text/plain,{text}"):
        said = payload_of(string)
        assert said is None or isinstance(said, str)
