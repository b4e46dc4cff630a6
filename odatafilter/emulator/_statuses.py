"""The documented operations that tell a job's status: each question is answered with the next step of a script."""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias, assert_never
from uuid import uuid4

import msgspec

from odatafilter.emulator import _answers
from odatafilter.emulator._generate import SAMPLE_ITWIN_OF_JOB, Caller

JobService: TypeAlias = Literal["oneclicklca", "ec3", "accesscontrol"]
Step: TypeAlias = str | int
_Json: TypeAlias = dict[str, object]

_LCA_LINK = (
    "https://www.oneclicklcaapp.com/app/sec/importMapper/index?applicationId=IFC&importMapperId=IFCFromSimpleBIM"
)
_REPORT_LINK = "https://www.oneclicklcaapp.com/app/sec/report?id="
_EC3_LINK = "https://buildingtransparency.org/ec3/buildings/"


class Script(msgspec.Struct):
    """What a job does: a step an answer, the last one for ever. A number is answered with that HTTP status."""

    steps: tuple[Step, ...]
    message: str | None = None
    errors: tuple[_Json, ...] = ()
    itwin: str | None = None
    answers: int = 0

    def step(self) -> Step:
        """The step of this answer."""
        self.answers += 1
        return self.steps[min(self.answers, len(self.steps)) - 1]


# Jobs with the ids of the documents' samples.
_SAMPLES: Final[dict[tuple[JobService, str], tuple[Step, ...]]] = {
    ("oneclicklca", "f7dc5506-84c4-4505-9995-66d81e6fd907"): ("Queued", "Running", "Running", "Succeeded"),
    ("ec3", "0ee7070d-20e7-43b6-993f-cef689711ddc"): ("Queued", "Running", "Running", "Succeeded"),
    ("accesscontrol", "fb936e1f-5a60-4fe0-8237-e7afbf47512b"): ("Active", "Active", "PartialCompleted"),
}
_ERROR: Final[_Json] = {
    "code": "UserNotFound",
    "message": "The user is not a member of the organization.",
    "target": "email",
}


class JobStatuses:
    """The jobs that have a script."""

    def __init__(self) -> None:
        self._scripts = {
            key: Script(steps, errors=(_ERROR,), itwin=SAMPLE_ITWIN_OF_JOB) for key, steps in _SAMPLES.items()
        }

    def add(self, service: JobService, script: Script) -> str:
        """The id of a new job."""
        job_id = str(uuid4())
        self._scripts[service, job_id] = script
        return job_id

    def one_click_lca(self, job_id: str, retry_after: str) -> _Json:
        """The body that tells the status of a One Click LCA job. Raises Refused."""
        script = self._script("oneclicklca", job_id)
        status, token = _status(script, _answers.too_many(retry_after)), job_id[-12:]
        links = {
            "report": {"href": f"{_REPORT_LINK}{token}" if status == "Succeeded" else None},
            "oneclicklca": {"href": f"{_LCA_LINK}&importFilePath={token}"},
        }
        message = _failure_message(script, status)
        return {"job": {"id": job_id, "fileToken": token, "status": status, "message": message, "_links": links}}

    def ec3(self, job_id: str, retry_after: str) -> _Json:
        """The body that tells the status of an EC3 upload: it does not name the job. Raises Refused."""
        script = self._script("ec3", job_id)
        status = _status(script, _answers.too_many(retry_after))
        links = {"ec3Project": {"href": f"{_EC3_LINK}{job_id.replace('-', '')}?view=custom"}}
        return {"job": {"status": status, "message": _failure_message(script, status), "_links": links}}

    def access_control(
        self, caller: Caller, itwins: Sequence[str], itwin: str, job_id: str, retry_after: str, *, in_full: bool
    ) -> _Json:
        """The body that tells the status of an iTwin job, with its errors if `in_full`. Raises Refused."""
        if itwin in itwins and itwin not in caller.itwins:
            raise _answers.no_permission()
        script = self._script("accesscontrol", job_id)
        if script.itwin != itwin:
            raise _answers.no_itwin_job()
        status = _status(script, _answers.too_many_of_access_control(retry_after))
        body: _Json = {"id": job_id, "itwinId": itwin, "status": status}
        wrong = status in ("PartialCompleted", "Failed")
        return body | ({"errors": script.errors if wrong else ()} if in_full else {})

    def _script(self, service: JobService, job_id: str) -> Script:
        if (script := self._scripts.get((service, job_id.lower()))) is not None:
            return script
        match service:
            case "oneclicklca":
                raise _answers.no_one_click_lca_job()
            case "ec3":
                raise _answers.no_ec3_job()
            case "accesscontrol":
                raise _answers.no_itwin_job()
            case _:
                assert_never(service)


def _status(script: Script, too_many: _answers.Refused) -> str:
    match script.step():
        case str(status):
            return status
        case 429:
            raise too_many
        case 401:
            raise _answers.bad_token()
        case int(status):
            raise _answers.gateway_error(status)


def _failure_message(script: Script, status: str) -> str | None:
    return script.message if status == "Failed" else None
