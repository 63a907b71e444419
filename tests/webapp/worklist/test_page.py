"""The example of docs/worklist.md is one that the site takes and performs."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.webapp.factories import make_slide
from tests.webapp.jobs.test_dicom import make_series
from tests.webapp.worklist.conftest import Ups, value
from webapp.accounts.models import User

PAGE = Path(__file__).parents[3] / "docs" / "worklist.md"


def test_the_example_is_taken_and_begun(ups: Ups, alice: User) -> None:
    make_series(alice, "1.2.3.1", make_slide(alice))
    (example,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert ups.create(json.loads(example)).status_code == 201
    assert value(ups.read(), "00741000") == "IN PROGRESS"
