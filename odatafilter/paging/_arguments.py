"""What `paginate` is given beside its options, judged at the call: a wrong argument is told where it stands."""

from collections.abc import Mapping
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING

from odatafilter._safe_text import show, show_type
from odatafilter.errors import PagingValueError
from odatafilter.paging.listing import Listing

if TYPE_CHECKING:
    from odatafilter.filter import Filter


def check_arguments(client: object, listing: object, token: object) -> None:
    """Raises `PagingValueError` for a client, listing or token that no walk can start with."""
    check_client(client)
    if not isinstance(listing, Listing):  # a URL can hold a key
        raise PagingValueError(f"listing is {show_type(listing)}: a Listing is wanted, as in Listing('https://…')")
    check_token(token, client)


def check_client(client: object) -> None:
    """Raises `PagingValueError` for what is no client.

    One is known by what it can do: httpx and httpx2 have no class in common.
    """
    if isinstance(client, type):
        found = f"the class {client.__name__}"
        raise PagingValueError(f"{found} is no client: httpx.Client() or httpx.AsyncClient() is wanted")
    if not (hasattr(client, "build_request") and hasattr(client, "send")):
        raise PagingValueError(f"a {type(client).__name__} is no client: httpx.Client or httpx.AsyncClient is wanted")


def check_token(token: object, client: object) -> None:
    """Raises `PagingValueError` for a `token` that `client` cannot be given."""
    if token is not None and not callable(token):
        wanted = "a function that gives the token is wanted, as it is asked again after a 401"
        raise PagingValueError(f"token is {show_type(token)}: {wanted}")
    if iscoroutinefunction(token) and not hasattr(client, "aclose"):
        raise PagingValueError("token is an async function, which only a walk with an asynchronous client awaits")


def quote_filter(filter: object, listing: Listing, params: object = None) -> str | None:  # noqa: A002  # OData's own word
    """`filter` as it stands in a URL.

    Raises `FilterError` where the schema of `listing` forbids it, and `PagingValueError` for a parameter without a
    value in `params` or in the URL: it is null for the service (Protocol §11.2.6.1.3), which then finds nothing.
    """
    if filter is None:
        return None
    from odatafilter.filter import Filter, parse  # noqa: PLC0415  # a walk without a filter needs no grammar

    if isinstance(filter, str):
        filter = parse(filter, schema=listing.schema)  # noqa: A001
    elif not isinstance(filter, Filter):
        raise PagingValueError(f"filter is {show(filter)}: a Filter or its text is wanted{_hint(filter)}")
    elif listing.schema is not None:
        filter.validate(listing.schema)
    spelt = filter.quoted
    if "@" in spelt:
        _check_bound(filter, listing, params)
    return spelt


def _check_bound(filter: "Filter", listing: Listing, params: object) -> None:  # noqa: A002  # OData's own word
    from odatafilter._rewrite.bind import parameters  # noqa: PLC0415  # as above

    given = {*listing.query_names, *(params if isinstance(params, Mapping) else ())}
    for name in parameters(filter.tree):
        if f"@{name}" not in given:
            way = f"filter.bind({name}=…) gives it one, or params={{'@{name}': '…'}}"
            raise PagingValueError(f"the parameter {name!r} of the filter has no value: {way}")


def _hint(given: object) -> str:
    from odatafilter.handle import Handle  # noqa: PLC0415  # only where there is a mistake

    return "; compare the property with a value" if isinstance(given, Handle) else ""
