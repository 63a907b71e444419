"""The expected failures of putting training data together, with words for the user."""

from dragonfly.errors import DragonflyError


class DataError(DragonflyError):
    """The question sets, or the folder for the result, cannot be used."""
