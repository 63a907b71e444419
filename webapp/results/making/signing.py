"""Who stands by a report: nobody but the model, until a person has reviewed it."""

from __future__ import annotations

from django.conf import settings
from pydicom.dataset import Dataset
from pydicom.valuerep import DT, PersonName

from webapp.accounts.models import User
from webapp.results.making.said import Said


def name_of(user: User) -> PersonName:
    """Family and given name, or the name of the account."""
    if user.last_name:
        return PersonName.from_named_components(
            family_name=user.last_name, given_name=user.first_name
        )
    # The caret says that a single name is really all there is.
    return PersonName(f"{user.username}^")


def sign(report: Dataset, said: Said) -> None:
    """Set the flags of the SR Document General module (PS3.3 section C.17.2).

    A reviewed version tells the reviewer's judgement too, so it is verified whatever
    the verdict is.
    """
    review = said.review
    report.CompletionFlag = "COMPLETE"
    report.PreliminaryFlag = "FINAL" if review else "PRELIMINARY"
    report.VerificationFlag = "VERIFIED" if review else "UNVERIFIED"
    if review is None:
        return
    observer = Dataset()
    observer.VerifyingObserverName = name_of(review.reviewer)
    observer.VerifyingOrganization = settings.ORGANIZATION
    observer.VerificationDateTime = DT(f"{said.at:%Y%m%d%H%M%S}+0000")
    observer.VerifyingObserverIdentificationCodeSequence = []
    report.VerifyingObserverSequence = [observer]
