"""docs/conformance.md says what the code does."""

from __future__ import annotations

import re

import pytest

from webapp.conformance.__main__ import PAGE
from webapp.conformance.defaults import read_defaults, said_bytes
from webapp.conformance.page import TEXT, values, written_page
from webapp.conformance.tables import MADE, STATUSES
from webapp.dicomweb.sandbox import refusal
from webapp.dicomweb.sandbox.accepted import SOP_CLASSES
from webapp.dimse.contexts import received_contexts
from webapp.results.models import ResultObject


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text() == written_page(), "run `python -m webapp.conformance`"


def test_every_context_that_is_accepted_is_on_the_page() -> None:
    page = written_page()
    for context in received_contexts():
        assert str(context.abstract_syntax) in page
        assert all(f"`{syntax}`" in page for syntax in context.transfer_syntax)


def test_every_kind_of_result_is_told_and_taken_back() -> None:
    assert {str(MADE[kind]) for kind in ResultObject.Kind} <= SOP_CLASSES


def test_every_reason_for_a_refusal_is_told() -> None:
    reasons = {v for k, v in vars(refusal).items() if k.isupper()}
    assert reasons - {refusal.STUDY_DIFFERS} == {code for code, _ in STATUSES} - {0}


def test_defaults_do_not_depend_on_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DIMSE_PORT", "1")
    assert read_defaults()["DIMSE_PORT"] == 11112
    assert read_defaults()["STOW_MAX_BYTES"] == 2 * 2**30


def test_bytes_are_shortened_only_where_nothing_is_lost() -> None:
    assert [said_bytes(n) for n in (2**31, 2**17, 1000)] == [
        "2 GiB",
        "128 KiB",
        "1000 bytes",
    ]


def test_every_table_is_used() -> None:
    named = set(re.findall(r"\{\{ (\w+) \}\}", TEXT.read_text()))
    assert {name for name in values() if name.islower()} <= named
