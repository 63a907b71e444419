"""Names that clients give."""

from __future__ import annotations

import pytest

from dragonfly.errors import DragonflyError
from webapp.slides.uploads.names import safe_path, shown_name


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Users\\me\\liver.svs", "liver.svs"),
        ("../../etc/passwd", "passwd"),
        ("a\u0000b\u001f.svs", "ab.svs"),
        ("le\u0301ber.svs", "l\u00e9ber.svs"),
        ("\N{DRAGON}.svs", "\N{DRAGON}.svs"),
        ("/", "unnamed"),
        ("x" * 300, "x" * 255),
    ],
)
def test_a_name_is_shown_without_folders_and_controls(given: str, shown: str) -> None:
    assert shown_name(given) == shown


def test_a_plain_path_stays() -> None:
    assert safe_path("a/./b//c.dat") == "a/b/c.dat"


@pytest.mark.parametrize(
    "path",
    ["", "..", "a/..", "/a", "\\a", "c:a", "a\u0000", "x" * 201, "a/" * 8 + "b"],
)
def test_a_path_that_is_not_plain_is_refused(path: str) -> None:
    with pytest.raises(DragonflyError) as refusal:
        safe_path(path)
    assert refusal.value.code == "UPLOAD_PATH"
