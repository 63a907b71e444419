"""The report of one evaluation: Markdown for people, JSON for programs.

Says what a score rests on before it says the score: how many items, how many of them
unanswered, whether it is a subset, and what the question alone would have got.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from dragonfly.evaluation.benchmarks.benchmark import Benchmark
from dragonfly.evaluation.item import Split
from dragonfly.evaluation.published import Published, published_on
from dragonfly.evaluation.scores import Score, Scored

NOTICE = "Research use only. Not for diagnosis or patient management."
PEERS_HEADING = "## Published numbers of others"
_MODES = {
    "strict": "this project's own definition",
    "llava_med_compat": "LLaVA-Med's published formulas, only for comparison; they "
    'flatter ("no" is found inside "normal", long answers are never punished)',
    "quilt_compat": "Quilt-LLaVA's published formulas, only for comparison",
    "path_vqa_official": "Path-VQA's script (letters only)",
    "vqa_med_official": "the VQA-Med task's definition",
    "coco_formula": "the COCO caption evaluation's formula, with our tokenizer",
    "nltk, exact and stem modules only": "METEOR without synonyms and paraphrases: not "
    "the Java METEOR of the papers",
}


@dataclass(frozen=True)
class Run:
    """What was evaluated; `available` counts the items that the data folder holds."""

    benchmark: Benchmark
    split: Split
    model: str
    predictions_sha256: str
    available: int
    seed: int
    repeats: int


def subset_note(run: Run, items: int) -> str:
    """A sentence where the score does not cover the whole published split, else ""."""
    size = run.benchmark.sizes.get(run.split)
    whole = max(size or 0, run.available)
    if items >= whole:
        return ""
    return f"Computed from a subset: {items} of {whole} items of the {run.split} split."


def _number(value: float | None) -> str:
    return "\N{EN DASH}" if value is None or math.isnan(value) else f"{value:.1f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _score_row(score: Score) -> list[str]:
    span = f"{_number(score.low)} to {_number(score.high)}"
    name = score.name if score.unit == "%" else f"{score.name} [{score.unit}]"
    values = [_number(score.value), span, _number(score.prior), str(score.items)]
    return [name, f"`{score.mode}`", *values]


def _peer_row(peer: Published, scores: Sequence[Score]) -> list[str]:
    ours = {(score.mode, score.name): score for score in scores}
    near = ours.get(peer.measure) if peer.measure else None
    name = f"{near.name} (`{near.mode}`)" if near else "\N{EN DASH}"
    value = _number(near.value if near else None)
    source = f"{peer.source}; {peer.note}" if peer.note else peer.source
    return [peer.system, peer.metric, f"{peer.value:g}", value, name, source]


def _facts(run: Run, scored: Scored) -> list[str]:
    lines = [
        f"- Model: {run.model}",
        f"- Split: {run.split}, {scored.items} items in {scored.groups} groups",
        f"- Unanswered, counted as wrong: {scored.unanswered}",
        f"- Predictions: SHA-256 `{run.predictions_sha256}`",
    ]
    if scored.ignored:
        lines.append(f"- Predictions for unknown items, ignored: {scored.ignored}")
    subset = subset_note(run, scored.items)
    if subset:
        lines.append(f"- **{subset}**")
    if scored.prior_note:
        lines.append(f"- Question-only prior: not computed. {scored.prior_note}")
    if run.benchmark.not_computed:
        lines.append(f"- Not computed: {run.benchmark.not_computed}")
    return lines


def _peers(run: Run, scored: Scored) -> list[str]:
    peers = published_on(run.benchmark.name)
    if not peers:
        return []
    lines = ["", PEERS_HEADING, ""]
    if run.split != "test" or subset_note(run, scored.items):
        lines += ["**Theirs are for the whole test split; ours here are not.**", ""]
    head = ["System", "Metric", "Published", "Ours", "Our nearest measure", "Source"]
    return lines + _table(head, [_peer_row(peer, scored.scores) for peer in peers])


def markdown(run: Run, scored: Scored) -> str:
    """The whole report."""
    used = dict.fromkeys(score.mode for score in scored.scores)
    head = ["Measure", "Mode", "Score", "95 % interval", "Question-only prior", "Items"]
    lines = [
        f"# {run.benchmark.title}",
        "",
        NOTICE,
        "",
        *_facts(run, scored),
        "",
        "## Scores",
        "",
        *_table(head, [_score_row(score) for score in scored.scores]),
        "",
        f"Intervals: percentile bootstrap, {run.repeats} resamples of whole groups "
        f"(image, patient or report), seed {run.seed}. Percentages unless said.",
        "",
        *(f"- `{mode}`: {_MODES[mode]}." for mode in used if mode in _MODES),
        *_peers(run, scored),
    ]
    return "\n".join(lines).rstrip() + "\n"


def as_json(run: Run, scored: Scored) -> str:
    """The same numbers for programs; NaN becomes null."""
    content = {
        "benchmark": run.benchmark.name,
        "split": run.split,
        "model": run.model,
        "predictions_sha256": run.predictions_sha256,
        "subset": subset_note(run, scored.items) or None,
        "seed": run.seed,
        "repeats": run.repeats,
        "notice": NOTICE,
        **asdict(scored),
    }
    return json.dumps(_without_nan(content), indent=2, ensure_ascii=False) + "\n"


def _without_nan(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_without_nan(entry) for entry in value]
    return None if isinstance(value, float) and math.isnan(value) else value
