"""`Engine`: the one door from a slide and a question to an answer with evidence."""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import torch
from transformers.cache_utils import DynamicCache

from dragonfly.engine.answer import Answer, Evidence, Provenance
from dragonfly.engine.attention import RULE as ATTENTION
from dragonfly.engine.attention import relative_attention
from dragonfly.engine.encoder import Encoder
from dragonfly.engine.events import (
    Answered,
    Event,
    RegionSelected,
    TextDelta,
    WritingStarted,
)
from dragonfly.engine.evidence import EvidenceList
from dragonfly.engine.familiarity import Familiarity
from dragonfly.engine.feature_cache import FeatureCache
from dragonfly.engine.freed_memory import give_back_freed_memory
from dragonfly.engine.looking import Seen, look_at_picture, look_down
from dragonfly.engine.picture import (
    cell_sources,
    fits_one_picture,
    picture_sources,
)
from dragonfly.engine.request import Decoding, prompt_of, region_of
from dragonfly.engine.versions import library_versions
from dragonfly.geometry import Region
from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.digest import checkpoint_digest
from dragonfly.model.generation import IncrementalText, stream_tokens
from dragonfly.slide import Fidelity, Slide
from dragonfly.zoom import Budget, Novelty, Relevance, Scorer

UNFAMILIAR = "PICTURE_UNFAMILIAR"
"""Note of an answer that the model was not asked for."""
UNFAMILIAR_WORDS = (
    "I do not know: this picture is unlike those that this model was trained on."
)
MOST_RANKED = 6
"""Crops named as evidence where only attention ranks them."""


class Engine:
    """A loaded model that answers one question at a time."""

    def __init__(
        self,
        model: DragonflyForCausalLM,
        processor: DragonflyProcessor,
        name: str,
        digest: str,
        cache: FeatureCache | None = None,
        familiarity: Familiarity | None = None,
        relevance: Relevance | None = None,
    ) -> None:
        self.familiarity = familiarity
        self.relevance = relevance
        self.model = model
        self.processor = processor
        self.name = name
        self.digest = digest
        self.encoder = Encoder(model, processor, cache or FeatureCache())

    @classmethod
    def load(
        cls,
        checkpoint: str | Path,
        device: str | None = None,
        dtype: torch.dtype | None = None,
    ) -> Self:
        """Load a checkpoint folder onto a device.

        The engine is named by the checkpoint's title, or by its folder.

        Raises:
            ModelError: the checkpoint is missing, incomplete or corrupt.
        """
        model, processor = load_checkpoint(checkpoint, device, dtype)
        name = model.config.title or Path(checkpoint).resolve().name
        return cls(
            model,
            processor,
            name,
            checkpoint_digest(checkpoint),
            familiarity=Familiarity.load(Path(checkpoint)),
            relevance=Relevance.load(Path(checkpoint)),
        )

    @torch.inference_mode()
    def scorer_for(self, question: str) -> Scorer:
        """How the cells of a large region are ranked for a question."""
        if self.relevance is None:
            return Novelty()
        tokenizer = self.processor.tokenizer
        ids = tokenizer(question, add_special_tokens=False).input_ids
        distinct = torch.tensor(sorted(set(ids)), device=self.model.device)
        return self.relevance.asked(self.model.get_input_embeddings()(distinct))

    def answer(
        self,
        slide: Slide,
        question: str,
        region: Region | None = None,
        *,
        budget: Budget | None = None,
        seed: int = 0,
        decoding: Decoding | None = None,
        fidelity: Fidelity = "strict",
    ) -> Generator[Event, None, None]:
        """Answer a question about a region of a slide, the whole slide by default.

        Args:
            region: in level-0 pixels; what lies outside the slide is left out.
            budget: how many cells a large region may cost.
            seed: of the sampler, where `decoding` has a temperature.
            fidelity: "fast" may decode stored tiles at a fraction of their size.

        Close the iterator at any moment to stop: nothing runs on the device between
        two events, and all memory of the question is released. The same arguments
        give the same text and evidence, byte for byte, on the same machine.

        Yields:
            events in the order in which they happen; the last one is `Answered`.

        Raises:
            QuestionError: the question or region cannot be answered as asked.
            SlideError: the slide cannot be read.
        """
        run = _Run(
            self, slide, fidelity, budget or Budget(), seed, decoding or Decoding()
        )
        try:
            yield from run.events(question, region)
        finally:
            del run
            give_back_freed_memory()


class _Run:
    """One question on its way through the engine."""

    def __init__(
        self,
        engine: Engine,
        slide: Slide,
        fidelity: Fidelity,
        budget: Budget,
        seed: int,
        decoding: Decoding,
    ) -> None:
        self.engine = engine
        self.seed = seed
        self.slide = slide
        self.fidelity: Fidelity = fidelity
        self.budget = budget
        self.decoding = decoding
        self.layout = engine.processor.layout
        self.answer_ids: list[int] = []
        self.cache = DynamicCache()

    def events(
        self, question: str, region: Region | None
    ) -> Generator[Event, None, None]:
        started_at = datetime.now(UTC).isoformat(timespec="seconds")
        clock = time.monotonic
        start = clock()
        asked = region_of(self.slide.size, region)
        prompt = prompt_of(question, self.engine.processor)
        seen = yield from self._look(asked, question)
        looked = clock()
        yield WritingStarted(seen.visual.shape[1])
        knows = engine_knows(self.engine, seen)
        text = yield from self._write(seen, prompt) if knows else _decline()
        written = clock()
        evidence = self._with_attention(seen) if knows else seen.evidence
        for item in evidence[len(seen.evidence) :]:
            yield RegionSelected(item)
        seconds = {
            "looking": round(looked - start, 3),
            "writing": round(written - looked, 3),
            "ranking": round(clock() - written, 3),
        }
        provenance = self._provenance(asked, seen, question, prompt)
        yield Answered(
            Answer(
                text=text,
                evidence=evidence,
                coverage=seen.coverage,
                notes=(
                    *(note.code for note in self.slide.notes),
                    *(() if knows else (UNFAMILIAR,)),
                ),
                unreadable_tiles=self.slide.unreadable_tiles,
                is_truncated=len(self.answer_ids) >= self.decoding.max_new_tokens,
                provenance=replace(
                    provenance,
                    started_at=started_at,
                    seconds=seconds,
                    familiarity=familiarity_of(self.engine, seen),
                ),
            )
        )

    def _look(self, region: Region, question: str) -> Generator[Event, None, Seen]:
        engine, slide = self.engine, self.slide
        self.sources = cell_sources(self.layout, self.fidelity)
        if is_picture := fits_one_picture(region, self.layout):
            self.sources = picture_sources(region, self.layout, self.fidelity)
        evidence = EvidenceList(self.sources, slide.magnification)
        if is_picture:
            return (
                yield from look_at_picture(
                    engine.encoder, slide, region, self.fidelity, evidence
                )
            )
        return (
            yield from look_down(
                engine.encoder,
                slide,
                region,
                self.fidelity,
                evidence,
                self.budget,
                engine.scorer_for(question),
            )
        )

    def _write(self, seen: Seen, prompt: str) -> Generator[Event, None, str]:
        processor, device = self.engine.processor, self.engine.model.device
        batch = processor.encode_texts([prompt], True, zoomed=len(seen.crops) - 1)
        self.prompt_length = batch.input_ids.shape[1]
        if batch.image_patches_indices is None:
            raise AssertionError("a prompt with pictures has places for them")
        tokens = stream_tokens(
            self.engine.model,
            input_ids=batch.input_ids.to(device),
            visual_tokens=seen.visual,
            image_patches_indices=batch.image_patches_indices.to(device),
            max_new_tokens=self.decoding.max_new_tokens,
            stop_ids=processor.stop_ids,
            temperature=self.decoding.temperature,
            seed=self.seed,
            past_key_values=self.cache,
        )
        words = IncrementalText(processor.tokenizer)
        text = ""
        for token in tokens:
            self.answer_ids.append(token)
            delta = words.push(token)
            if delta:
                text += delta
                yield TextDelta(delta)
        rest = words.finish()
        if rest:
            yield TextDelta(rest)
        return text + rest

    def _with_attention(self, seen: Seen) -> tuple[Evidence, ...]:
        """Rank crops by attention where the layout pools and selects nothing."""
        if self.layout.high == "selected":
            return seen.evidence
        scores = relative_attention(
            self.engine.model.language_model,
            self.cache,
            self.answer_ids,
            self.prompt_length,
            self.layout.tokens_per_crop[: len(seen.crops)],
        )
        if seen.evidence:
            by_region = dict(zip(seen.crops, scores, strict=True))
            return tuple(
                replace(item, attention=by_region[item.region])
                for item in seen.evidence
            )
        return self._ranked(seen, scores)

    def _ranked(self, seen: Seen, scores: list[float]) -> tuple[Evidence, ...]:
        evidence = EvidenceList(self.sources, self.slide.magnification)
        zoomed = range(1 if len(scores) > 1 else 0, len(scores))
        for index in sorted(zoomed, key=lambda i: -scores[i])[:MOST_RANKED]:
            evidence.add(
                seen.crops[index],
                "examined",
                ATTENTION,
                scores[index],
                seen.resolutions[index],
            )
        return tuple(replace(item, attention=item.score) for item in evidence.items)

    def _provenance(
        self, region: Region, seen: Seen, question: str, prompt: str
    ) -> Provenance:
        engine = self.engine
        return Provenance(
            model_name=engine.name,
            model_digest=engine.digest,
            variant="v1" if self.layout.high == "selected" else "v2",
            layout=asdict(self.layout),
            slide_digest=self.slide.digest,
            region=region,
            strategy=seen.strategy,
            fidelity=self.fidelity,
            crops=seen.crops,
            question=question,
            prompt=prompt,
            seed=self.seed,
            max_new_tokens=self.decoding.max_new_tokens,
            temperature=self.decoding.temperature,
            budget=asdict(self.budget),
            dtype=str(engine.model.dtype).removeprefix("torch."),
            device=str(engine.model.device),
            versions=library_versions(),
            started_at="",
        )


def familiarity_of(engine: Engine, seen: Seen) -> dict[str, float] | None:
    """How far the picture is from those that the model was trained on, if known."""
    known = engine.familiarity
    if known is None:
        return None
    told = {"distance": known.distance(seen.overview), "threshold": known.threshold}
    if not all(math.isfinite(value) for value in told.values()):
        return None
    return {name: round(value, 4) for name, value in told.items()}


def engine_knows(engine: Engine, seen: Seen) -> bool:
    """Whether the model was trained on pictures like this one, as far as is known."""
    return engine.familiarity is None or engine.familiarity.knows(seen.overview)


def _decline() -> Generator[Event, None, str]:
    yield TextDelta(UNFAMILIAR_WORDS)
    return UNFAMILIAR_WORDS
