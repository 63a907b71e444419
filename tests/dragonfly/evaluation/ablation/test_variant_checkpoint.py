"""A variant's checkpoint: the base's weights under other crops."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from dragonfly.evaluation.ablation.checkpoint import POSITIONS, resampled, write_variant
from dragonfly.evaluation.ablation.layouts import layout_of
from dragonfly.evaluation.ablation.plan import Variant
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.model import DragonflyConfig
from dragonfly.model.checkpoint import load_checkpoint
from tests.checkpoints import noise, save_checkpoint, tiny_config, tiny_model

FINER = Variant(name="finer", crop_px=16)


def written(base: Path, folder: Path, variant: Variant) -> Path:
    config = DragonflyConfig.from_pretrained(base)
    write_variant(base, layout_of(variant, config), folder / "variant")
    return folder / "variant"


def weights(folder: Path) -> dict[str, Tensor]:
    return load_file(folder / "model.safetensors")


def test_other_crops_share_the_weights_of_the_base(base: Path, tmp_path: Path) -> None:
    folder = written(base, tmp_path, Variant(name="x", crops="low+mid"))
    assert (folder / "model.safetensors").is_symlink()
    model, processor = load_checkpoint(folder, "cpu", torch.float32)
    inputs = processor(text=["hello"], images=[noise()])
    assert inputs["pixel_values"].shape[1] == 5
    with torch.inference_mode():
        assert model(**inputs).logits.isfinite().all()


def test_another_resolution_changes_the_position_table_alone(
    base: Path, tmp_path: Path
) -> None:
    folder = written(base, tmp_path, FINER)
    before, after = weights(base), weights(folder)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {POSITIONS[0]}
    assert after[POSITIONS[0]].shape == (65, 16)
    _, processor = load_checkpoint(folder, "cpu", torch.float32)
    assert processor(images=[noise()])["pixel_values"].shape[-2:] == (16, 16)


def test_a_dinov2_tower_is_resampled_alike(tmp_path: Path) -> None:
    config = tiny_config("v2")
    config.vision_config = dinov2()
    torch.manual_seed(0)
    base = save_checkpoint(tmp_path / "base", type(tiny_model())(config))
    folder = written(base, tmp_path, FINER)
    assert weights(folder)[POSITIONS[1]].shape == (1, 65, 16)
    model, processor = load_checkpoint(folder, "cpu", torch.float32)
    with torch.inference_mode():
        features = model.encode_crops(processor(images=[noise()])["pixel_values"][0])
    assert features.shape == (41, 65, 16)


def dinov2() -> object:
    from transformers import CONFIG_MAPPING

    return CONFIG_MAPPING["dinov2"](
        hidden_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        image_size=8,
        patch_size=2,
        use_mask_token=False,
    )


def test_resampling_keeps_the_class_token_and_a_slope() -> None:
    slope = torch.arange(8.0).repeat(8, 1).flatten()[:, None]
    table = torch.cat([torch.tensor([[99.0]]), slope])
    finer = resampled(table, 16)
    assert finer[0] == 99
    row = finer[1 + 8 * 16 : 1 + 9 * 16, 0]
    # Away from the edges a slope stays one, half as steep over twice as many patches.
    assert torch.allclose(row[5:-5].diff(), torch.tensor(0.5), atol=1e-3)
    assert torch.equal(resampled(table, 8), table)


def test_a_checkpoint_without_its_tower_keeps_its_resolution(
    base: Path, tmp_path: Path
) -> None:
    other = save_checkpoint(tmp_path / "other", tiny_model("v2"))
    kept = {n: t for n, t in weights(base).items() if not n.startswith("image_enc")}
    save_file(kept, other / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EvaluationError, match="position table") as error:
        written(other, tmp_path, FINER)
    assert error.value.code == "RESOLUTION_UNSUPPORTED"
    assert not (tmp_path / "variant").exists()
