"""`/ws/questions/<id>`: a question's events, as they happen."""

from __future__ import annotations

from typing import Any

from inference_worker.messages import event_stream
from webapp.questions.history import ENDS, events_of
from webapp.questions.models import Question
from webapp.questions.progress import progress_of
from webapp.sockets import Look, StreamConsumer


class QuestionConsumer(StreamConsumer):
    """The events of every attempt at one question."""

    ends = ENDS

    def look(self, user: Any, pk: Any) -> Look | None:
        """The question's row."""
        question = Question.objects.visible_to(user).filter(pk=pk).first()
        if question is None:
            return None
        stream = event_stream(str(question.pk))
        if not question.is_open:
            return Look(stream, True, events_of(question))
        return Look(stream, False, heartbeat=progress_of(question))
