"""What a refusing answer says: its code, message and details, in any of the shapes that servers use."""

import json
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

import msgspec

from odatafilter.errors import Refusal
from odatafilter.paging._excerpt import excerpt, sentence
from odatafilter.paging._headers import Headers
from odatafilter.paging._json import LARGE, without_bom
from odatafilter.paging._request import Answer

# OData 2 to 4, RFC 9457, RFC 6749 §5.2, JSON:API, ASP.NET, Django, gateways. Names count without regard to capitals.
ERRORS: Final = ("error", "odata.error", "@odata.error")
_AROUND: Final = (*ERRORS, "fault")
_MESSAGES: Final = (
    "message",
    "detail",
    "error_description",
    "errormessage",
    "error_message",
    "title",
    "description",
    "reason",
    "msg",
    "faultstring",
    "value",
    "exceptionmessage",
)
_DETAILS: Final = ("details", "errors", "errormessages", "modelstate")
_EMPTY: Final = (b"", b"{}", b"[]", b"null")
_MOST: Final = 10  # sentences
_DEEPEST: Final = 5  # levels below the body
_WIDEST: Final = 1000  # values of a level


def refusal(answer: Answer) -> tuple[str, Refusal]:
    """What an answer says, for people and for programs. Every part may be missing or null, and the body may be HTML."""
    body = without_bom(answer.body)
    said = _decode_body(body)
    error = _error(said)
    code = _first_text(error, "code", "errorcode")
    if code is None and isinstance(said, dict) and isinstance(inner := _get(said, "error"), str) and len(said) > 1:
        code = inner  # RFC 6749 §5.2
    details = next((tuple(found) for name in _DETAILS if isinstance(found := _get(error, name), list)), ())
    sentences = list(dict.fromkeys(each for each in _sentences_of(error, said) if each != code))
    if not sentences:
        sentences = [excerpt(body)] if body.strip() not in _EMPTY else []
    start = f"{answer.status}" if code is None else f"{answer.status} {sentence(code)}"
    text = ": ".join([start, *sentences]) if sentences or code or body.strip() else f"{start} without a body"
    return text, Refusal(answer.status, code, details, Headers(answer.headers))


def error_beside(members: Mapping[str, msgspec.Raw]) -> str | None:
    """What the error says that stands beside the items of a page (OData JSON §18), or None: null is no error."""
    for name in ERRORS:
        if (raw := members.get(name)) is not None:
            body = bytes(memoryview(raw)[: LARGE + 1])
            said = _decode_body(body)
            if said is None and body.strip() != b"null":  # it is too large, or holds what cannot be decoded
                return excerpt(body)
            if said not in (None, False, "", {}, []):
                error = said if isinstance(said, dict) else {"message": said}
                return ": ".join(_sentences_of(error, error)) or excerpt(body)
    return None


def _decode_body(body: bytes) -> Any:
    """What `body` holds, or None where it is no JSON, or too large to be looked into.

    What is no UTF-8, a number that is too large or half of a character takes no message away.
    """
    if len(body) > LARGE:
        return None
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _get(found: Any, name: str) -> Any:
    """The member `name` of an object, in any case."""
    if not isinstance(found, dict):
        return None
    return found[name] if name in found else next((found[key] for key in found if key.lower() == name), None)


def _error(said: Any) -> Any:
    """The object that tells of the error: one inside the body, the first of several, or the body itself."""
    for name in _AROUND:
        if isinstance(inner := _get(said, name), dict):
            return inner
    several = _get(said, "errors")
    if isinstance(several, list) and several and isinstance(several[0], dict) and _message_of(said) is None:
        return {**several[0], "errors": several}
    if isinstance(said, list) and said and isinstance(said[0], dict):
        return said[0]
    return said


def _inner_message(said: Any) -> str | None:
    """The first message in the objects inside `said`: those of an outer level come first."""
    level = [said]
    for _ in range(_DEEPEST):
        inside = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        level = list(islice(chain.from_iterable(inside), _WIDEST))
        if (message := next((found for each in level if (found := _message_of(each)) is not None), None)) is not None:
            return message
    return None


def _first_text(found: Any, *names: str) -> str | None:
    return next((text for name in names if isinstance(text := _get(found, name), str) and text), None)


def _message_of(found: Any) -> str | None:
    """The message of an object: a text, or an object that holds it for a language (OData 2, 3)."""
    for name in _MESSAGES:
        value = _get(found, name)
        if isinstance(value, dict):
            value = _first_text(value, "value", "message")
        elif isinstance(value, list):
            value = "; ".join(each for each in value[:_MOST] if isinstance(each, str))
        if isinstance(value, str) and value.strip():
            return value
    return None


def _sentences(error: Any, said: Any) -> Iterator[str]:
    if (message := _message_of(error)) is not None:
        yield sentence(message)
    elif isinstance(said, dict):
        for name in ERRORS:
            if isinstance(text := _get(said, name), str) and text.strip():
                yield sentence(text)
    if isinstance(said, str) and said.strip():
        yield sentence(said)
    for name in _DETAILS:
        found = _get(error, name)
        for each in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
            for one in each if isinstance(each, list) else (each,):
                text = one if isinstance(one, str) else _message_of(one)
                if text is not None and text.strip():
                    yield sentence(text)


def _sentences_of(error: Any, said: Any) -> list[str]:
    """The sentences of an error, or the message that lies deeper in it."""
    found = list(islice(_sentences(error, said), _MOST))
    if not found and (message := _inner_message(said)) is not None:
        found = [sentence(message)]
    return found
