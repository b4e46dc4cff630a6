"""What a server wrote, as a message may show it: short, on one line, without what acts, hides or is like a secret."""

import re
from typing import Final

from odatafilter._safe_text import escape

_BODY: Final = 120  # characters of a body
_SENTENCE: Final = 240  # characters of a message, code or status that a body holds
_WIDEST: Final = 4  # bytes of a character
_SECRETS: Final = (
    re.compile(r"(?i)(bearer|basic)\s+[^\s\"',;<>{}]+"),  # RFC 6750 §2.1, RFC 7617
    re.compile(r"()\beyJ[\w-]{8,}(?:\.[\w-]*)*"),  # RFC 7519: the beginning of a JSON object in base64
    re.compile(
        r"(?i)\b((?:access_?|refresh_?|id_?)token|client_?secret|password|api_?key|sig(?:nature)?|token(?=[\"']?=|[\"']:))"
        r"[\"']?\s?[:=]\s?[\"']?[^\s\"'&,;<>{}]+"
    ),
)


def excerpt(body: bytes) -> str:
    """The beginning of `body` in quotes."""
    text = body[: _WIDEST * _BODY].decode("utf-8", "replace")
    return escape(repr(_cut_text(text, _BODY, is_whole=len(body) <= _WIDEST * _BODY)))


def sentence(text: str) -> str:
    """The beginning of a `text` out of a body: a message, a code, a status."""
    return escape(_cut_text(text[: _WIDEST * _SENTENCE], _SENTENCE, is_whole=len(text) <= _WIDEST * _SENTENCE))


def _cut_text(text: str, length: int, *, is_whole: bool) -> str:
    text = " ".join(text.split())
    for secret in _SECRETS:
        text = secret.sub(r"\1 …", text)
    return text if is_whole and len(text) <= length else text[:length] + "…"
