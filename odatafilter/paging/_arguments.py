"""What may be given to `paginate`, judged at the call: a wrong argument is told where it stands, not where it fails."""

from collections.abc import Callable, Mapping
from inspect import iscoroutinefunction
from typing import Any, Final, TypeAlias

from odatafilter._shown import shown, typed
from odatafilter.errors import PagingValueError
from odatafilter.paging.checkpoint import FileCheckpoint
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.listing import Listing
from odatafilter.paging.origins import Origins
from odatafilter.paging.rate import Rate
from odatafilter.paging.retry import Retry

_Rule: TypeAlias = tuple[Callable[[Any], bool], str]


def _is_bound(value: object) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _is_hook(value: object) -> bool:
    """Whether a walk can call `value`: what an async function does would never be awaited."""
    return value is None or (callable(value) and not iscoroutinefunction(value))


_RULES: Final[Mapping[str, _Rule]] = {
    "max_items": (_is_bound, "a whole number from 0 is wanted"),
    "max_pages": (_is_bound, "a whole number from 0 is wanted"),
    "prefetch": (
        lambda value: isinstance(value, int) and value in {0, 1},
        "0 or 1 is wanted, as each page names the next",
    ),
    "start": (lambda value: isinstance(value, Cursor | str | None), "a cursor or its text is wanted"),
    "retry": (lambda value: isinstance(value, Retry), "a Retry is wanted"),
    "origins": (
        lambda value: isinstance(value, Origins),
        "Origins.same(), Origins.allow(…) or Origins.strip() is wanted",
    ),
    "on_bad_item": (lambda value: isinstance(value, str) and value in {"raise", "skip"}, "'raise' or 'skip' is wanted"),
    "rate": (lambda value: isinstance(value, Rate | None), "a Rate is wanted"),
    "on_event": (_is_hook, "a plain function that takes an event is wanted"),
    "checkpoint": (lambda value: isinstance(value, FileCheckpoint | None), "a FileCheckpoint is wanted"),
}


def check_arguments(client: object, listing: object, token: object, **others: object) -> None:
    """Raises `PagingValueError` for an argument of `paginate` that no walk can start with."""
    _check_client(client)
    if not isinstance(listing, Listing):  # a URL can hold a key
        raise PagingValueError(f"listing is {typed(listing)}: a Listing is wanted, as in Listing('https://…')")
    _check_token(token, client)
    for name, value in others.items():
        fits, wanted = _RULES[name]
        if not fits(value):
            raise PagingValueError(f"{name} is {shown(value)}: {wanted}")


def _check_client(client: object) -> None:
    """A client is known by what it can do: httpx and httpx2 have no class in common."""
    if isinstance(client, type):
        found = f"the class {client.__name__}"
        raise PagingValueError(f"{found} is no client: httpx.Client() or httpx.AsyncClient() is wanted")
    if not (hasattr(client, "build_request") and hasattr(client, "send")):
        raise PagingValueError(f"a {type(client).__name__} is no client: httpx.Client or httpx.AsyncClient is wanted")


def _check_token(token: object, client: object) -> None:
    if token is not None and not callable(token):
        wanted = "a function that gives the token is wanted, as it is asked again after a 401"
        raise PagingValueError(f"token is {typed(token)}: {wanted}")
    if iscoroutinefunction(token) and not hasattr(client, "aclose"):
        raise PagingValueError("token is an async function, which only a walk with an asynchronous client awaits")


def quoted(filter: object, listing: Listing) -> str | None:  # noqa: A002  # OData's own word
    """`filter` as it stands in a URL. Raises `FilterError` where the schema of `listing` forbids it."""
    if filter is None:
        return None
    from odatafilter.filter import Filter, parse  # noqa: PLC0415  # a walk without a filter needs no grammar

    if isinstance(filter, str):
        return parse(filter, schema=listing.schema).quoted
    if not isinstance(filter, Filter):
        raise PagingValueError(f"filter is {shown(filter)}: a Filter or its text is wanted{_hint(filter)}")
    if listing.schema is not None:
        filter.validate(listing.schema)
    return filter.quoted


def _hint(given: object) -> str:
    from odatafilter.handle import Handle  # noqa: PLC0415  # only where there is a mistake

    return "; compare the property with a value" if isinstance(given, Handle) else ""
