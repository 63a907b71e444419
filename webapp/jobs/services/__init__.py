"""What changes a job; nothing else writes its rows.

Every change of state names the state that it expects and changes nothing where it finds
another. Events, webhooks and questions leave after the commit.
"""

from webapp.jobs.services.advancing import advance, advance_jobs
from webapp.jobs.services.cancelling import cancel_job
from webapp.jobs.services.submitting import Wish, submit_job

__all__ = [
    "Wish",
    "advance",
    "advance_jobs",
    "cancel_job",
    "submit_job",
]
