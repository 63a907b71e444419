"""What the fine-tune job of a version adds to its card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from webapp.finetuning.models import FineTuneJob
from webapp.training.card import Fact, Measure, Told, add_card_teller
from webapp.training.models import ModelVersion

FEW_QUESTIONS = 100
SETTINGS = (
    ("optimizer", "learning_rate", "learning rate"),
    ("optimizer", "batch_size", "examples per step"),
    ("lora", "rank", "LoRA rank"),
    ("run", "seed", "seed"),
)


@add_card_teller
def card_of_candidate(version: ModelVersion) -> Told | None:
    """None for a version that no job here has made."""
    jobs = FineTuneJob.objects.filter(model_version=version)
    job = jobs.select_related("base", "data_set").order_by("created_at").first()
    if job is None:
        return None
    return Told(
        summary=f"Trained here from {job.base.name} on {job.data_set.name}: "
        f"{job.get_preset_display()}, {job.step} of {job.total} steps.",
        validation=validation_of(job),
        licence=licence_of(job),
        warnings=tuple(warnings_of(job.evaluation)),
        measures=tuple(measures_of(job.evaluation)),
        facts=tuple(facts_of(job)),
    )


def validation_of(job: FineTuneJob) -> str:
    """What it was compared with, and on how much."""
    told = job.evaluation
    if not told:
        return ""
    return (
        f"Compared on the locked test part of {job.data_set.name}, which no job trains "
        f"on: {told.get('items', 0)} questions about {told.get('groups', 0)} patients, "
        f"beside the version {str(told['active'].get('digest', ''))[:12]}. Each "
        "interval is a 95 % bootstrap interval over patients."
    )


def measures_of(told: dict[str, Any]) -> Iterator[Measure]:
    """The candidate's own scores, then its differences from the active version."""
    for name, score in told.get("candidate", {}).get("scores", {}).items():
        yield measure(f"{name.capitalize()}, per cent", score)
    for name, score in told.get("differences", {}).items():
        label = f"{name.capitalize()}: difference from the version before, points"
        yield measure(label, score)


def measure(name: str, score: dict[str, float]) -> Measure:
    return Measure(name, score["value"], score["low"], score["high"])


def warnings_of(told: dict[str, Any]) -> Iterator[str]:
    """What the comparison speaks against."""
    if not told:
        return
    if told.get("items", 0) < FEW_QUESTIONS:
        yield f"It was tested on {told.get('items', 0)} questions alone."
    for row in told.get("strata", []):
        if row["difference"]["value"] < 0:
            yield (
                f"Worse than the version before at {row['stratum']}: "
                f"{row['difference']['value']} points."
            )


def licence_of(job: FineTuneJob) -> str:
    """The data's own; the base's terms hold too."""
    rows = job.data_set.rows.values_list("example__licence", flat=True)
    told = ", ".join(sorted({each for each in rows if each}))
    data = f"data: {told}" if told else "the data's licence was not told"
    return f"As its base, {job.base.name}; {data}."


def facts_of(job: FineTuneJob) -> Iterator[Fact]:
    """Where it comes from, so that it could be made again."""
    yield Fact("Base", str(job.base))
    yield Fact("Data set", str(job.data_set))
    yield Fact("Recipe", recipe_of(job))
    yield Fact("Job", f"{job.title} ({job.pk})")
    versions = job.recipe.get("versions", {})
    told = [f"{name} {version}" for name, version in versions.items()]
    if told:
        yield Fact("Code", ", ".join(told))


def recipe_of(job: FineTuneJob) -> str:
    """The preset, and the figures that matter most."""
    found = [job.get_preset_display(), f"{job.total} steps"]
    for place, name, label in SETTINGS:
        value = (job.config.get(place) or {}).get(name)
        if value is not None:
            found.append(f"{label} {value}")
    return ", ".join(found)
