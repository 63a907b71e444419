"""The same inputs and seed give the same text and evidence, byte for byte."""

import json

from dragonfly.engine import Answer, Decoding, Engine
from dragonfly.engine.feature_cache import FeatureCache
from dragonfly.slide import Slide
from tests.dragonfly.engine.conftest import ask

SAMPLED = Decoding(max_new_tokens=8, temperature=1.0)


def frozen(answer: Answer) -> str:
    fields = answer.as_dict()
    for moment in ("started_at", "seconds"):
        del fields["provenance"][moment]
    return json.dumps(fields, sort_keys=True)


def test_a_greedy_answer_repeats(engine: Engine, large_slide: Slide) -> None:
    first = ask(engine, large_slide)[1]
    assert frozen(ask(engine, large_slide)[1]) == frozen(first)


def test_a_fresh_engine_without_cache_repeats_it(
    engine: Engine, large_slide: Slide
) -> None:
    first = ask(engine, large_slide)[1]
    fresh = Engine(
        engine.model, engine.processor, engine.name, engine.digest, FeatureCache(0)
    )
    assert frozen(ask(fresh, large_slide)[1]) == frozen(first)


def test_a_sampled_answer_repeats_under_its_seed(
    engine: Engine, small_slide: Slide
) -> None:
    first = ask(engine, small_slide, decoding=SAMPLED, seed=7)[1]
    again = ask(engine, small_slide, decoding=SAMPLED, seed=7)[1]
    assert frozen(again) == frozen(first)


def test_another_seed_gives_another_answer(engine: Engine, small_slide: Slide) -> None:
    texts = {
        ask(engine, small_slide, decoding=SAMPLED, seed=seed)[1].text for seed in (7, 8)
    }
    assert len(texts) == 2


def test_provenance_names_everything_that_mattered(
    engine: Engine, small_slide: Slide
) -> None:
    source = ask(engine, small_slide)[1].provenance
    assert source.slide_digest == small_slide.digest
    assert source.model_digest == engine.digest
    assert len(source.model_digest) == 64
    assert {"torch", "transformers", "openslide-bin", "python"} <= set(source.versions)
    assert source.prompt.count("Is there necrosis?") == 1
    assert (source.fidelity, source.dtype, source.device) == (
        "strict",
        "float32",
        "cpu",
    )


def test_every_answer_says_what_it_is_for(engine: Engine, small_slide: Slide) -> None:
    fields = ask(engine, small_slide)[1].as_dict()
    assert fields["intended_use"].startswith("Research use only.")
