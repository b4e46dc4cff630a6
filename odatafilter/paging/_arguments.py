"""What `paginate` is given beside its options, judged at the call: a wrong argument is told where it stands."""

from inspect import iscoroutinefunction

from odatafilter._shown import shown, typed
from odatafilter.errors import PagingValueError
from odatafilter.paging.listing import Listing


def check_arguments(client: object, listing: object, token: object) -> None:
    """Raises `PagingValueError` for a client, listing or token that no walk can start with."""
    _check_client(client)
    if not isinstance(listing, Listing):  # a URL can hold a key
        raise PagingValueError(f"listing is {typed(listing)}: a Listing is wanted, as in Listing('https://…')")
    _check_token(token, client)


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
