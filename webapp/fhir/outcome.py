"""`OperationOutcome`: a problem of the site's as FHIR words it."""

from __future__ import annotations

from webapp.fhir.parts import Json

CODES = {
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    429: "throttled",
    503: "transient",
}


def operation_outcome(problem: Json) -> Json:
    """The same problem; `diagnostics` has its stable code and the request's name."""
    status = int(problem["status"])
    told = " ".join(filter(None, (problem["code"], problem.get("request_id"))))
    issue = {
        "severity": "error",
        "code": CODES.get(status, "exception" if status >= 500 else "invalid"),
        "details": {"text": problem["detail"]},
        "diagnostics": told,
    }
    return {"resourceType": "OperationOutcome", "issue": [issue]}
