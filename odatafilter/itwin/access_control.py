"""Access Control: the status of an iTwin job."""

from typing import Final

from odatafilter.itwin.job import JobOperation

ACCESS_CONTROL_JOB: Final = JobOperation(
    "https://api.bentley.com/accesscontrol/itwins/{itwin_id}/jobs/{job_id}",
    outcomes={"Completed": "succeeded", "PartialCompleted": "partly", "Failed": "failed"},  # else Active
    # Without it, the answer leaves out the errors.
    headers={"Accept": "application/vnd.bentley.itwin-platform.v2+json", "Prefer": "return=representation"},
)
