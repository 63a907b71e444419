"""Keeping the warnings of decoders away from the program's output and logs.

They quote values of the file, which may be a patient's, and they tell a user nothing.
What matters becomes a coded error or note instead.
"""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# Python's list of warning filters belongs to the whole process, so two threads must
# not swap it at the same time.
_lock = threading.RLock()

_loggers = tuple(logging.getLogger(name) for name in ("tifffile", "pydicom", "PIL"))
for _logger in _loggers:
    _logger.addHandler(logging.NullHandler())


@contextmanager
def quiet() -> Iterator[None]:
    """Within it, no warning is shown or logged; one thread at a time."""
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = [logger.propagate for logger in _loggers]
        for logger in _loggers:
            logger.propagate = False
        try:
            yield
        finally:
            for logger, propagate in zip(_loggers, before, strict=True):
                logger.propagate = propagate
