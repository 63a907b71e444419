"""A question's events: from its stream, or from its row when the stream is gone."""

from __future__ import annotations

from typing import Any

from inference_worker.messages import event_stream
from webapp.event_stream import (
    BEGINNING,
    StreamEvent,
    last_event,
    read_after,
    successor,
)
from webapp.questions.models import EvidenceRegion, Question

ENDS = frozenset({"answered", "stopped", "failed"})


def read_events(question: Question, after: str) -> list[StreamEvent]:
    """What follows `after`; the row says the end that the stream does not know."""
    stream = event_stream(str(question.pk))
    found = read_after(stream, after)
    if question.is_open or (found and found[-1].kind in ENDS):
        return found
    if not found and after != BEGINNING and _has_seen_end(question, stream, after):
        return []
    if found or after != BEGINNING:
        known = found[-1].id if found else after
        return [*found, *ending(question, successor(known))]
    return list(events_of(question))


def _has_seen_end(question: Question, stream: str, after: str) -> bool:
    """The event that is known is the last one, of the stream or made from the row."""
    newest = last_event(stream)
    if newest is None:
        return after == events_of(question)[-1].id
    return after == (newest.id if newest.kind in ENDS else successor(newest.id))


def events_of(question: Question) -> tuple[StreamEvent, ...]:
    """The events of the row: what a page needs to show it as if it had watched.

    Their ids come before those of any stream.
    """
    kinds: list[tuple[str, dict[str, Any]]] = [("state", {"state": question.state})]
    for evidence in question.evidence.all():
        kinds.append(("selected", {"evidence": evidence_fields(evidence)}))
    if text := text_of(question):
        kinds.append(("text", {"text": text}))
    told = [
        StreamEvent(f"0-{number}", kind, question.attempt, data)
        for number, (kind, data) in enumerate(kinds, start=1)
    ]
    return (*told, *ending(question, f"0-{len(told) + 1}"))


def ending(question: Question, entry: str = "0-1") -> list[StreamEvent]:
    """The last event, from the row; none while it is open."""
    if question.is_open:
        return []
    data = end_data(question)
    return [StreamEvent(entry, question.state, question.attempt, data)]


def end_data(question: Question) -> dict[str, Any]:
    """What the last event tells; the text is whole, whatever was missed of it."""
    data: dict[str, Any] = {"text": text_of(question)}
    if question.state == Question.State.FAILED:
        data |= {
            "code": question.failure_code,
            "message": question.failure_message,
            "retryable": question.is_retryable,
        }
    return data


def text_of(question: Question) -> str:
    """The answer, or what was written of it."""
    answer = getattr(question, "answer", None)
    return answer.text if answer else question.partial_text


def evidence_fields(evidence: EvidenceRegion) -> dict[str, Any]:
    """As the worker's `selected` event has it."""
    return {
        "number": evidence.number,
        "region": evidence.region_fields(),
        "kind": evidence.kind,
        "rule": evidence.rule,
        "score": evidence.score,
        "resolution": evidence.resolution,
        "downsample": evidence.downsample,
        "magnification": evidence.magnification,
        "parent": evidence.parent,
        "attention": evidence.attention,
        "source": evidence.source,
    }


def written_text(question: Question) -> str:
    """The text that the stream has of the newest attempt, for one that was lost."""
    text, after = "", BEGINNING
    while found := read_after(event_stream(str(question.pk)), after):
        after = found[-1].id
        for event in found:
            if event.attempt != question.attempt:
                continue
            if event.kind == "note" and event.data.get("restarts"):
                text = ""
            if event.kind == "text":
                text += event.data["text"]
    return text
