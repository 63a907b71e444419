"""The expected failures of a training run, with words for the user."""

from dragonfly.errors import DragonflyError


class TrainingError(DragonflyError):
    """The data, the configuration or the run itself stops the training."""
