"""`dragonfly ask`: stream an answer, then show its evidence."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import closing

import torch
from rich.console import Console

from dragonfly.cli.evidence_table import evidence_table
from dragonfly.cli.model import load_engine
from dragonfly.cli.overlay import draw_overlay
from dragonfly.cli.stages import Stages
from dragonfly.engine import Answer, Answered, Decoding, Engine, TextDelta
from dragonfly.slide import Slide, open_slide


def run(arguments: argparse.Namespace) -> int:
    """Answer one question; progress on stderr, the answer on stdout."""
    notices = Console(stderr=True, highlight=False)
    with open_slide(arguments.slide) as slide:
        dtype = getattr(torch, arguments.dtype) if arguments.dtype else None
        engine = load_engine(arguments.model, arguments.device, dtype, notices)
        answer = _stream(engine, slide, arguments, notices)
        if arguments.json:
            Console(highlight=False, soft_wrap=True).print_json(
                json.dumps(answer.as_dict())
            )
        else:
            _show(answer, slide)
        if arguments.overlay is not None:
            draw_overlay(slide, answer.evidence).save(arguments.overlay)
            notices.print(f"Evidence drawn on {arguments.overlay}", markup=False)
    return 0


def _stream(
    engine: Engine, slide: Slide, arguments: argparse.Namespace, notices: Console
) -> Answer:
    decoding = Decoding(arguments.max_new_tokens, arguments.temperature)
    events = engine.answer(
        slide,
        arguments.question,
        arguments.region,
        seed=arguments.seed,
        decoding=decoding,
        fidelity=arguments.fidelity,
    )
    words = notices if arguments.json else Console(highlight=False, soft_wrap=True)
    with Stages(notices) as stages, closing(events):
        for event in events:
            stages.show(event)
            if isinstance(event, TextDelta):
                words.print(event.text, end="", markup=False)
            if isinstance(event, Answered):
                words.print()
                return event.answer
    raise AssertionError("the engine ended without an answer")


def _show(answer: Answer, slide: Slide) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print()
    console.print(evidence_table(answer))
    for share in answer.coverage:
        console.print(
            f"Examined {share.tissue_share:.1%} of the region's tissue at "
            f"{share.downsample:g} slide pixels per model pixel or finer."
        )
    source = answer.provenance
    console.print(
        f"Model {source.model_name} ({source.model_digest[:12]}), {source.variant}, "
        f"{source.strategy}, {source.fidelity} reading, seed {source.seed}, "
        f"{source.dtype} on {source.device}.",
        markup=False,
    )
    for remark in _remarks(answer, slide):
        console.print(f"Note: {remark}", markup=False)
    console.print(f"[bold]{answer.intended_use}[/]")


def _remarks(answer: Answer, slide: Slide) -> Iterator[str]:
    if answer.is_truncated:
        yield "The answer was cut at the limit of new tokens."
    if answer.unreadable_tiles:
        yield f"{answer.unreadable_tiles} tiles of the slide could not be read."
    for note in slide.notes:
        yield f"{note.message} ({note.code})"
