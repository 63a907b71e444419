"""Numbers of others to stand beside an ablation, each with its source."""

from __future__ import annotations

from dragonfly.evaluation.ablation.plan import PublishedScore
from dragonfly.evaluation.ablation.table import Table
from dragonfly.evaluation.published import published_on

PAPER = (
    "The paper's own ablation tables (arXiv 2406.00977: resolutions, number of crops, "
    "pooling against selection) are not quoted: none of their numbers could be read in "
    "a source. Numbers listed under `published` of the YAML file, each with its "
    "source, stand here."
)


def published_beside(table: Table) -> list[PublishedScore]:
    """The user's rows, then what is known of the published Dragonfly models."""
    known = published_on(table.plan.benchmark)
    models = [
        PublishedScore(
            system=p.system,
            metric=p.metric,
            value=p.value,
            source=p.source,
            note=p.note,
        )
        for p in known
        if p.system.startswith("Dragonfly")
    ]
    return [*table.plan.published, *models]
