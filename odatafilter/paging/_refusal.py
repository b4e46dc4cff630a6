"""What a refusing answer says: its code, message and details, in any of the shapes that servers use."""

from typing import Any

import msgspec

from odatafilter.errors import Refusal
from odatafilter.paging._envelope import excerpt


def refusal(status: int, body: bytes) -> tuple[str, Refusal]:
    """What an answer says, for people and for programs. Every part may be missing or null, and the body may be HTML."""
    error = _error(body)
    if error is None:
        return f"{status}: {excerpt(body)}" if body.strip() else f"{status} without a body", Refusal(status)
    code = error.get("code") if isinstance(error.get("code"), str) else None
    found = error.get("details")
    details = tuple(found) if isinstance(found, list) else ()
    lines = [" ".join(str(part) for part in (status, code) if part is not None), *_sentences(error, details)]
    return ": ".join(lines), Refusal(status, code, details)


def _error(body: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return None
    inner = found.get("error", found) if isinstance(found, dict) else None
    return inner if isinstance(inner, dict) else found if isinstance(found, dict) else None


def _sentences(error: dict[str, Any], details: tuple[Any, ...]) -> list[str]:
    said = [error, *(detail for detail in details if isinstance(detail, dict))]
    return [excerpt(text.encode())[1:-1] for each in said if isinstance(text := each.get("message"), str)]
