"""Which crops a variant gives, and which it cannot have."""

from typing import Any

import pytest

from dragonfly.evaluation.ablation.layouts import layout_of, same_crops
from dragonfly.evaluation.ablation.plan import Variant
from dragonfly.evaluation.errors import EvaluationError
from tests.checkpoints import tiny_config

V1, V2 = tiny_config("v1"), tiny_config("v2")


# The tiny v2 tower has 4 x 4 patches and pools by 4: 17 tokens, then 2 a crop.
@pytest.mark.parametrize(
    ("fields", "crops", "tokens"),
    [
        ({}, 41, 17 + 40 * 2),
        ({"crops": "low"}, 1, 17),
        ({"crops": "low+mid"}, 5, 17 + 4 * 2),
        ({"crops": "low+mid", "pool": 2}, 5, 17 + 4 * 5),
        ({"crops": "pooled"}, 41, 17 + 40 * 2),
        ({"crops": "selected", "top_k": 1}, 29, 17 + 8 * 2),
        ({"crops": "selected", "top_k": 6}, 29, 17 + 28 * 2),
        ({"crops": "low", "crop_px": 12}, 1, 37),
        ({"crops": "pooled", "crop_px": 16}, 41, 65 + 40 * 5),
    ],
)
def test_crops_and_visual_tokens_follow_from_the_variant(
    fields: dict[str, Any], crops: int, tokens: int
) -> None:
    layout = layout_of(Variant(name="x", **fields), V2)
    assert (layout.crop_count, layout.visual_tokens) == (crops, tokens)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"crop_px": 9}, "a multiple of 2"),
        ({"crops": "pooled", "pool": 3}, "no square that pools by 3"),
        ({"crops": "selected", "top_k": 7}, "between 1 and 6"),
        ({"crop_px": 160}, "leaves none"),
    ],
)
def test_impossible_crops_are_refused_in_words(
    fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(EvaluationError, match=words) as error:
        layout_of(Variant(name="x", **fields), V2)
    assert error.value.code == "LAYOUT_INVALID"


def test_fields_without_effect_make_no_other_crops() -> None:
    pooled = layout_of(Variant(name="x", crops="pooled"), V2)
    assert same_crops(pooled, V2.layout)
    kept = layout_of(Variant(name="x", crops="selected", top_k=2), V1)
    assert not same_crops(kept, V1.layout)
