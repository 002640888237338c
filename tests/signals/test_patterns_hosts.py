"""E-mail addresses, host names and IP addresses; ⟦ and ⟧ stand round what is to be found."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.signals.patterns import Match, matches

from .marks import assert_found, p_of


@pytest.mark.parametrize(
    "case",
    [
        "ping ⟦192.168.0.1⟧!",
        "⟦10.0.0.0⟧/24 and ⟦8.8.8.8⟧:53.",
        "at ⟦2001:db8::1⟧, too",
        "[⟦2001:0db8:85a3:0000:0000:8a2e:0370:7334⟧]:443",
        "ip=⟦fe80::1ff:fe23:4567:890a⟧.",
        "⟦::ffff:192.0.2.128⟧",
        "⟦7:5:5:2:6:3:f:b⟧",
    ],
)
def test_internet_addresses_are_found(case: str) -> None:
    assert_found("IP_ADDRESS", case)


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3.4.5",
        "0.1.2.3.4",
        "256.1.1.1",
        "1.02.3.4",
        "version 1.2.3.4",
        "v1.2.3.4",
        "Release: 10.0.0.1",
        "1.2.3",
        "x[::2], y[1::2], z[100::2]",
        "std::vector, a::b, dead::beef",
        "12:30:45 and 00:1A:2B:3C:4D:5E",
        "2001:db8:::1 and fe80:::: and 2001:db8::12345",
        "ffff:ffff:gggg",
    ],
)
def test_versions_slices_and_times_are_no_internet_addresses(text: str) -> None:
    assert not matches(text)


@pytest.mark.parametrize(
    "case",
    [
        "⟦ann@example.com⟧",
        "mail ⟦a.b+c_d@mail.example.co.uk⟧.",
        "(⟦o'neil@example.org⟧)",
        "'⟦x@y.info⟧', <⟦x@y.de⟧>; email=⟦me@a-b.io⟧!",
        "⟦müller@bücher.de⟧",
        "⟦x@xn--bcher-kva.xn--p1ai⟧",
        "⟦用户@例子.广告⟧",
        "请写信给⟦ann@example.com⟧谢谢",
        "Write to ⟦ann@example.com⟧.Then wait",
        "...⟦ann@example.com⟧...",
    ],
)
def test_e_mail_addresses_end_where_they_should(case: str) -> None:
    assert_found("EMAIL_ADDRESS", case)


@pytest.mark.parametrize(
    "text",
    [
        "@app.route('/')",
        "@ann",
        "a @b.com",
        "ann@localhost",
        "ann.@example.com",
        "ann@-a.com",
        "ann@a_b.com",
        "x" * 65 + "@example.com",
        "ann@" + "a" * 64 + ".com",
        "ann@" + "a." * 130 + "com",
        "a@b",
        "@",
        "!@b.com",
        "npm i @types/node@20.1",
    ],
)
def test_decorators_handles_and_broken_addresses_are_no_e_mail(text: str) -> None:
    assert not matches(text)


@pytest.mark.parametrize(
    ("case", "p"),
    [
        ("see ⟦example.com⟧.", 0.85),
        ("⟦mail.example.co.uk⟧, please", 0.85),
        ("(⟦openai-labs.de⟧)", 0.85),
        ("on ⟦www.spiegel.de⟧/politik", 1.0),
        ("https://⟦docs.python.org⟧/3/library", 1.0),
        ("http://user:secret@⟦example.it⟧:80", 1.0),
        ("访问⟦example.com⟧吧", 0.85),
        ("⟦x.com⟧ is a shop", 0.6),
        ("⟦huggingface.co⟧", 0.6),
        ("⟦a-b.example.org⟧", 0.85),
    ],
)
def test_host_names_are_found(case: str, p: float) -> None:
    assert_found("DOMAIN_NAME", case)
    assert p_of(re.sub("[⟦⟧]", "", case)) == p


@pytest.mark.parametrize(
    "text",
    [
        "main.py, lib.rs, README.md, a.sh, setup.cfg, index.js",
        "self.name, user.id, os.path, np.array, data.info, x.io",
        "foo.com(1), foo.com[0], src/foo.com, $foo.com, _foo.com",
        "e.g. this, i.e. that, U.S. law, 3.14, v1.2.dev, 2.0.es",
        "ASP.NET and End.It",
        "http://localhost:8080, https://-, ://",
        "wait...com",
    ],
)
def test_files_attributes_and_versions_are_no_host_names(text: str) -> None:
    assert not matches(text)


@given(
    st.from_regex(
        r"[a-z0-9]([a-z0-9._+-]{0,20}[a-z0-9])?", fullmatch=True, alphabet=st.characters()
    ),
    st.from_regex(r"([a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?\.){1,3}[a-z]{2,6}", fullmatch=True),
)
def test_any_plain_e_mail_address_is_found_as_a_whole(local: str, host: str) -> None:
    text = f"write to {local}@{host}, please"
    assert Match("EMAIL_ADDRESS", 9, 10 + len(local) + len(host), 1.0) in matches(text)
