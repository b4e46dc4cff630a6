"""Continuation tokens: opaque text that says where the next page starts, good for one filter of one caller only."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import blake2b
from hmac import compare_digest
from typing import NamedTuple

import msgspec

from odatafilter.emulator._store import Key

_SEAL_LENGTH = 12


class Continuation(NamedTuple):
    """Where a page starts, and how many jobs the pages have unless a request says otherwise."""

    after: Key
    top: int


class Tokens:
    """Makes and reads tokens. `secret` is a server's own, so that it knows the tokens that it made."""

    def __init__(self, secret: str) -> None:
        self._secret = blake2b(secret.encode()).digest()

    def make_token(self, continuation: Continuation, bound_to: tuple[str, str]) -> str:
        """A token that can be read together with the same `bound_to` (a filter and a caller) only."""
        return self._seal(msgspec.msgpack.encode(continuation), bound_to)

    def read_token(self, token: str, bound_to: tuple[str, str]) -> Continuation | None:
        """What `token` says; None if this server did not make it, or not for the same filter and caller."""
        try:
            payload = urlsafe_b64decode(token + "=" * (-len(token) % 4))[_SEAL_LENGTH:]
        except (Base64Error, ValueError):
            return None
        if not compare_digest(token, self._seal(payload, bound_to)):
            return None
        return msgspec.msgpack.decode(payload, type=Continuation)

    def _seal(self, payload: bytes, bound_to: tuple[str, str]) -> str:
        data = msgspec.msgpack.encode((payload, bound_to))
        seal = blake2b(data, key=self._secret, digest_size=_SEAL_LENGTH).digest()
        return urlsafe_b64encode(seal + payload).decode().rstrip("=")
