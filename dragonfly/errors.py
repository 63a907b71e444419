"""The one family of errors that carries words for the user.

Catch everything this package raises on purpose with `except DragonflyError`. The
`code` is stable and the same in the terminal, the API, the page and the log; the
message is a sentence fit to show. Anything else that escapes is a bug.
"""


class DragonflyError(Exception):
    """An expected failure: a stable `code` and a sentence for the user."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type["DragonflyError"], tuple[str, str]]:
        return type(self), (self.code, self.message)


class SlideError(DragonflyError):
    """The file cannot be opened or read as a slide."""


class ModelError(DragonflyError):
    """The checkpoint cannot be found, loaded or run."""


class QuestionError(DragonflyError):
    """The question or its region cannot be answered as asked."""
