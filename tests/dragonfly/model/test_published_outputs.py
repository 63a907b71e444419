"""Visual tokens, selected crops, logits and words are those of the published code."""

import torch

from tests.dragonfly.model.conftest import Published


def test_the_visual_tokens_are_the_published_ones(published: Published) -> None:
    tokens = published.visual.embeddings[0]
    assert list(tokens.shape) == published.golden["visual_tokens_shape"]
    wanted = torch.tensor(published.golden["visual_tokens_probe"])
    probe = tokens[::37].flatten()[:512]
    torch.testing.assert_close(probe, wanted, rtol=0, atol=1e-3)


def test_the_published_high_crops_are_kept(published: Published) -> None:
    selected = published.visual.selected
    kept = None if selected is None else selected[0]
    assert kept == published.golden["selected_high_resolution_crops"]


def test_the_logits_are_the_published_ones(published: Published) -> None:
    wanted = torch.tensor(published.golden["last_logits"])
    torch.testing.assert_close(published.logits, wanted, rtol=0, atol=1e-3)


def test_greedy_generation_gives_the_published_ids(published: Published) -> None:
    assert published.generated == published.golden["generated_ids"]
