"""The expected failures of an evaluation, with words for the user."""

from dragonfly.errors import DragonflyError


class EvaluationError(DragonflyError):
    """The data set, the predictions or the request cannot be evaluated."""
