"""Reality Conversion: the list of jobs (`GET /realityconversion/jobs`)."""

from odatafilter.paging.listing import Listing, PageSize
from odatafilter.schema import DateTimeOffset, Guid, Schema, String


class RealityConversionJob(Schema, operators=("eq", "lt", "le", "gt", "ge", "ne", "in", "and", "or")):
    """The properties that the job list can be filtered by; with `iTwinId`, it has all jobs of that iTwin."""

    id = Guid()
    iTwinId = Guid()
    name = String()
    email = String()
    type = String(enum=("Conversion",))
    state = String(enum=("unsubmitted", "active", "success", "failed", "cancelled"))
    createdDateTime = DateTimeOffset()
    inputId = Guid(quoted=True, source="inputs[].id")
    outputId = Guid(quoted=True, source="outputs[].id")


REALITY_CONVERSION_JOBS = Listing(
    "https://api.bentley.com/realityconversion/jobs",
    items="jobs",
    next_link="_links.next.href",
    schema=RealityConversionJob,
    page_size=PageSize("$top", min=1, max=1000, default=100),
    headers={"Accept": "application/vnd.bentley.itwin-platform.v1+json"},
)
