"""What crosses the queue and the event stream; the standard library only.

Both sides read this page and nothing else of each other. Requests go to the worker's
queue and replies to the web queue, by task name, as the fields of these frozen
classes. Events go into one Redis stream per question, so that a page can replay them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

MESSAGE_VERSION = 1
"""Raised with any change that an older worker or web process could misread."""

INFERENCE_QUEUE = "inference"
PRIORITIES = {"high": 0, "medium": 3, "low": 6}
"""Of questions, as the queue numbers them: the least goes first."""
WAITING_LISTS = tuple(
    f"{INFERENCE_QUEUE}\x06\x16{number}" if number else INFERENCE_QUEUE
    for number in PRIORITIES.values()
)
"""Where Redis holds what no worker has taken, as kombu names a queue's priorities."""
WEB_QUEUE = "web"
TRAINING_QUEUE = "training"
"""For workers that train: never one that answers."""

ANSWER_QUESTION = "inference_worker.answer_question"
RECORD_PROGRESS = "webapp.questions.record_progress"
RECORD_REPLY = "webapp.questions.record_reply"
RECORD_MODEL = "webapp.training.record_model"
RUN_TRAINING = "inference_worker.run_training"
RECORD_TRAINING = "webapp.finetuning.record_training"
RECORD_TRAINING_END = "webapp.finetuning.record_training_end"
INSPECT_MODEL = "inference_worker.inspect_model"
RECORD_INSPECTION = "webapp.training.record_inspection"

STREAM_LENGTH = 20_000
"""Events kept of one question; older ones are dropped first."""
STREAM_SECONDS = 24 * 3600
HEARTBEAT_SECONDS = 5
HEARTBEAT_EXPIRY_SECONDS = 20

UNEXPECTED = "Something went wrong on our side. It has been recorded; please try again."

EventKind = Literal[
    "state",  # state, attempt; and step, steps, of while zooming
    "overview",  # region
    "examined",  # region, step, steps, of
    "selected",  # evidence: the fields of EvidenceItem
    "writing",  # visual_tokens
    "text",  # text: the next characters of the answer
    "note",  # code, message; with restarts=true, forget this attempt's events so far
    "answered",  # the answer is recorded; written by the web application
    "stopped",  # by the person; written by the web application
    "failed",  # code, message, retryable; written by the web application
]


def event_stream(question_id: str) -> str:
    """Key of the Redis stream of one question's events."""
    return f"question:{question_id}:events"


def stop_key(question_id: str) -> str:
    """Key whose presence asks the worker to stop this question."""
    return f"question:{question_id}:stop"


def alive_key(question_id: str) -> str:
    """Key that the worker renews while it works on this question: the attempt."""
    return f"question:{question_id}:alive"


def attempt_key(question_id: str) -> str:
    """Key with the newest attempt that was sent; a worker leaves an older one."""
    return f"question:{question_id}:attempt"


def claim_key(question_id: str, attempt: int) -> str:
    """Key that the first worker to take this attempt sets; a repeat is dropped."""
    return f"question:{question_id}:claim:{attempt}"


def training_stream(job_id: str) -> str:
    """Key of the Redis stream of one fine-tune job's figures."""
    return f"training:{job_id}:events"


def training_wish_key(job_id: str) -> str:
    """Key that asks the worker to "pause" or to "cancel" this job."""
    return f"training:{job_id}:wish"


def training_attempt_key(job_id: str) -> str:
    """Key of the attempt that counts; a worker at another one leaves it."""
    return f"training:{job_id}:attempt"


def training_alive_key(job_id: str) -> str:
    """Key that the worker renews while it works on this job: the attempt."""
    return f"training:{job_id}:alive"


def training_claim_key(job_id: str, attempt: int) -> str:
    """Key that the first worker to take this attempt sets; a repeat is dropped."""
    return f"training:{job_id}:claim:{attempt}"


def inspection_alive_key(import_id: str) -> str:
    """Key that the worker renews while it opens this model from outside."""
    return f"model-import:{import_id}:alive"


def worker_key(worker: str) -> str:
    """Key that a running worker renews: JSON of `WorkerStatus`."""
    return f"worker:{worker}"


WORKER_KEYS = "worker:*"


@dataclass(frozen=True)
class RegionFields:
    """A rectangle in level-0 pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class AnswerRequest:
    """Answer one question about one slide."""

    question_id: str
    attempt: int
    """1 for the first; a resend after a loss counts up. Only the newest counts."""
    slide_path: str
    """Relative to the slide folder that both sides mount."""
    slide_digest: str
    text: str
    region: RegionFields | None = None
    """None asks about the whole slide."""
    frame: int = 0
    model_digest: str | None = None
    """None: the worker's own default model."""
    model_path: str | None = None
    """Folder of the checkpoint, as the worker sees it."""
    max_new_tokens: int = 256
    temperature: float = 0.0
    seed: int = 0
    cells: int | None = None
    """Budget of regions to examine; None: the engine's own."""
    fidelity: Literal["strict", "fast"] = "fast"
    version: int = MESSAGE_VERSION

    def fields(self) -> dict[str, Any]:
        """Plain values for the queue."""
        return asdict(self)

    @classmethod
    def from_fields(cls, **fields: Any) -> AnswerRequest:
        """Read what `fields` wrote."""
        if region := fields.get("region"):
            fields["region"] = RegionFields(**region)
        return cls(**fields)


@dataclass(frozen=True)
class CropFields:
    """How the pixels of a crop are read, as in `dragonfly.slide.CropSource`."""

    crop_px: int
    fidelity: str
    picture: RegionFields | None = None
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class EvidenceItem:
    """One evidence region, as in `dragonfly.engine.Evidence`."""

    number: int
    region: RegionFields
    kind: str
    rule: str
    score: float
    resolution: str
    downsample: float
    magnification: float | None = None
    parent: int | None = None
    attention: float | None = None
    source: CropFields | None = None

    @classmethod
    def from_fields(cls, **fields: Any) -> EvidenceItem:
        """Read what `dataclasses.asdict` wrote."""
        if source := fields.get("source"):
            picture = source.get("picture")
            whole = RegionFields(**picture) if picture else None
            fields["source"] = CropFields(**{**source, "picture": whole})
        return cls(**{**fields, "region": RegionFields(**fields["region"])})


@dataclass(frozen=True)
class Progressed:
    """The worker moved the question on; sent once a state."""

    question_id: str
    attempt: int
    state: Literal["overview", "zooming", "writing"]
    step: int = 0
    steps: int = 0
    version: int = MESSAGE_VERSION


@dataclass(frozen=True)
class Reply:
    """The one end of an attempt: answered, stopped or failed."""

    question_id: str
    attempt: int
    outcome: Literal["answered", "stopped", "failed"]
    text: str = ""
    """The answer, or what was written of it before it stopped or failed."""
    evidence: tuple[EvidenceItem, ...] = ()
    answer: dict[str, Any] = field(default_factory=dict)
    """`dragonfly.engine.Answer.as_dict()` without text and evidence, when answered."""
    code: str = ""
    message: str = ""
    is_retryable: bool = False
    version: int = MESSAGE_VERSION

    def fields(self) -> dict[str, Any]:
        """Plain values for the queue."""
        return asdict(self)

    @classmethod
    def from_fields(cls, **fields: Any) -> Reply:
        """Read what `fields` wrote."""
        fields["evidence"] = tuple(
            EvidenceItem.from_fields(**item) for item in fields.get("evidence", ())
        )
        return cls(**fields)


@dataclass(frozen=True)
class ModelFound:
    """A worker tells which model it answers with by default."""

    name: str
    digest: str
    path: str
    variant: str
    note: str = ""
    """What a person has to know of it, such as "small research model"."""
    card: str = ""
    """What its makers write of it."""
    version: int = MESSAGE_VERSION


@dataclass(frozen=True)
class WorkerStatus:
    """What a worker says of itself every `HEARTBEAT_SECONDS`."""

    worker: str
    device: str
    state: Literal["loading", "idle", "busy"]
    model_name: str = ""
    model_digest: str = ""
    question_id: str = ""
    version: int = MESSAGE_VERSION


@dataclass(frozen=True)
class ModelFields:
    """A checkpoint: its digest, and its folder as the workers see it."""

    digest: str
    path: str


@dataclass(frozen=True)
class TrainRequest:
    """Train one candidate and compare it with the version that answers now."""

    job_id: str
    attempt: int
    """1 for the first; a resend after a loss or a pause counts up."""
    title: str
    """What the candidate is called."""
    data_set: str
    """Digest of the frozen data set: the name of its folder in the data folder."""
    base: ModelFields
    active: ModelFields
    config: dict[str, Any]
    """Nested fields of `dragonfly.training.args.TrainArgs`; the paths are added."""
    processes: int = 1
    max_new_tokens: int = 256
    min_free_bytes: int = 0
    """The job ends rather than leave less of the disk."""
    version: int = MESSAGE_VERSION

    def fields(self) -> dict[str, Any]:
        """Plain values for the queue."""
        return asdict(self)

    @classmethod
    def from_fields(cls, **fields: Any) -> TrainRequest:
        """Read what `fields` wrote."""
        fields["base"] = ModelFields(**fields["base"])
        fields["active"] = ModelFields(**fields["active"])
        return cls(**fields)


@dataclass(frozen=True)
class TrainingTold:
    """How far a fine-tune job is."""

    job_id: str
    attempt: int
    state: Literal["training", "evaluating"]
    step: int = 0
    total: int = 0
    note: str = ""
    """Such as why nothing moves at the moment."""
    records: tuple[dict[str, Any], ...] = ()
    """New lines of the trainer's metrics."""
    usage: dict[str, Any] = field(default_factory=dict)
    """"memory_bytes" of the trainer, "free_bytes" of the disk."""
    log: str = ""
    """The last lines that the trainer wrote."""
    version: int = MESSAGE_VERSION


@dataclass(frozen=True)
class TrainingEnded:
    """The one end of an attempt at a fine-tune job."""

    job_id: str
    attempt: int
    outcome: Literal["succeeded", "failed", "cancelled", "paused"]
    code: str = ""
    message: str = ""
    model: ModelFields | None = None
    variant: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)
    evaluation: dict[str, Any] = field(default_factory=dict)
    log: str = ""
    version: int = MESSAGE_VERSION

    @classmethod
    def from_fields(cls, **fields: Any) -> TrainingEnded:
        """Read what `dataclasses.asdict` wrote."""
        model = fields.get("model")
        return cls(**{**fields, "model": ModelFields(**model) if model else None})


@dataclass(frozen=True)
class InspectRequest:
    """Open a checkpoint or adapter, apart from everything else, and say what it is."""

    import_id: str
    folder: str
    """Name within the folder of models to be imported."""
    base: ModelFields | None = None
    """What an adapter was trained on top of."""
    version: int = MESSAGE_VERSION

    @classmethod
    def from_fields(cls, **fields: Any) -> InspectRequest:
        """Read what `dataclasses.asdict` wrote."""
        base = fields.get("base")
        return cls(**{**fields, "base": ModelFields(**base) if base else None})


@dataclass(frozen=True)
class Inspected:
    """What a checkpoint is, or why it is refused."""

    import_id: str
    code: str = ""
    message: str = ""
    model: ModelFields | None = None
    name: str = ""
    variant: str = ""
    base_digest: str = ""
    card: str = ""
    """What its makers write of it."""
    version: int = MESSAGE_VERSION

    @classmethod
    def from_fields(cls, **fields: Any) -> Inspected:
        """Read what `dataclasses.asdict` wrote."""
        model = fields.get("model")
        return cls(**{**fields, "model": ModelFields(**model) if model else None})
