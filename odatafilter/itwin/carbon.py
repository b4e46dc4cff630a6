"""Carbon calculation: the status of One Click LCA jobs and of EC3 uploads."""

from typing import Final

from odatafilter.itwin.job import JobOperation, Outcome

_OUTCOMES: Final[dict[str, Outcome]] = {"Succeeded": "succeeded", "Failed": "failed"}  # else Queued, Running
_HEADERS: Final = {"Accept": "application/vnd.bentley.itwin-platform.v1+json"}

ONE_CLICK_LCA_JOB: Final = JobOperation(
    "https://api.bentley.com/insights/carbon-calculation/oneclicklca/jobs/{job_id}",
    job="job",
    outcomes=_OUTCOMES,
    headers=_HEADERS,
)
EC3_JOB: Final = JobOperation(
    "https://api.bentley.com/insights/carbon-calculation/ec3/jobs/{job_id}",
    job="job",
    outcomes=_OUTCOMES,
    headers=_HEADERS,
)
