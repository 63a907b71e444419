"""Questions about synthetic slides agree with their truth."""

from pathlib import Path

import numpy as np
from PIL import Image

from dragonfly.mini.data.picture import SyntheticPicture
from dragonfly.mini.data.synthetic_fields import THINGS, read_synthetic
from dragonfly.mini.synthetic import SyntheticSlide


def test_a_field_shows_what_the_slide_hides_there() -> None:
    asked = [o for o in read_synthetic(0, 6) if o.kind.startswith("field present")]
    assert any(one.answer == "yes" for one in asked)
    for one in asked:
        assert isinstance(one.picture, SyntheticPicture)
        targets = SyntheticSlide(one.picture.recipe).truth.targets
        here = {
            THINGS[target.kind]
            for target in targets
            if target.region.intersection(one.picture.region)
        }
        if one.picture.recipe.background == "tumour":
            here.add(THINGS["tumour"])
        if one.answer == "yes":
            assert one.kind.removeprefix("field present: ") in here


def test_what_only_a_closer_look_shows_is_not_asked_of_the_whole() -> None:
    kinds = {
        one.kind
        for one in read_synthetic(0, 6)
        if isinstance(one.picture, SyntheticPicture)
        and one.picture.region.width == one.picture.recipe.side_px
    }
    assert kinds <= {"fragment count", "pen present", "pen colour", "fold present"}


def test_a_field_is_drawn_once_and_as_its_name_says(tmp_path: Path) -> None:
    field = next(o.picture for o in read_synthetic(0, 6) if o.kind == "field nest")
    field.write(tmp_path)
    file = tmp_path / field.url(tmp_path)
    before = file.stat().st_mtime_ns
    field.write(tmp_path)
    assert file.stat().st_mtime_ns == before
    with Image.open(file) as drawn:
        assert drawn.size == (448, 448)
        assert np.asarray(drawn).std() > 5
