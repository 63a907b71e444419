"""What a training run is told: frozen, validated, and free of contradictions.

Only what can be known without opening a file is refused here.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dragonfly.training.errors import TrainingError
from dragonfly.training.source import Source

Part = Literal["encoder", "projector", "language_model"]
LabelsFrom = Literal["after_bos", "answer"]
Schedule = Literal["cosine", "linear", "constant"]
Decayed = Literal["published", "matrices"]
Attention = Literal["sdpa", "eager"]
Precision = Literal["float32", "bfloat16"]
Device = Literal["auto", "cpu"]


def refuse(contradiction: bool, message: str) -> None:
    """Raise `TrainingError` CONFIG_INVALID with these words if the condition holds."""
    if contradiction:
        raise TrainingError("CONFIG_INVALID", message)


@dataclass(frozen=True, kw_only=True)
class DataArgs:
    sources: tuple[Source, ...] = ()
    """The training sources."""
    mixture: Path | None = None
    """A mixture file that holds them, in place of `sources`."""
    validation: tuple[Source, ...] = ()
    """Examples whose loss chooses the best checkpoint; never trained on."""
    validation_mixture: Path | None = None
    """A mixture file that holds them, in place of `validation`."""
    validation_examples: int = 512
    """At most so many of each validation source, always the same ones."""
    samples: int = 0
    """Validation questions that are answered at each checkpoint, for people to read;
    not by a model that is spread over several devices."""
    text_every: int = 10
    """A batch of the "text" sources joins every n-th step, as published."""
    math_every: int = 50
    """The same for the "math" sources."""
    max_length: int = 4096
    """Tokens; beside a picture the text keeps half of it, as published."""
    labels_from: LabelsFrom = "answer"
    """Learn the assistant's turns alone, or as published all text and the padding."""
    max_bad_share: float = 0.01
    """The run stops when a larger share of examples cannot be read."""
    length_window: int = 1
    """Batches whose examples are dealt out by length, so that each batch holds rows of
    about one length and little padding. 1 deals them out as they come."""
    workers: int = 8
    """Threads that read, decode and cut pictures."""
    features: Path | None = None
    """Folder for the features of a frozen encoder, computed once."""
    patch_share: float = 1.0
    """Of the low crop's patches, those that a training batch sees, chosen anew each
    time (patch dropout, arXiv 2208.07220): fewer cost less. Validation sees all."""
    all_patches_from: float = 0.9
    """Share of the run after which training batches see all patches again."""

    def __post_init__(self) -> None:
        given = bool(self.sources) + (self.mixture is not None)
        refuse(given != 1, "Give data.sources or data.mixture, one of the two.")
        every = (self.text_every, self.math_every, self.workers, self.length_window)
        refuse(
            min(*every, self.validation_examples) < 1,
            "data.text_every, math_every, workers, length_window and "
            "validation_examples must be at least 1.",
        )
        refuse(
            not 0 < self.patch_share <= 1,
            "data.patch_share is a share: above 0 and at most 1.",
        )
        refuse(
            not 0 <= self.all_patches_from <= 1,
            "data.all_patches_from is a share: 0 to 1.",
        )
        refuse(self.samples < 0, "data.samples cannot be negative.")
        refuse(self.max_length < 16, "data.max_length must be at least 16 tokens.")
        refuse(
            not 0 <= self.max_bad_share < 1,
            "data.max_bad_share is a share: at least 0 and below 1.",
        )
        refuse(
            bool(self.validation) and self.validation_mixture is not None,
            "Give data.validation or data.validation_mixture, not both.",
        )
        refuse_repeated_names(self.sources)
        refuse_repeated_names(self.validation)


def refuse_shared_files(
    trained: tuple[Source, ...], validation: tuple[Source, ...]
) -> None:
    """Raise `TrainingError` CONFIG_INVALID if validation rows are trained on."""
    files = {source.path.resolve(): source.name for source in trained if source.path}
    for source in validation:
        shared = source.path is not None and source.path.resolve() in files
        refuse(
            shared,
            f"The rows of validation source “{source.name}” are trained on too. "
            "Split them first, with `dragonfly train mixture`.",
        )


def refuse_repeated_names(sources: tuple[Source, ...]) -> None:
    """Raise `TrainingError` CONFIG_INVALID if two sources share a name."""
    repeated = [
        name for name, n in Counter(source.name for source in sources).items() if n > 1
    ]
    refuse(bool(repeated), f"Two sources are called “{(repeated or [''])[0]}”.")


@dataclass(frozen=True, kw_only=True)
class OptimizerArgs:
    batch_size: int
    """Examples per step over all devices, whatever their number."""
    micro_batch_size: int = 1
    """Examples that one device sees at once; the rest is accumulated."""
    steps: int | None = None
    epochs: float | None = None
    """Passes over the image sources, in place of `steps`."""
    learning_rate: float = 2e-5
    projector_rate: float | None = None
    """The projector's own rate, in place of `learning_rate`; the schedule is shared."""
    schedule: Schedule = "cosine"
    warmup_ratio: float = 0.01
    """Share of the steps in which the rate rises from zero."""
    weight_decay: float = 0.1
    decayed: Decayed = "matrices"
    """Which weights decay: matrices but embeddings and head, or the published rule."""
    clip_norm: float = 1.0
    beta1: float = 0.9
    beta2: float = 0.999

    def __post_init__(self) -> None:
        refuse(
            (self.steps is None) == (self.epochs is None),
            "Give optimizer.steps or optimizer.epochs, one of the two.",
        )
        refuse(
            self.steps is not None and self.steps < 1,
            "optimizer.steps must be at least 1.",
        )
        refuse(
            self.epochs is not None and self.epochs <= 0,
            "optimizer.epochs must be above 0.",
        )
        refuse(
            self.micro_batch_size < 1 or self.batch_size % self.micro_batch_size != 0,
            "optimizer.batch_size must be a multiple of micro_batch_size.",
        )
        refuse(self.batch_size < 1, "optimizer.batch_size must be at least 1.")
        refuse(
            self.learning_rate <= 0
            or (self.projector_rate is not None and self.projector_rate <= 0),
            "optimizer.learning_rate and projector_rate must be above 0.",
        )
        refuse(
            not 0 <= self.warmup_ratio < 1, "optimizer.warmup_ratio is a share below 1."
        )
        refuse(self.weight_decay < 0, "optimizer.weight_decay cannot be negative.")
        refuse(self.clip_norm <= 0, "optimizer.clip_norm must be above 0.")
        refuse(
            not (0 <= self.beta1 < 1 and 0 <= self.beta2 < 1),
            "optimizer.beta1 and beta2 must be at least 0 and below 1.",
        )


@dataclass(frozen=True, kw_only=True)
class LoraArgs:
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05
    targets: tuple[str, ...] = (
        "q_proj",
        "k_proj",
        "v_proj",
        "o_proj",
        "gate_proj",
        "up_proj",
        "down_proj",
    )
    """Layers of the language model that get factors."""
    encoder: bool = False
    """Give factors to the encoder's attention too."""
    encoder_targets: tuple[str, ...] = ("q_proj", "v_proj")
    new_tokens: tuple[str, ...] = ()
    """Special tokens whose embeddings are learned beside the factors."""

    def __post_init__(self) -> None:
        refuse(self.rank < 1, "lora.rank must be at least 1.")
        refuse(self.alpha <= 0, "lora.alpha must be above 0.")
        refuse(not 0 <= self.dropout < 1, "lora.dropout is a share below 1.")
        refuse(not self.targets, "lora.targets names no layer.")


@dataclass(frozen=True, kw_only=True)
class RunArgs:
    output: Path
    """Folder of the run: checkpoints, metrics and the final model."""
    seed: int = 42
    precision: Precision = "bfloat16"
    device: Device = "auto"
    attention: Attention = "sdpa"
    """Of the language model. "eager" is a fifth faster on a CPU while batches are
    shorter than some 200 tokens, and needs memory that grows with their square."""
    gradient_checkpointing: bool = False
    """Compute activations twice to hold fewer of them."""
    save_every: int = 1000
    """Steps between checkpoints; validation runs before each."""
    keep_last: int = 3
    """Older checkpoints are removed, except for the best."""
    log_every: int = 10
    tensorboard: bool = False
    max_loss_rise: float = 3.0
    """Stop when the smoothed loss is so many nats above its lowest."""

    def __post_init__(self) -> None:
        refuse(
            min(self.save_every, self.keep_last, self.log_every) < 1,
            "run.save_every, keep_last and log_every must be at least 1.",
        )
        refuse(self.seed < 0, "run.seed cannot be negative.")
        refuse(self.max_loss_rise <= 0, "run.max_loss_rise must be above 0.")


@dataclass(frozen=True, kw_only=True)
class TrainArgs:
    """A whole run.

    Raises:
        TrainingError: CONFIG_INVALID, with the contradiction in words.
    """

    model: Path
    """Folder of the checkpoint that training starts from."""
    trained: tuple[Part, ...]
    """The parts whose own weights change."""
    data: DataArgs
    optimizer: OptimizerArgs
    run: RunArgs
    lora: LoraArgs | None = None
    adapter: Path | None = None
    """Folder of an adapter of the same parts whose weights the run begins with, in
    place of new ones; `model` is the checkpoint that it was trained on."""

    def __post_init__(self) -> None:
        refuse(
            not self.trained and self.lora is None,
            "Nothing would be trained: name parts in `trained`, or give `lora`.",
        )
        factors = self.lora is not None
        refuse(
            factors and "language_model" in self.trained,
            "The language model is trained in full or through LoRA, not both.",
        )
        refuse(
            self.trains_encoder and self.data.features is not None,
            "data.features holds what a frozen encoder sees, but the encoder is to "
            "be trained. Drop one of the two.",
        )
        refuse(
            self.lora is not None and self.lora.encoder and "encoder" in self.trained,
            "The encoder is trained in full or through LoRA, not both.",
        )
        refuse(
            self.run.output.resolve() == self.model.resolve(),
            "run.output is the folder of the model itself. Choose another.",
        )

    @property
    def trains_encoder(self) -> bool:
        """Whether the encoder's output changes during training."""
        return "encoder" in self.trained or bool(self.lora and self.lora.encoder)
