"""Pictures of labels and overviews, which may name a patient and are kept from most.

As with the label of any slide: for its owner and for administrators, and for a program
only with the scope `phi.read`. Attributes are no pictures; they are not touched here.
"""

from __future__ import annotations

from typing import Any

from webapp.accounts.scopes import PHI, InsufficientScopeError
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.models import Instance
from webapp.dicomweb.requests import Asked
from webapp.dicomweb.retrieve.finding import find_instances
from webapp.dicomweb.retrieve.picturing import HIDDEN, flavor

WITHHELD = "Of this, {} labels and overviews are withheld"


def find_shown(
    asked: Asked, study: str, series: str = "", instance: str = ""
) -> list[Instance]:
    """Instances whose pixels the caller may have; a Warning tells of the others.

    Raises:
        Refused: 403, none of them; 404; 410.
    """
    found = find_instances(asked.user, study, series, instance)
    shown = [each for each in found if not is_label(each) or _may_see(asked, each)]
    if not shown:
        raise _refusal(asked)
    if len(shown) < len(found):
        asked.warn(WITHHELD.format(len(found) - len(shown)))
    return shown


def find_one_shown(asked: Asked, study: str, series: str, instance: str) -> Instance:
    """The one instance.

    Raises:
        Refused: 403; 404; 410.
    """
    return find_shown(asked, study, series, instance)[0]


def is_label(instance: Instance) -> bool:
    """It shows the paper label or the glass as a whole."""
    return flavor(instance) in HIDDEN


def _may_see(asked: Asked, instance: Instance) -> bool:
    return _opens(asked) and (
        instance.owner_id == asked.user.pk or asked.user.is_administrator
    )


def _opens(asked: Asked) -> bool:
    token: Any = getattr(asked.http, "auth", None)
    return token is None or bool(token.allows(PHI))


def _refusal(asked: Asked) -> Refused:
    words = "Labels and overviews may name a patient. They are for the owner"
    if _opens(asked):
        return Refused(403, f"{words} and for administrators.")
    challenge = InsufficientScopeError(PHI).auth_header
    return Refused(
        403, f"{words}, and need the scope {PHI}.", {"WWW-Authenticate": challenge}
    )
