"""Which addresses may be fetched: the table of ways into this machine and its network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.addresses import check_resolved, is_public, parse_address, shorten
from index.config import FetchConfig
from index.errors import BlockedUrlError

CONFIG = FetchConfig(private_hosts=frozenset({"intranet.example", "127.0.0.1:8123"}))

NEVER = (
    """
file:///etc/passwd
ftp://example.org/a
gopher://example.org/_a
data:text/html,hello
javascript:alert(1)
ws://example.org/
//example.org/a
example.org/a
http:///a
http://
http://user@example.org/
http://user:secret@example.org/
http://example.org@127.0.0.1/
http://127.0.0.1\\@example.org/
http://example.org:22/
http://example.org:6379/
http://example.org:0/
http://example.org:99999/
http://2130706433/
http://0x7f.1/
http://0x7f000001/
http://017700000001/
http://0177.0.0.1/
http://127.1/
http://127.0.0.1.5/
http://0/
http://1.2.3.256/
http://[fe80::1%25eth0]/
http://[::1/
http://exa mple.org/
http://example.org/<script>
http://-bad.example/
http://a..b.example/
http://%31%32%37.0.0.1/
""".strip().split("\n")
    + ["http://example.org/\r\nHost: evil", "http://example.org/\t/a", "http://e.org/" + "a" * 2_000]
)

INSIDE = """
127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.1
192.0.2.1 198.18.0.1 192.88.99.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
::1 :: ::7f00:1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:0:127.0.0.1 ::ffff:169.254.169.254
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::7f00:1 2002:7f00:1:: 2002:a9fe:a9fe:: 2001::1 2001:db8::1
3fff::1 5f00::1 100::1 fe80::1 fe80::1%eth0 fec0::1 fc00::1 fd00::1 ff02::1 ff0e::1 nonsense
""".split()

PUBLIC = "93.184.216.34 8.8.8.8 1.1.1.1 2606:4700:4700::1111 ::ffff:93.184.216.34 64:ff9b::808:808".split()


@pytest.mark.parametrize("url", NEVER)
def test_what_is_never_fetched(url: str) -> None:
    with pytest.raises(BlockedUrlError, match="not fetched"):
        parse_address(url, CONFIG)


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_are_not_on_the_public_web(address: str) -> None:
    assert not is_public(address)
    one = parse_address("http://news.example/", CONFIG)
    with pytest.raises(BlockedUrlError, match="PRIVATE_HOSTS"):
        check_resolved(one, ["93.184.216.34", address], CONFIG)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_public_web(address: str) -> None:
    assert is_public(address)
    check_resolved(parse_address("http://news.example/", CONFIG), [address], CONFIG)


def test_a_setting_names_hosts_that_may_be_private() -> None:
    check_resolved(parse_address("https://Intranet.example./a", CONFIG), ["10.0.0.1"], CONFIG)
    check_resolved(parse_address("http://127.0.0.1:8123/a", CONFIG), ["127.0.0.1"], CONFIG)
    for other in ("http://intranet.example.evil/", "http://127.0.0.1/", "http://localhost/"):
        with pytest.raises(BlockedUrlError):
            check_resolved(parse_address(other, CONFIG), ["127.0.0.1"], CONFIG)
    for port in ("http://intranet.example:8080/", "http://127.0.0.1:8124/"):
        with pytest.raises(BlockedUrlError, match="port"):
            parse_address(port, CONFIG)


def test_an_address_is_taken_apart() -> None:
    address = parse_address(" HTTPS://Müller.Example:443/straße/ä?q=é&r=%C3%A9#part ", CONFIG)
    assert (address.scheme, address.host, address.port) == ("https", "xn--mller-kva.example", 443)
    assert address.target == "/stra%C3%9Fe/%C3%A4?q=%C3%A9&r=%C3%A9"
    assert address.authority == "xn--mller-kva.example"
    assert parse_address("http://[2606:4700::1]/", CONFIG).authority == "[2606:4700::1]"
    assert (
        parse_address("http://１２７.0.0.1/", CONFIG).host == "127.0.0.1"
    )  # what it stands for is then judged


def test_a_password_is_not_shown() -> None:
    with pytest.raises(BlockedUrlError) as caught:
        parse_address("http://me:secret@example.org/a", CONFIG)
    assert "secret" not in str(caught.value)
    assert len(shorten("http://e.org/" + "a" * 5_000)) == 200


@given(st.text(max_size=80))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    for url in (text, "http://" + text, "https://example.org/" + text):
        try:
            address = parse_address(url, CONFIG)
        except BlockedUrlError:
            continue
        assert address.url.isascii() and address.scheme in ("http", "https")
        assert parse_address(address.url, CONFIG) == address
