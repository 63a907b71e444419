"""The questions that each comparison asks both versions: kept, and written for it."""

from __future__ import annotations

import json
import os

from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.finetuning.data_files import write
from webapp.finetuning.folders import run_folder
from webapp.finetuning.models import FineTuneJob, FixedQuestion
from webapp.questions.models import Question


def keep_fixed(
    question: Question, expected: str, actor: User, address: str | None = None
) -> FixedQuestion:
    """Ask it of each candidate from now on; a second time changes what is expected."""
    kept, _ = FixedQuestion.objects.update_or_create(
        question=question,
        defaults={"expected": expected.strip()},
        create_defaults={"expected": expected.strip(), "added_by": actor},
    )
    AuditEvent.record(
        "finetune.fix_question", actor=actor, on=question, address=address
    )
    return kept


def forget_fixed(kept: FixedQuestion, actor: User, address: str | None = None) -> None:
    """Ask it no more."""
    AuditEvent.record(
        "finetune.unfix_question", actor=actor, on=kept.question, address=address
    )
    kept.delete()


def write_fixed_questions(job: FineTuneJob) -> None:
    """Write `fixed/` into the job's folder, once: a resumed job asks the same.

    Questions about slides that are not here any more are left out.
    """
    folder = run_folder(job) / "fixed"
    if (folder / "rows.jsonl").is_file():
        return
    rows, slides = [], {}
    for kept in FixedQuestion.objects.select_related("question__slide"):
        slide = kept.question.slide
        if slide.deleted_at is not None or not slide.is_viewable:
            continue
        rows.append(row_of(kept))
        slides[slide.digest] = os.path.relpath(slide.path, folder)
    if not rows:
        return
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "slides.json", json.dumps(slides, indent=1) + "\n")
    write(folder / "rows.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))


def row_of(kept: FixedQuestion) -> dict[str, object]:
    """A row of a manifest; the whole slide where no region was asked about."""
    question = kept.question
    region, slide = question.region, question.slide
    return {
        "slide": slide.digest,
        "region": [region.x, region.y, region.width, region.height]
        if region
        else [0, 0, slide.width, slide.height],
        "question": question.text,
        "answer": kept.expected,
    }
