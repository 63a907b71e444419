"""How far a job is: a share, and a word for what is being done."""

from __future__ import annotations

from webapp.jobs.models import Job
from webapp.questions.models import Question

STAGES = ["preparing", "waiting", "answering", "ended"]
"""Its slides are prepared; its questions wait for a worker; one is being answered."""
BEGUN = 0.1
"""Of a question that a worker has taken."""
WRITING = 0.9


def stage_of(job: Job) -> str:
    """One of `STAGES`."""
    if not job.is_open:
        return "ended"
    if job.state == Job.State.QUEUED:
        return "preparing"
    states = {item.question.state for item in job.items.all() if item.question}
    return "waiting" if states <= {Question.State.QUEUED} else "answering"


def progress_of(job: Job) -> float:
    """0 before anything is asked, 1 at the end; each question counts alike."""
    if not job.is_open:
        return 1.0
    shares = [share_of(item.question) for item in job.items.all()]
    return round(sum(shares) / len(shares), 3) if shares else 0.0


def share_of(question: Question | None) -> float:
    """How far one question is."""
    if question is None or not question.is_open:
        return 1.0
    if question.state == Question.State.QUEUED:
        return 0.0
    if question.state == Question.State.WRITING:
        return WRITING
    done = question.step / question.steps if question.steps else 0.0
    return BEGUN + (WRITING - BEGUN) * done
