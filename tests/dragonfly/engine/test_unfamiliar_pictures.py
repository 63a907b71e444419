"""On a picture unlike those of its training the engine says that it does not know."""

from pathlib import Path

import pytest
import torch

from dragonfly.engine import Engine, TextDelta
from dragonfly.engine.engine import UNFAMILIAR, UNFAMILIAR_WORDS
from dragonfly.engine.familiarity import Familiarity, signature
from dragonfly.slide import Slide
from tests.dragonfly.engine.conftest import PARITY, ask


def known(threshold: float, width: int = 128) -> Familiarity:
    return Familiarity(torch.zeros(2, width), torch.eye(width)[:, :3], threshold)


def judged(threshold: float) -> Engine:
    engine = Engine.load(PARITY / "v2", "cpu", torch.float32)
    width = 2 * engine.model.vision_embed_tokens.in_features
    engine.familiarity = known(threshold, width)
    return engine


def test_it_declines_and_the_answer_says_so(small_slide: Slide) -> None:
    events, answer = ask(judged(0.0), small_slide)
    assert answer.text == UNFAMILIAR_WORDS
    assert UNFAMILIAR in answer.notes
    assert [e.text for e in events if isinstance(e, TextDelta)] == [UNFAMILIAR_WORDS]
    assert answer.evidence == ()


def test_it_declines_a_large_region_too(large_slide: Slide) -> None:
    _, answer = ask(judged(0.0), large_slide)
    assert answer.text == UNFAMILIAR_WORDS
    assert answer.evidence, "what was looked at is told all the same"


def test_a_familiar_picture_is_answered_as_without_the_check(
    small_slide: Slide, pooling_engine: Engine
) -> None:
    _, plain = ask(pooling_engine, small_slide)
    _, answer = ask(judged(1e6), small_slide)
    assert answer.text == plain.text
    assert answer.notes == plain.notes


def test_the_distance_is_kept_with_the_answer(
    small_slide: Slide, pooling_engine: Engine
) -> None:
    engine = judged(1e6)
    _, answer = ask(engine, small_slide)
    told = answer.provenance.familiarity
    assert told is not None
    assert told["threshold"] == 1e6
    assert 0 < told["distance"] < 1e6
    _, plain = ask(pooling_engine, small_slide)
    assert plain.provenance.familiarity is None


def test_directions_in_which_a_kind_varies_do_not_count() -> None:
    low = torch.zeros(5, 64)
    low[0, 1] = 100.0
    assert known(1.0).distance(low) == pytest.approx(0, abs=1e-3)
    low[0, 10] = 4.0
    assert known(1.0).distance(low) == pytest.approx(4)
    assert not known(1.0).knows(low)


def test_the_signature_is_class_token_and_mean_patch() -> None:
    low = torch.tensor([[1.0], [2.0], [4.0]])
    assert signature(low).tolist() == [1.0, 3.0]


def test_it_is_read_with_the_checkpoint(tmp_path: Path) -> None:
    assert Familiarity.load(tmp_path) is None
    known(2.5).save(tmp_path)
    found = Familiarity.load(tmp_path)
    assert found is not None
    assert found.threshold == 2.5
    assert torch.equal(found.directions, known(2.5).directions)


def seen(*, at: float, spread: float, count: int = 20) -> torch.Tensor:
    """Signatures around a place outside of the ignored directions."""
    drawn = torch.randn(count, 128, generator=torch.Generator().manual_seed(7))
    return torch.full((128,), at) + spread * drawn


def low_of(signed: torch.Tensor) -> torch.Tensor:
    return signed.reshape(2, -1)


def test_a_kind_that_was_learned_later_is_known_from_then_on() -> None:
    learned, others = seen(at=9.0, spread=1.0), seen(at=9.0, spread=1.0)[::2]
    assert not known(1.0).knows(low_of(others[0]))
    wider = known(1.0).widened(learned, others)
    # All but the furthest: 98 % of so few are not quite all.
    assert sum(wider.knows(low_of(each)) for each in others) == len(others) - 1
    assert not wider.knows(low_of(seen(at=40.0, spread=1.0)[0]))


def test_what_was_known_stays_as_far_as_it_was() -> None:
    near = torch.full((128,), 0.1)
    wider = known(2.0).widened(seen(at=9.0, spread=1.0), seen(at=9.0, spread=1.0))
    assert wider.distance(low_of(near)) == known(2.0).distance(low_of(near))
    assert wider.threshold == 2.0


def test_a_kind_that_is_spread_less_keeps_the_threshold(tmp_path: Path) -> None:
    close = seen(at=9.0, spread=0.01)
    wider = known(5.0).widened(close, close)
    wider.save(tmp_path)
    read = Familiarity.load(tmp_path)
    assert read is not None
    assert read.scale is not None
    assert read.scale.tolist() == [1, 1, 1]
    assert read.distance(low_of(close[0])) == pytest.approx(
        wider.distance(low_of(close[0])), abs=1e-2
    )
