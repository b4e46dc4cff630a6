"""Where requests and their credentials may go (RFC 6454: an origin is a scheme, a host and a port)."""

import re
from functools import lru_cache
from typing import NamedTuple, Self

import msgspec

from odatafilter._safe_text import show
from odatafilter.errors import PagingValueError, place_of

_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# Stricter than RFC 3986: what two parsers could read in two ways (user information, backslashes, escapes in the host,
# letters beyond ASCII) is no origin at all.
_AUTHORITY = re.compile(r"//(?:\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+))(?::([0-9]{0,5}))?(?=[/?#]|\Z)")
_UP_TO_PATH = re.compile(r"[^/?#]*//[^/?#]*")
_STAR = "0star0"  # what `*` becomes while a pattern is read as an origin
_FIXED_LABELS = 2


class Origin(NamedTuple):
    """A scheme, host and port, in lower case and with the default port spelt out."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" if self.port == _PORTS[self.scheme] else f"{self.scheme}://{host}:{self.port}"


class Origins(msgspec.Struct, frozen=True):
    """Which origins a walk may visit besides the listing's own, and whether it takes the credentials there.

    Made by `same()`, `allow(…)` and `strip()`.

    Args:
        patterns: what `allow` was given, in one spelling.
        stripped: whether it is that of `strip`.
    """

    patterns: tuple[str, ...] = ()
    stripped: bool = False

    @classmethod
    def same(cls) -> Self:
        """Only the listing's own origin."""
        return cls()

    @classmethod
    def allow(cls, *patterns: str) -> Self:
        """The listing's own origin and these, with the credentials.

        `*` stands for a part of one label: `https://*-api.bentley.com` allows `https://eus-api.bentley.com`, but not
        `https://a.b-api.bentley.com` nor `https://x-api.bentley.com.evil.test`. Raises `PagingValueError`.

        Args:
            patterns: origins such as `https://api.test`, perhaps with `*`.
        """
        return cls(tuple(_normal_pattern(pattern) for pattern in patterns))

    @classmethod
    def strip(cls) -> Self:
        """Any origin, but credentials (all headers save a harmless few, cookies, auth) only to the listing's own.

        What a hook of the client's adds to a request is the hook's affair.
        """
        return cls(stripped=True)

    def trusts(self, home: Origin, origin: Origin) -> bool | None:
        """True if a request may go to `origin` with the credentials of `home`, False if without them, None if not.

        Args:
            home: the origin of the listing.
            origin: the one that a link leads to.
        """
        if origin == home or any(_matches(pattern, origin) for pattern in self.patterns):
            return True
        return False if self.stripped and origin.scheme in {home.scheme, "https"} else None


def scheme_of(url: str) -> str | None:
    """The scheme that `url` begins with, in lower case, or None for a relative reference."""
    found = _SCHEME.match(url)
    return found[1].lower() if found else None


def origin_of(url: object) -> Origin:
    """The origin of an absolute `url`. Raises `ValueError`, which says why, where it has none that is clear."""
    if not isinstance(url, str):
        raise ValueError("no text")  # noqa: TRY004  # one error for all
    return _origin_of(url)


@lru_cache(4)  # that of a link is asked for when it comes and when it is followed
def _origin_of(url: str) -> Origin:
    scheme = scheme_of(url)
    if scheme not in _PORTS:
        raise ValueError("no http or https URL" if scheme is None else f"a URL of the scheme '{scheme}'")
    found = _AUTHORITY.match(url, len(scheme) + 1)
    if not found:
        raise ValueError("a URL whose host is not plain")
    six, name, port = found.groups()
    return Origin(scheme, _compress_address(six) if six else name.lower(), int(port) if port else _PORTS[scheme])


def _compress_address(address: str) -> str:
    from ipaddress import IPv6Address  # noqa: PLC0415  # 5 ms that few need

    try:
        found = IPv6Address(address)
    except ValueError:
        raise ValueError("a URL whose host is no IPv6 address") from None
    # From Python 3.13 on it is written so by itself (RFC 5952 §5): an origin that is kept is one for every Python.
    return found.compressed if found.ipv4_mapped is None else f"::ffff:{found.ipv4_mapped}"


def bare_origin_of(text: object) -> Origin:
    """The origin that `text` spells, a scheme, a host and a port alone. Raises `PagingValueError` otherwise."""
    if not isinstance(text, str):
        raise PagingValueError(f"{show(text)} is no origin: a text such as 'https://a.test' is wanted")
    try:
        origin = origin_of(text)
    except ValueError as error:
        raise PagingValueError(f"{show(place_of(text))} is no origin: {error}") from None
    if text.rstrip("/").partition("//")[2].partition("/")[1] or "?" in text or "#" in text:
        raise PagingValueError(f"{show(place_of(text))} is no origin: it has a path")
    return origin


def move_to_origin(url: str, base_url: object) -> str:
    """The absolute `url` at the origin `base_url`. Raises `PagingValueError` where that is none."""
    return f"{bare_origin_of(base_url)}{_UP_TO_PATH.sub('', url, count=1)}"


def _normal_pattern(pattern: object) -> str:
    origin = str(bare_origin_of(pattern.replace("*", _STAR) if isinstance(pattern, str) else pattern))
    if _STAR in ".".join(origin.split(".")[-_FIXED_LABELS:]):
        raise PagingValueError(f"{show(pattern)} is too wide: the last two labels of a host are to be plain")
    return origin.replace(_STAR, "*")


def _matches(pattern: str, origin: Origin) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[a-z0-9-]+"), str(origin)) is not None
