"""Which web addresses may be fetched at all: pure checks, before and after a name is resolved.

An article, a feed or a redirect can name any address. One that leads to this machine or into its
network is refused, however it is spelt, unless a setting names the host.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from .config import FetchConfig
from .errors import BlockedUrlError

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 2_000
_UNSAFE = re.compile(r"[\s\x00-\x20\x7f\\<>\"^`{|}]")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "::/96",  # IPv4 in an outdated form
        "::ffff:0:0:0/96",  # the same, translated
        "64:ff9b:1::/48",  # NAT64 inside one network
        "2001::/23",  # Teredo and other protocols
        "2002::/16",  # 6to4, which wraps any IPv4 address
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local
        "192.88.99.0/24",  # relays of 6to4
    )
)


@dataclass(frozen=True, kw_only=True)
class WebAddress:
    """A web address taken apart, in ASCII."""

    scheme: str
    host: str
    """In lower case, without the brackets of IPv6."""
    port: int
    target: str
    """Path and query, as they are asked for."""

    @property
    def authority(self) -> str:
        """Return host and, where it is not the usual one, port: what the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address as one string."""
        return f"{self.scheme}://{self.authority}{self.target}"


def parse_address(url: str, config: FetchConfig) -> WebAddress:
    """Take a URL apart. Raises BlockedUrlError, with the reason, for one that must not be fetched.

    The scheme must be http or https, the port one of those allowed; no user name, and no number in
    disguise for a host. The host's addresses are for `check_resolved` to judge.
    """
    shown = shorten(url)
    if len(url) > _LONGEST_URL:
        raise BlockedUrlError(f"{shown} was not fetched: it is longer than {_LONGEST_URL:,} characters.")
    if _UNSAFE.search(url.strip()):
        raise BlockedUrlError(f"{shown} was not fetched: it holds characters that no web address has.")
    try:
        parts = urlsplit(url.strip())
        scheme = parts.scheme.lower()
        if scheme not in _DEFAULT_PORTS:
            raise BlockedUrlError(f"{shown} was not fetched: only http and https addresses are.")
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise BlockedUrlError(f"{shown} was not fetched: it is not a valid web address.") from error
    if "@" in parts.netloc:
        raise BlockedUrlError(
            f"{shown} was not fetched: it holds a user name; leave out what is before the @."
        )
    port = port if port is not None else _DEFAULT_PORTS[scheme]
    if port not in config.ports and f"{host}:{port}" not in config.private_hosts:
        allowed = " and ".join(str(one) for one in config.ports)
        raise BlockedUrlError(
            f"{shown} was not fetched: only the ports {allowed} are used, not {port}; "
            f"if you trust it, name {host}:{port} in $ARTICLE_ASSISTANT_PRIVATE_HOSTS."
        )
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    return WebAddress(scheme=scheme, host=host, port=port, target=target + query)


def check_resolved(address: WebAddress, found: Sequence[str], config: FetchConfig) -> None:
    """Raise BlockedUrlError unless every IP address of a host may be connected to."""
    if allows_private(address, config):
        return
    inside = next((one for one in found if not is_public(one)), None)
    if inside is not None:
        raise BlockedUrlError(
            f"{shorten(address.url)} was not fetched: it leads to {inside}, which is not on the public web; "
            f"if you trust it, name {address.host}:{address.port} in $ARTICLE_ASSISTANT_PRIVATE_HOSTS."
        )


def allows_private(address: WebAddress, config: FetchConfig) -> bool:
    """Tell whether a setting names the host, so that it may be in a private network."""
    if f"{address.host}:{address.port}" in config.private_hosts:
        return True
    return address.host in config.private_hosts and address.port in config.ports


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet, also where it wraps another address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    if any(ip.version == network.version and ip in network for network in _NEVER):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def shorten(url: str, limit: int = 200) -> str:
    """Return a URL as it is shown in a sentence: on one line, of sane length, without a password."""
    line = "".join(c if c.isprintable() else "?" for c in url.strip())
    line = re.sub(r"(?<=//)[^/?#@]*@", "…@", line)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _host(name: str) -> str:
    """Return a host in lower-case ASCII. Raises ValueError for what is no name and no plain IP address."""
    if ":" in name:
        if "%" in name:
            raise ValueError("a zone of this machine")
        return str(ipaddress.IPv6Address(name))
    host = name if name.isascii() else name.encode("idna").decode("ascii")  # UnicodeError is a ValueError
    host = host.lower().removesuffix(".")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return str(ipaddress.IPv4Address(host))  # four plain numbers, none of the older spellings
    if not _HOST.fullmatch(host) or len(host) > 253:
        raise ValueError("not a host name")
    return host
