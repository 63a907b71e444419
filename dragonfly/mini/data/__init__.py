"""What Dragonfly-mini learns from: open question sets and synthetic slides, as rows.

Knows the sets, their licences and what must not be seen; trains nothing.
"""

from dragonfly.mini.data.errors import DataError
from dragonfly.mini.data.mixture import Written, write_mixture
from dragonfly.mini.data.origin import ORIGINS, Origin
from dragonfly.mini.data.plan import SHARES, Plan
from dragonfly.mini.data.summary import Summary
from dragonfly.mini.data.unknown import REFUSALS, is_refusal

__all__ = [
    "ORIGINS",
    "REFUSALS",
    "SHARES",
    "DataError",
    "Origin",
    "Plan",
    "Summary",
    "Written",
    "is_refusal",
    "write_mixture",
]
