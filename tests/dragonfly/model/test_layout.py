"""How many crops and visual tokens a picture becomes."""

import pytest

from dragonfly.model.layout import CropLayout, infer_variant

V1 = CropLayout.of_variant("v1", 224, 32)
V2 = CropLayout.of_variant("v2", 336, 14)


@pytest.mark.parametrize(
    ("layout", "crops", "visual", "sequence"),
    [(V1, 29, 850, 867), (V2, 41, 2057, 2098)],
)
def test_the_published_layouts_have_their_sizes(
    layout: CropLayout, crops: int, visual: int, sequence: int
) -> None:
    assert layout.crop_count == crops
    assert layout.visual_tokens == visual
    assert layout.sequence_length == sequence


def test_every_v1_crop_becomes_50_visual_tokens() -> None:
    assert V1.tokens_per_crop == (50,) * 17


def test_v2_keeps_the_low_crop_whole_and_pools_the_others() -> None:
    assert V2.tokens_per_crop == (577, *[37] * 40)


@pytest.mark.parametrize("layout", [V1, V2])
def test_a_newline_stands_behind_each_crop(layout: CropLayout) -> None:
    indices = layout.image_token_indices()
    assert len(indices) == layout.sequence_length
    assert indices.count(-1) == len(layout.tokens_per_crop)
    assert [i for i in indices if i >= 0] == list(range(layout.visual_tokens))
    assert indices[layout.low_tokens] == -1
    assert indices[-1] == -1


@pytest.mark.parametrize(
    ("crop_px", "patch_px", "variant"), [(224, 32, "v1"), (336, 14, "v2")]
)
def test_the_tower_tells_the_variant(crop_px: int, patch_px: int, variant: str) -> None:
    assert infer_variant(crop_px, patch_px) == variant


def test_a_patch_grid_that_does_not_pool_is_refused() -> None:
    with pytest.raises(ValueError, match="49 patches"):
        CropLayout.of_variant("v2", 224, 32)


@pytest.mark.parametrize("top_k", [0, 7])
def test_more_crops_than_compete_cannot_be_kept(top_k: int) -> None:
    with pytest.raises(ValueError, match="top_k"):
        CropLayout(224, 49, top_k=top_k)


def test_high_crops_need_mid_crops() -> None:
    with pytest.raises(ValueError, match="mid crops"):
        CropLayout(224, 49, mid=False)


def test_the_low_crop_can_stand_alone() -> None:
    layout = CropLayout(224, 49, mid=False, high="none")
    assert (layout.crop_count, layout.visual_tokens) == (1, 50)


def test_the_resolution_of_each_crop_is_known() -> None:
    resolutions = [V1.resolution_of(crop) for crop in range(V1.crop_count)]
    assert resolutions == ["low"] + ["mid"] * 4 + ["high"] * 24
