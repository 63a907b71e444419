"""Attributes have the value representation of the dictionary, and values that fit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.worklist.conftest import Json, Ups, asking, workitem

pytestmark = pytest.mark.django_db

WRONG: tuple[tuple[str, Json, str], ...] = (
    ("00100020", {"vr": "SH", "Value": ["H-1"]}, "PatientID (00100020) has the VR SH"),
    ("00404021", {"vr": "LO"}, "it must have SQ"),
    ("00100020", {"vr": "LO", "Value": [7]}, "does not fit LO"),
    ("00741004", {"vr": "DS", "Value": ["half"]}, "does not fit DS"),
    ("00100010", {"vr": "PN", "Value": ["Doe^Jane"]}, "does not fit PN"),
    ("0020000D", {"vr": "UI", "Value": ["study one"]}, "is no UID"),
    ("0020000D", {"vr": "UI", "Value": ["1." * 40 + "1"]}, "is no UID"),
    ("00741202", {"vr": "LO", "Value": ["a\0b"]}, "WorklistLabel (00741202) holds"),
)
RIGHT: tuple[tuple[str, Json], ...] = (
    ("00741004", {"vr": "DS", "Value": ["12.5"]}),
    ("00741004", {"vr": "DS", "Value": [12.5, None]}),
    ("00280106", {"vr": "SS", "Value": [-3]}),
    ("00110010", {"vr": "LO", "Value": ["private"]}),
    ("00111001", {"vr": "UI"}),
    ("00321060", {"vr": "LO", "Value": ["", "second"]}),
)


@pytest.mark.parametrize(("tag", "element", "words"), WRONG)
def test_a_wrong_one_is_refused_by_name(
    ups: Ups, tag: str, element: Json, words: str
) -> None:
    answer = ups.create(workitem() | {tag: element})
    assert answer.status_code == 400
    assert words in answer.content.decode()


@pytest.mark.parametrize(("tag", "element"), RIGHT)
def test_what_the_dictionary_allows_is_kept(ups: Ups, tag: str, element: Json) -> None:
    assert ups.create(workitem() | {tag: element}).status_code == 201
    assert ups.read()[tag] == element


def test_it_is_looked_for_inside_sequences_too(ups: Ups) -> None:
    wish: Any = asking("Is there necrosis?", study="the study of yesterday")
    answer = ups.create(workitem(**wish))
    assert answer.status_code == 400
    assert "StudyInstanceUID (0020000D)" in answer.content.decode()
