"""What changes a question; nothing else writes its rows.

Every change of state names the state and the attempt that it expects and changes
nothing where it finds another. Messages and events leave after the commit.
"""

from webapp.questions.services.asking import Asked, ask_question
from webapp.questions.services.recording import record_progress, record_reply
from webapp.questions.services.stopping import stop_question
from webapp.questions.services.sweeping import resend_lost_questions

__all__ = [
    "Asked",
    "ask_question",
    "record_progress",
    "record_reply",
    "resend_lost_questions",
    "stop_question",
]
