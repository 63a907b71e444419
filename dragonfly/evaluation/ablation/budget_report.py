"""What an ablation says of its budgets: equal, unequal or not known, and of what."""

from __future__ import annotations

from dragonfly.evaluation.ablation.table import Table


def budget_lines(table: Table) -> list[str]:
    """Markdown lines, to be read before any score."""
    return [*_budget_statement(table), *_foreign_crops(table)]


def _budget_statement(table: Table) -> list[str]:
    unequal = table.budget_differences
    trained = "trained here" if table.plan.train else "trained before"
    if unequal is None:
        return [
            "Checkpoints are only evaluated. How long each was trained is not known "
            "for all of them, so nothing here says that their budgets are equal."
        ]
    if unequal:
        return [f"**Unequal**, {trained}: {'; '.join(unequal)}."]
    budget = table.rows[0].facts.budget
    assert budget is not None  # noqa: S101
    text = "text tokens not logged"
    if budget.text_tokens is not None:
        text = f"{budget.text_tokens} text tokens"
    return [
        f"Equal, {trained}: each variant took {budget.steps} steps of "
        f"{budget.batch_size} examples, saw {budget.examples} examples with {text} and "
        f"trained the same parts ({budget.trained}). Visual tokens differ by design, "
        "and with them the arithmetic of a step.",
        *_seen(table),
    ]


def _seen(table: Table) -> list[str]:
    lines = [""]
    for row in table.rows:
        budget = row.facts.budget
        if budget is not None and budget.visual_tokens is not None:
            lines.append(
                f"- {row.name}: {budget.pictures} pictures, {budget.visual_tokens} "
                f"image positions, {budget.trained_numbers} trained numbers, last "
                f"loss {budget.last_loss:.4f}"
            )
    return lines


def _foreign_crops(table: Table) -> list[str]:
    """Variants whose crops the weights have never been trained with."""
    names = [row.name for row in table.rows if not row.own_layout]
    if table.plan.train is not None or not names:
        return []
    return [
        "",
        f"**Not trained for the crops they see here: {', '.join(names)}.** Their "
        "scores tell how the checkpoint bears the change, not what such crops are "
        "worth.",
    ]
