"""`Bundle` of the type searchset: one page of what was found."""

from __future__ import annotations

from urllib.parse import urlencode

from webapp.fhir.pages import Page
from webapp.fhir.parameters import Parameters
from webapp.fhir.parts import Json

CURSOR = "_page"


def searchset(page: Page, total: int, base: str, kind: str, params: Parameters) -> Json:
    """The bundle; what was not understood is said in it.

    Args:
        base: FHIR's address of this site.
    """
    used = [(name, one) for name, one in params.known() if name != CURSOR]
    links = [_link("self", f"{base}/{kind}", [*used, *_cursor(params.one(CURSOR))])]
    if page.following:
        links.append(_link("next", f"{base}/{kind}", [*used, (CURSOR, page.following)]))
    entries = [
        {
            "fullUrl": f"{base}/{kind}/{resource['id']}",
            "resource": resource,
            "search": {"mode": "match"},
        }
        for resource in page.resources
    ]
    entries += [_ignored(params.unknown)] if params.unknown else []
    found = {"resourceType": "Bundle", "type": "searchset", "total": total}
    return {**found, "link": links, **({"entry": entries} if entries else {})}


def _cursor(text: str) -> list[tuple[str, str]]:
    return [(CURSOR, text)] if text else []


def _link(relation: str, address: str, pairs: list[tuple[str, str]]) -> Json:
    query = f"?{urlencode(pairs)}" if pairs else ""
    return {"relation": relation, "url": f"{address}{query}"}


def _ignored(names: list[str]) -> Json:
    """What the site does not search by is told, never used as if it were."""
    text = f"Not known here, so not searched by: {', '.join(names)[:500]}."
    issue = {
        "severity": "warning",
        "code": "not-supported",
        "details": {"text": text},
    }
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    return {"resource": outcome, "search": {"mode": "outcome"}}
