"""The distance to the training's pictures, by what the files tell of their making."""

from __future__ import annotations

import pytest

from tests.webapp.drift.conftest import Ended
from tests.webapp.factories import make_slide
from webapp.accounts.models import User
from webapp.dicomweb.models import Series, Study
from webapp.drift import distances
from webapp.drift.shares import Share
from webapp.drift.table import table_of
from webapp.rules.facts import Facts


def told(distance: float, threshold: float = 2.0) -> dict[str, float]:
    return {"distance": distance, "threshold": threshold}


def test_they_are_counted_in_units_of_the_threshold(ended: Ended) -> None:
    for distance in (1.0, 1.5, 3.0):
        ended(0, familiarity=told(distance))

    (row,) = table_of().distances
    assert (row.scanner, row.stain) == ("aperio", "not told")
    assert (row.middle, row.largest, row.beyond) == (0.75, 1.5, Share(1, 3))
    assert not row.is_marked


def test_many_beyond_the_threshold_are_marked(ended: Ended) -> None:
    ended(0, 6, familiarity=told(5))
    ended(1, 6, familiarity=told(1))

    assert [row.is_marked for row in table_of().distances] == [True, False]


@pytest.mark.parametrize("familiarity", [None, {}, told(1, 0), {"distance": "far"}])
def test_what_was_not_measured_is_left_out(ended: Ended, familiarity: object) -> None:
    ended(0, familiarity=familiarity)

    assert len(table_of().weeks) == 1
    assert table_of().distances == []


def test_scanners_and_stains_have_lines_of_their_own(
    ended: Ended, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stained = make_slide(alice, vendor="dicom")
    study = Study.objects.create(uid="1.2.3", owner=alice)
    Series.objects.create(study=study, uid="1.2.3.4", slide=stained)
    facts = Facts("alice", "SM", stains=("12710003", "hematoxylin stain", "C-22968"))
    monkeypatch.setattr(distances, "facts_of", lambda slide: facts)
    ended(0, familiarity=told(1))
    ended(0, familiarity=told(1), slide=stained)

    assert [(row.scanner, row.stain) for row in table_of().distances] == [
        ("aperio", "not told"),
        ("dicom", "hematoxylin stain"),
    ]
