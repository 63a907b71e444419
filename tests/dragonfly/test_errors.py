"""Errors carry a stable code and words, and survive a process boundary."""

import pickle

from dragonfly.errors import DragonflyError, SlideError


def test_one_except_catches_the_family() -> None:
    error: DragonflyError = SlideError("FORMAT_UNKNOWN", "This is no slide.")
    assert (error.code, str(error)) == ("FORMAT_UNKNOWN", "This is no slide.")


def test_an_error_keeps_its_code_through_pickling() -> None:
    copy = pickle.loads(pickle.dumps(SlideError("FILE_EMPTY", "Nothing here.")))
    assert type(copy) is SlideError
    assert (copy.code, copy.message) == ("FILE_EMPTY", "Nothing here.")
