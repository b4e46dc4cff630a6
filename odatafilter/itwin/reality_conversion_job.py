"""Reality Conversion: the `$filter` of the list of jobs. Who only filters does not wait for paging."""

from odatafilter.kinds import DateTimeOffset, Guid, String
from odatafilter.schema import Schema


class RealityConversionJob(
    Schema, operators=("eq", "lt", "le", "gt", "ge", "ne", "in", "and", "or"), functions=(), plain=True
):
    """The properties that the job list can be filtered by; with `iTwinId`, it has all jobs of that iTwin."""

    id = Guid(nullable=False)
    iTwinId = Guid(nullable=False)
    name = String(nullable=False)
    email = String()
    type = String(enum=("Conversion",), nullable=False)
    state = String(enum=("unsubmitted", "active", "success", "failed", "cancelled"), nullable=False)
    createdDateTime = DateTimeOffset(nullable=False)
    inputId = Guid(quoted=True, source="inputs[].id")
    outputId = Guid(quoted=True, source="outputs[].id")
