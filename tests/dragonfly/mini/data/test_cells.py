"""Questions about cells: the answers are what the labels of a view say."""

from collections import Counter
from pathlib import Path

from dragonfly.evaluation.source_file import read_rows
from dragonfly.mini.data.asked import Asked
from dragonfly.mini.data.bccd import read_bccd
from dragonfly.mini.data.brca_m2c import read_brca_m2c
from dragonfly.mini.data.held_out import held_out
from dragonfly.mini.data.nuinsseg import read_nuinsseg
from dragonfly.mini.data.picture import StoredPicture, ViewPicture


def whole_pictures(asked: list[Asked]) -> list[Asked]:
    return [one for one in asked if isinstance(one.picture, StoredPicture)]


def test_shares_of_cells_are_counted_from_the_points(vqa_folder: Path) -> None:
    asked, _ = read_brca_m2c(vqa_folder, held_out(vqa_folder), 0, 0)
    rows = {
        row["image"]: row for row in read_rows(vqa_folder / "brca_m2c/points.jsonl")
    }
    told = [
        one
        for one in asked
        if one.kind == "more than percent: tumour or epithelial cells"
    ]
    assert len(told) == 2
    for one in told:
        assert isinstance(one.picture, StoredPicture)
        points = rows[f"images/{one.picture.path.name}"]["points"]
        share = sum(kind == 2 for _, _, kind in points) / len(points)
        assert one.answer == ("yes" if share > 0.56 else "no")


def test_a_mirrored_view_swaps_left_and_right_with_its_pixels(vqa_folder: Path) -> None:
    asked, _ = read_brca_m2c(vqa_folder, held_out(vqa_folder), 0, 40)
    rows = {
        row["image"]: row for row in read_rows(vqa_folder / "brca_m2c/points.jsonl")
    }
    kind = "where: stromal cells, left or right"
    told = [one for one in asked if one.kind == kind]
    assert {one.answer for one in told} == {"left", "right"}
    for one in told:
        if isinstance(one.picture, ViewPicture):
            view, name = one.picture.view, f"images/{one.picture.path.name}"
            xs = [
                view.place(x, y)[0]
                for x, y, cell in rows[name]["points"]
                if cell == 3 and view.shows(x, y)
            ]
            left = sum(x < view.size.width / 2 for x in xs)
            assert one.answer == ("left" if left > len(xs) - left else "right")


def test_white_cells_out_of_view_are_not_counted(vqa_folder: Path) -> None:
    asked, _ = read_bccd(vqa_folder, held_out(vqa_folder), 0, 30)
    told = [one for one in asked if one.kind == "smear present: white blood cells"]
    assert Counter(one.answer for one in whole_pictures(told)) == {"yes": 4}
    assert {one.answer for one in told} == {"yes", "no"}
    for one in told:
        if isinstance(one.picture, ViewPicture):
            number = int(one.picture.path.stem[-1])
            left = 40 + 90 * (number % 2)
            seen = one.picture.view.share_shown((left, 60, left + 60, 120))
            assert one.answer == ("yes" if seen >= 0.6 else "no")


def test_red_cells_are_never_counted(vqa_folder: Path) -> None:
    asked, _ = read_bccd(vqa_folder, held_out(vqa_folder), 0, 5)
    assert not any("red" in one.kind for one in asked)


def test_nuclei_are_asked_for_and_the_organ_never(vqa_folder: Path) -> None:
    asked, sieve = read_nuinsseg(vqa_folder, held_out(vqa_folder), 0, 10)
    assert sieve.passed == 3
    assert {one.kind.split(":")[0] for one in asked} <= {
        "nuclei dense",
        "nuclei present",
        "nuclei count",
        "where",
    }
    assert not any("organ" in one.question or one.answer == "liver" for one in asked)


def test_every_view_of_nuclei_has_its_colour_changed_or_gone(vqa_folder: Path) -> None:
    asked, _ = read_nuinsseg(vqa_folder, held_out(vqa_folder), 0, 10)
    views = {
        one.picture.view.stain for one in asked if isinstance(one.picture, ViewPicture)
    }
    assert views == {"jittered", "grey"}
    assert whole_pictures(asked) == []


def test_counts_are_digits(vqa_folder: Path) -> None:
    held = held_out(vqa_folder)
    asked = (
        read_bccd(vqa_folder, held, 0, 5)[0] + read_brca_m2c(vqa_folder, held, 0, 5)[0]
    )
    counts = [one.answer for one in asked if "count" in one.kind]
    assert counts
    assert all(answer.isdigit() for answer in counts)
