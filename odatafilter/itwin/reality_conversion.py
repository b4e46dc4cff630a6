"""Reality Conversion: the list of jobs (`GET /realityconversion/jobs`), and one job of it."""

from typing import Final

from odatafilter.itwin.job import JobOperation
from odatafilter.itwin.reality_conversion_job import RealityConversionJob
from odatafilter.paging.listing import Listing, PageSize

_HEADERS: Final = {"Accept": "application/vnd.bentley.itwin-platform.v1+json"}

REALITY_CONVERSION_JOBS: Final = Listing(
    "https://api.bentley.com/realityconversion/jobs",
    items="jobs",
    next_link="_links.next.href",
    schema=RealityConversionJob,
    page_size=PageSize("$top", min=1, max=1000, default=100),
    headers=_HEADERS,
)

# One job of the list, found by its id: the caller's own, or with itwin_id anybody's in that iTwin.
CONVERSION_JOB: Final = JobOperation(
    "https://api.bentley.com/realityconversion/jobs?$filter=id%20eq%20{job_id}",
    scoped_url="https://api.bentley.com/realityconversion/jobs"
    "?$filter=iTwinId%20eq%20{itwin_id}%20and%20id%20eq%20{job_id}",
    job="jobs[]",
    status="state",
    outcomes={"success": "succeeded", "failed": "failed", "cancelled": "failed"},  # else unsubmitted, active
    headers=_HEADERS,
)
