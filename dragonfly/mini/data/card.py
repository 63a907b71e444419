"""The card of the training data, in Markdown: what it is, whose it is, how it leans."""

from collections.abc import Iterator

from dragonfly.mini.data.origin import ORIGINS
from dragonfly.mini.data.summary import Summary
from dragonfly.mini.data.unknown import NAME as UNKNOWN

HEAD = """# Training data of Dragonfly-mini

Research use only. Not for diagnosis or patient management.

Questions of people are those of VQA-RAD and VQA-Med 2019. All others were made by
templates from labels, and are called template questions wherever they are counted.
The pictures of the question sets are not part of the project; weights trained on them
are, with the credit below. Synthetic slides are drawn by a program and show no tissue.
"""


def data_card(summary: Summary) -> str:
    """The whole card."""
    parts = [
        HEAD,
        *_counts(summary),
        *_credit(summary),
        *_leaks(summary),
        *_balance(summary),
        *_files(summary),
    ]
    return "\n".join(parts) + "\n"


def _counts(summary: Summary) -> Iterator[str]:
    yield "## What is in it\n"
    yield "| source | questions | pictures | licence | weight in an epoch |"
    yield "|---|---:|---:|---|---:|"
    for name, questions in summary.questions.items():
        pictures = summary.pictures[name]
        weight = summary.plan["shares"].get(name, "as its picture's source")
        licence = ORIGINS[name].licence
        yield f"| {name} | {questions} | {pictures} | {licence} | {weight} |"
    total = sum(summary.questions.values())
    refusals = summary.questions.get(UNKNOWN, 0)
    yield f"\n{total} questions in {sum(summary.rows.values())} rows, "
    yield f"{refusals} of them ({100 * refusals / total:.1f} %) without an answer in "
    yield "the picture. Rows by file: "
    yield ", ".join(f"{name} {rows}" for name, rows in summary.rows.items()) + ".\n"
    if summary.absent:
        yield f"Not at hand, so not in it: {', '.join(summary.absent)}.\n"


def _credit(summary: Summary) -> Iterator[str]:
    yield "## Credit\n"
    for name in summary.questions:
        origin = ORIGINS[name]
        yield f"- {origin.title}: {origin.attribution}"
    yield ""


def _leaks(summary: Summary) -> Iterator[str]:
    yield "## What was kept away from training\n"
    yield (
        f"{summary.held_out_pictures} pictures of the validation and test splits of "
        "VQA-RAD (by image), VQA-Med 2019, BRCA-M2C and BCCD. A training picture is "
        "left out when it has the name, the patient, or the pixels of one of them, or "
        "is the same picture in another size (difference hash of 256 bits).\n"
    )
    for name, reasons in summary.refused.items():
        said = ", ".join(f"{n} for {reason}" for reason, n in sorted(reasons.items()))
        yield f"- {name}: {said or 'none'} left out"
    yield (
        f"\n{summary.repeats} repeated and {summary.contradictions} contradicting "
        "questions were dropped.\n"
    )


def _balance(summary: Summary) -> Iterator[str]:
    yield "## How far the question alone would get\n"
    yield "For template questions: the share of the commonest answer of each kind.\n"
    yield "| source | kind | questions | answers | commonest | share |"
    yield "|---|---|---:|---:|---|---:|"
    for kind in summary.balance:
        if kind.source != UNKNOWN:
            yield (
                f"| {kind.source} | {kind.kind} | {kind.questions} | {kind.answers} "
                f"| {kind.commonest} | {100 * kind.commonest_share:.0f} % |"
            )
    yield ""


def _files(summary: Summary) -> Iterator[str]:
    yield "## Files\n"
    yield "| file | SHA-256 |"
    yield "|---|---|"
    for name, digest in summary.digests.items():
        yield f"| {name} | `{digest}` |"
