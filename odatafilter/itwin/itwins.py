"""iTwins: the `$filter` of the list of iTwins (`GET /itwins`)."""

from odatafilter.kinds import DateTimeOffset, Guid, String
from odatafilter.schema import Schema


class ITwin(
    Schema,
    operators=("eq", "ne", "lt", "le", "gt", "ge", "in", "and", "or"),
    functions=("contains",),
    lists="[]",
    either_order=("contains",),
    case_sensitive=False,
):
    """The properties and functions of the documented samples, which are all that the document says of its filters."""

    parentId = Guid(quoted=True)
    status = String(enum=("Active", "Inactive", "Trial"))
    displayName = String()
    number = String()
    createdDateTime = DateTimeOffset()
