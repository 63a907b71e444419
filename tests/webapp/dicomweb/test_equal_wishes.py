"""A viewer that lists all it can read gets the stored frames."""

from __future__ import annotations

import pytest

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.media import parse_accept
from webapp.dicomweb.models import Instance
from webapp.dicomweb.retrieve.frames import choose_form, decoded

OCTETS = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
JPEG = 'multipart/related; type="image/jpeg"; transfer-syntax=1.2.840.10008.1.2.4.50'
STORED = Instance(transfer_syntax="1.2.840.10008.1.2.4.50")


def is_decoded(accept: str) -> bool:
    return choose_form(parse_accept(accept), STORED, 1)[0] is decoded


def test_stored_frames_go_before_decoded_ones_in_any_order() -> None:
    assert not is_decoded(f"{OCTETS}, {JPEG}")
    assert not is_decoded(f"{JPEG}, {OCTETS}")


def test_what_is_wished_for_more_comes_first() -> None:
    assert is_decoded(f"{OCTETS}, {JPEG};q=0.5")


def test_decoded_frames_are_sent_where_nothing_else_can_be_read() -> None:
    assert is_decoded(OCTETS)
    with pytest.raises(Refused):
        is_decoded('multipart/related; type="image/jls"')
