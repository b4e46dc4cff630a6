"""The answers that refuse a request, with the bodies that the API documents show."""

from typing import TypeAlias

import msgspec

Body: TypeAlias = dict[str, "str | list[Body] | Body"]

_TOP = "The $top query parameter value must be a positive integer that does not exceed 1000."
_RATE = "The client sent more requests than allowed by this API for the current tier of the client."


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(
        self, status: int, code: str, message: str, headers: dict[str, str] | None = None, **more: object
    ) -> None:
        super().__init__(status, code)
        self.status = status
        self.headers = headers or {}
        self.body = msgspec.json.encode({"error": {"code": code, "message": message, **more}})


def no_header() -> Refused:
    return Refused(401, "HeaderNotFound", "Header Authorization was not found in the request. Access denied.")


def bad_token() -> Refused:
    return Refused(401, "InvalidToken", "The access token is not valid. Access denied.")


def no_resource() -> Refused:
    return Refused(404, "ResourceNotFound", "Requested resource is not available.")


def no_itwin() -> Refused:
    return Refused(404, "iTwinNotFound", "Requested iTwin is not available.")


def too_many(retry_after: str) -> Refused:
    return Refused(429, "RateLimitExceeded", _RATE, {"Retry-After": retry_after})


def bad_request(details: list[Body]) -> Refused:
    """All faults of one request for jobs."""
    return Refused(422, "InvalidRealityConversionRequest", "Cannot find jobs.", details=details)


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
