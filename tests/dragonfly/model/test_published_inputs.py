"""Token ids, positions and pixels are those of the published code."""

import torch

from tests.dragonfly.model.conftest import Published


def test_the_token_ids_are_the_published_ones(published: Published) -> None:
    assert published.inputs["input_ids"][0].tolist() == published.golden["input_ids"]


def test_the_attention_mask_is_the_published_one(published: Published) -> None:
    mask = published.inputs["attention_mask"][0].tolist()
    assert mask == published.golden["attention_mask"]


def test_the_visual_tokens_stand_where_published(published: Published) -> None:
    indices = published.inputs["image_patches_indices"][0].tolist()
    wanted = published.golden["image_patches_indices"]
    assert indices == wanted[: len(indices)]
    assert set(wanted[len(indices) :]) == {-1}


def test_the_crops_have_the_published_pixels(published: Published) -> None:
    pixels = published.inputs["pixel_values"]
    assert list(pixels.shape[1:]) == published.golden["pixel_values_shape"]
    probe = pixels[:, :, :, ::97, ::89].flatten()[:400]
    wanted = torch.tensor(published.golden["pixel_values_probe"])
    torch.testing.assert_close(probe, wanted, rtol=0, atol=1e-3)


def test_each_crop_has_the_published_mean(published: Published) -> None:
    means = published.inputs["pixel_values"][0].mean(dim=(1, 2, 3))
    wanted = torch.tensor(published.golden["pixel_values_mean_per_crop"])
    torch.testing.assert_close(means, wanted, rtol=0, atol=1e-3)


def test_each_crop_has_the_published_spread(published: Published) -> None:
    spreads = published.inputs["pixel_values"][0].flatten(1).std(dim=1)
    wanted = torch.tensor(published.golden["pixel_values_std_per_crop"])
    torch.testing.assert_close(spreads, wanted, rtol=0, atol=1e-3)
