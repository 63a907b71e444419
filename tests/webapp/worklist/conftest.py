"""A router of Alice's that orders by UPS-RS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests.webapp.dicomweb.wado import client_of
from webapp.accounts.models import User
from webapp.worklist.dataset import code_item, element

UID = "1.2.826.0.1.3680043.8.498.5"
DICOM_JSON = "application/dicom+json"
Json = dict[str, Any]


def workitem(**changes: Json | None) -> Json:
    """A new one with what is needed; changed by tag, and left out where None."""
    plain = {
        "t00741000": element("CS", "SCHEDULED"),
        "t00741200": element("CS", "MEDIUM"),
        "t00741204": element("LO", "Ask about a slide"),
        "t00741202": element("LO", "Pathology"),
        "t00404005": element("DT", "20260102030405"),
        "t00404041": element("CS", "READY"),
        "t00404018": element("SQ", code_item("110005", "DCM", "Interpretation")),
        "t00100020": element("LO", "H-1"),
        "t00100010": element("PN", {"Alphabetic": "Doe^Jane"}),
    }
    found = plain | changes
    return {tag[1:]: each for tag, each in found.items() if each is not None}


def asking(*texts: str, study: str = "1.2.3", series: str = "1.2.3.1") -> Json:
    """The attributes that make a workitem ask these questions."""
    concept = element("SQ", code_item("question", "99DRAGONFLY", "Question"))
    parameters = [
        {
            "0040A040": element("CS", "TEXT"),
            "0040A043": concept,
            "0040A160": element("UT", text),
        }
        for text in texts
    ]
    source = {"0020000D": element("UI", study), "0020000E": element("UI", series)}
    return {
        "t00741210": element("SQ", *parameters),
        "t00404021": element("SQ", source),
    }


@dataclass(frozen=True)
class Ups:
    """A client of the worklist service."""

    client: Client

    def send(self, method: str, path: str, body: Json | None = None) -> Any:
        data = b"" if body is None else json.dumps([body]).encode()
        return getattr(self.client, method)(
            f"/dicom-web/workitems{path}", data, content_type=DICOM_JSON
        )

    def create(self, item: Json, uid: str = UID) -> Any:
        return self.send("post", f"?{uid}", item)

    def read(self, uid: str = UID) -> Json:
        answer = self.client.get(f"/dicom-web/workitems/{uid}")
        assert answer.status_code == 200, answer.content
        (found,) = answer.json()
        return dict(found)

    def state(self, wished: str, transaction: str = "", uid: str = UID) -> Any:
        body = {"00741000": element("CS", wished)}
        if transaction:
            body["00081195"] = element("UI", transaction)
        return self.send("put", f"/{uid}/state", body)

    def update(self, transaction: str = "", /, **changes: Json) -> Any:
        """Set attributes, by tag, as the performer if a Transaction UID is given."""
        named = f"?transaction-uid={transaction}" if transaction else ""
        tagged = {tag[1:]: each for tag, each in changes.items()}
        return self.send("post", f"/{UID}{named}", tagged)

    def cancel(self, body: Json | None = None) -> Any:
        return self.send("post", f"/{UID}/cancelrequest", body)

    def find(self, **query: str) -> list[str]:
        """UIDs of what is found; a dot in a name is written as two underscores."""
        plain = {name.replace("__", "."): value for name, value in query.items()}
        answer = self.client.get("/dicom-web/workitems", plain)
        assert answer.status_code == 200, answer.content
        return [each["00080018"]["Value"][0] for each in answer.json()]


def value(item: Json, *path: str) -> Any:
    """The first value below these tags; None if there is none."""
    found: Any = item
    for tag in path:
        found = next(iter((found or {}).get(tag, {}).get("Value", [])), None)
    return found


def performed() -> Json:
    """What a performer must have said before the end."""
    station = code_item("robot", "99X", "A robot")
    told = {
        "00404028": element("SQ", station),
        "00404019": element("SQ", code_item("110005", "DCM", "Interpretation")),
        "00404050": element("DT", "20260102030500"),
        "00404051": element("DT", "20260102030600"),
        "00404033": element("SQ"),
    }
    return {"t00741216": element("SQ", told)}


@pytest.fixture
def ups(alice: User) -> Ups:
    return Ups(client_of(alice))
