"""What changes a fine-tune job; nothing else writes its rows."""

from webapp.finetuning.services.asking import (
    Wanted,
    ask_for_job,
    checked,
    reason_for_none,
)
from webapp.finetuning.services.recording import record_end, record_training
from webapp.finetuning.services.sending import send_next
from webapp.finetuning.services.sweeping import sweep_jobs
from webapp.finetuning.services.wishing import cancel_job, pause_job, resume_job

__all__ = [
    "Wanted",
    "ask_for_job",
    "cancel_job",
    "checked",
    "pause_job",
    "reason_for_none",
    "record_end",
    "record_training",
    "resume_job",
    "send_next",
    "sweep_jobs",
]
