"""The names of OData's system query options, without the `$` (Protocol §11.2, URL Conventions §5.1)."""

from typing import Final

SYSTEM_OPTIONS: Final = frozenset(
    {
        *("apply", "compute", "count", "deltatoken", "expand", "filter", "format", "id", "index", "levels", "orderby"),
        *("schemaversion", "search", "select", "skip", "skiptoken", "top"),
    }
)
