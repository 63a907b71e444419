"""The table of rights: what each REST operation answers to whom.

The one who asks:

* anonymous: nobody who has signed in
* owner: an editor whose things all of these are
* editor, reader: the owner's slide is shared with them
* admin: an administrator
* stranger: an editor with whom nothing is shared
* program: an integration with whom the slide is shared, by a token with the one scope
  that the operation needs
* narrow: the same program, by a token with every other scope

Changes are asked for as `bodies` says, else with an empty object. A 400, 409 or 5xx is
a refusal for a reason that has nothing to do with who asks.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.webapp.world import UID, World

CALLERS = (
    "anonymous",
    "owner",
    "editor",
    "reader",
    "admin",
    "stranger",
    "program",
    "narrow",
)


class Operation(NamedTuple):
    """A method of a path, whose ids are left open: "jobs/{}"."""

    method: str
    path: str


TABLE = """
GET    activation-requests                  401 403 403 403 200 403 403 403
POST   activation-requests/{}/approve       401 403 403 403 200 403 403 403
POST   activation-requests/{}/refuse        401 403 403 403 200 403 403 403
GET    archives/{}/studies                  401 403 403 403 400 403 400 403
GET    data-sets                            401 403 403 403 200 403 403 403
POST   data-sets                            401 403 403 403 400 403 403 403
GET    data-sets/{}/export                  401 403 403 403 200 403 403 403
GET    deidentification-reports             401 200 200 200 200 200 200 403
GET    deliveries                           401 200 200 200 200 200 200 403
POST   deliveries                           401 202 404 403 202 404 404 403
GET    deliveries/{}                        401 200 200 200 200 404 200 403
POST   deliveries/{}/replay                 401 202 404 403 202 404 404 403
GET    destinations                         401 200 200 200 200 200 200 403
GET    docs                                 302 200 200 200 200 200 302 302
POST   examples/import                      401 403 403 403 400 403 403 403
GET    fetches                              401 403 403 403 200 403 200 403
POST   fetches                              401 403 403 403 202 403 202 403
GET    fetches/{}                           401 403 403 403 200 403 404 403
GET    finetune-jobs                        401 403 403 403 200 403 403 403
POST   finetune-jobs                        401 403 403 403 400 403 403 403
POST   finetune-jobs/estimate               401 403 403 403 400 403 403 403
GET    finetune-jobs/{}                     401 403 403 403 200 403 403 403
DELETE finetune-jobs/{}                     401 403 403 403 202 403 403 403
GET    finetune-jobs/{}/metrics             401 403 403 403 200 403 403 403
POST   finetune-jobs/{}/pause               401 403 403 403 202 403 403 403
POST   finetune-jobs/{}/resume              401 403 403 403 409 403 403 403
GET    health                               200 200 200 200 200 200 200 200
GET    jobs                                 401 200 200 200 200 200 200 403
POST   jobs                                 401 202 202 202 202 404 202 403
GET    jobs/{}                              401 200 404 404 200 404 404 403
DELETE jobs/{}                              401 202 404 404 202 404 404 403
GET    jobs/{}/result                       401 409 404 404 409 404 404 403
GET    me                                   401 200 200 200 200 200 200 200
PATCH  me                                   401 200 200 200 200 200 200 200
GET    models                               401 200 200 200 200 200 200 403
GET    models/drift                         401 403 403 403 200 403 403 403
GET    models/imports                       401 403 403 403 200 403 403 403
POST   models/imports                       401 403 403 403 201 403 403 403
GET    models/imports/{}                    401 403 403 403 200 403 403 403
DELETE models/imports/{}                    401 403 403 403 204 403 403 403
PUT    models/imports/{}/files/{}           401 403 403 403 200 403 403 403
POST   models/imports/{}/submit             401 403 403 403 200 403 403 403
GET    models/incoming                      401 403 403 403 200 403 403 403
POST   models/roll-back                     401 403 403 403 400 403 403 403
POST   models/{}/activation-requests        401 403 403 403 400 403 403 403
DELETE models/{}                            401 403 403 403 409 403 403 403
GET    models/{}/card                       401 200 200 200 200 200 200 403
GET    openapi.json                         401 200 200 200 200 200 200 200
GET    questions                            401 200 200 200 200 200 200 403
POST   questions                            401 201 201 201 201 404 201 403
GET    questions/{}                         401 200 200 200 200 404 200 403
GET    questions/{}/events                  401 200 200 200 200 404 200 403
GET    questions/{}/evidence/{}/crop        401 404 404 404 404 404 404 403
GET    questions/{}/results                 401 200 200 200 200 404 200 403
POST   questions/{}/results                 401 400 400 400 400 404 400 403
GET    questions/{}/reviews                 401 200 200 200 200 404 200 403
POST   questions/{}/reviews                 401 201 201 201 201 404 201 403
POST   questions/{}/stop                    401 200 403 403 200 404 403 403
GET    results/{}                           401 200 200 200 200 404 200 403
GET    results/{}/file                      401 200 200 200 200 404 200 403
GET    reviews                              401 200 200 200 200 200 200 403
GET    reviews/agreement                    401 403 403 403 200 403 403 403
GET    reviews/{}                           401 200 200 200 200 404 200 403
POST   reviews/{}/accept                    401 403 403 403 200 403 403 403
POST   reviews/{}/reject                    401 403 403 403 200 403 403 403
GET    schema                               401 200 200 200 200 200 200 200
GET    slides                               401 200 200 200 200 200 200 403
GET    slides/{}                            401 200 200 200 200 404 200 403
PATCH  slides/{}                            401 200 403 403 200 404 403 403
DELETE slides/{}                            401 204 403 403 204 404 403 403
GET    slides/{}/access                     401 200 403 403 200 404 403 403
POST   slides/{}/access                     401 201 403 403 201 404 403 403
DELETE slides/{}/access                     401 204 403 403 204 404 403 403
POST   slides/{}/calibration                401 200 403 403 200 404 403 403
DELETE slides/{}/calibration                401 200 403 403 200 404 403 403
GET    slides/{}/dicom                      401 200 404 404 200 404 404 403
POST   slides/{}/dicom                      401 400 403 403 400 404 403 403
GET    slides/{}/label                      401 200 404 404 200 404 404 403
POST   slides/{}/restore                    401 200 404 403 200 404 404 403
GET    slides/{}/thumbnail                  401 200 200 200 200 404 200 403
POST   slides/{}/tile-token                 401 200 200 200 200 404 200 403
GET    slides/{}/tissue                     401 200 200 200 200 404 200 403
GET    slides/{}/training-use               401 200 403 403 200 404 403 403
PUT    slides/{}/training-use               401 200 403 403 200 404 403 403
POST   studies/{}/deidentified              401 409 409 403 409 404 409 403
GET    tokens                               401 200 200 200 200 200 403 403
POST   tokens                               401 201 201 201 201 201 403 403
DELETE tokens/{}                            401 204 404 404 204 404 403 403
GET    uploads                              401 200 200 200 200 200 200 403
POST   uploads                              401 400 400 403 400 400 400 403
POST   uploads/folders/{}/complete          401 409 404 403 404 404 404 403
GET    uploads/{}                           401 200 404 404 404 404 404 403
DELETE uploads/{}                           401 204 404 403 404 404 404 403
GET    webhooks                             401 200 200 200 200 200 200 403
POST   webhooks                             401 201 201 201 201 201 201 403
GET    webhooks/{}                          401 200 404 404 200 404 404 403
PATCH  webhooks/{}                          401 200 404 404 200 404 404 403
DELETE webhooks/{}                          401 204 404 404 204 404 404 403
GET    webhooks/{}/deliveries               401 200 404 404 200 404 404 403
POST   webhooks/{}/deliveries/{}/replay     401 202 404 404 202 404 404 403
POST   webhooks/{}/enable                   401 200 404 404 200 404 404 403
POST   webhooks/{}/ping                     401 202 404 404 202 404 404 403
POST   webhooks/{}/rotate-secret            401 200 404 404 200 404 404 403
GET    workers                              401 200 200 200 200 200 200 403
"""


def rights() -> dict[Operation, dict[str, int]]:
    """Status by caller of each operation."""
    rows = [line.split() for line in TABLE.strip().splitlines()]
    return {
        Operation(method, path): dict(zip(CALLERS, map(int, told), strict=True))
        for method, path, *told in rows
    }


QUERIES = {
    "models/imports/{}/files/{}": "?offset=0",
    "slides/{}/access": "?username=reader",
}
BINARY = ("models/imports/{}/files/{}", "examples/import")


def bodies(world: World) -> dict[Operation, dict[str, Any]]:
    """What is sent where an empty object would be refused before any right counts."""
    slide, archive = world["slides"], world["archives"]
    asked = {"text": "What?"}
    return {
        Operation("POST", "jobs"): {"input": {"slide": slide}, "questions": [asked]},
        Operation("POST", "questions"): {"slide": slide, **asked},
        Operation("POST", "questions/{}/reviews"): {"verdict": "wrong"},
        Operation("POST", "questions/{}/results"): {"kind": "sr"},
        Operation("POST", "deliveries"): {"destination": archive, "study": UID},
        Operation("POST", "fetches"): {"archive": archive, "study": UID},
        Operation("POST", "slides/{}/access"): {"username": "stranger"},
        Operation("POST", "slides/{}/calibration"): {"mpp": 0.5},
        Operation("PUT", "slides/{}/training-use"): {
            "consent": "given",
            "is_deidentified": True,
        },
        Operation("PATCH", "slides/{}"): {"name": "another.svs"},
        Operation("POST", "tokens"): {"name": "mine"},
        Operation("POST", "webhooks"): {"url": "http://127.0.0.1/"},
        Operation("POST", "data-sets"): {"name": "Second"},
        Operation("POST", "uploads/folders/{}/complete"): {"name": "a", "files": 1},
    }
