"""Keeping the warnings of decoders away from the program's output.

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

for _name in ("tifffile", "pydicom", "PIL"):
    logging.getLogger(_name).addHandler(logging.NullHandler())


@contextmanager
def quiet() -> Iterator[None]:
    """Within it, no warning is shown; one thread at a time."""
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
