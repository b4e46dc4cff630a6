"""The answers that refuse a request, with the bodies that the API documents show."""

from http import HTTPStatus
from typing import TypeAlias

import msgspec

Body: TypeAlias = dict[str, "str | list[Body] | Body"]

JSON = "application/json; charset=utf-8"
_TOP = "The $top query parameter value must be a positive integer that does not exceed 1000."
_RATE = "The client sent more requests than allowed by this API for the current tier of the client."
_ACCESS_CONTROL_RATE = "More requests were received than the subscription rate-limit allows."
_PERMISSION = "The user has insufficient permissions for the requested operation."


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, body: bytes, media_type: str = JSON, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.media_type = media_type
        self.headers = headers or {}


def _refusal(status: int, code: str, message: str, headers: dict[str, str] | None = None, **more: object) -> Refused:
    return Refused(status, msgspec.json.encode({"error": {"code": code, "message": message, **more}}), JSON, headers)


def no_header() -> Refused:
    return _refusal(401, "HeaderNotFound", "Header Authorization was not found in the request. Access denied.")


def bad_token() -> Refused:
    return _refusal(401, "InvalidToken", "The access token is not valid. Access denied.")


def no_resource() -> Refused:
    return _refusal(404, "ResourceNotFound", "Requested resource is not available.")


def too_many(retry_after: str) -> Refused:
    return _refusal(429, "RateLimitExceeded", _RATE, {"Retry-After": retry_after})


def gateway_error(status: int) -> Refused:
    """What stands between a client and a service answers so: no JSON."""
    phrase = HTTPStatus(status).phrase
    return Refused(status, f"<html><h1>{status} {phrase}</h1></html>".encode(), "text/html")


# --- Reality Conversion ---------------------------------------------------------------------------------------------


def no_itwin() -> Refused:
    return _refusal(404, "iTwinNotFound", "Requested iTwin is not available.")


def bad_request(details: list[Body]) -> Refused:
    """All faults of one request for jobs."""
    return _refusal(422, "InvalidRealityConversionRequest", "Cannot find jobs.", details=details)


def bad_top() -> Body:
    return bad_parameter("$top", _TOP)


def bad_parameter(target: str, message: str) -> Body:
    """One fault: a query parameter that cannot be used."""
    return {"code": "InvalidParameter", "message": message, "target": target}


def missing_parameter(target: str) -> Body:
    """One fault: a query parameter that is not there."""
    return {
        "code": "MissingRequiredParameter",
        "message": f"The {target} query parameter is required.",
        "target": target,
    }


# --- job status -----------------------------------------------------------------------------------------------------


def no_one_click_lca_job() -> Refused:
    return _refusal(404, "JobNotFound", "Requested Job is not available.", target="jobId")


def no_ec3_job() -> Refused:
    return _refusal(404, "JobNotFound", "Requested EC3 Job is not available.", target="jobId")


def no_itwin_job() -> Refused:
    """For an iTwin that is not there, and for a job that is not."""
    return _refusal(404, "ItwinNotFound", "Requested iTwin is not available.")


def no_permission() -> Refused:
    return _refusal(403, "InsufficientPermissions", _PERMISSION)


def too_many_of_access_control(retry_after: str) -> Refused:
    return _refusal(429, "TooManyRequests", _ACCESS_CONTROL_RATE, {"retry-after": retry_after})
