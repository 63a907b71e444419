"""How often a process that dies is started again: a few times, then no more."""

from __future__ import annotations

from collections import defaultdict, deque

from dragonfly.errors import DragonflyError

MOST = 3
WITHIN_S = 600.0


class Restarts:
    """Counts the deaths of each process within the last minutes."""

    def __init__(self, most: int = MOST, within_s: float = WITHIN_S) -> None:
        self._most = most
        self._within_s = within_s
        self._deaths: dict[str, deque[float]] = defaultdict(deque)

    def delay_s(self, name: str, reason: str, now: float) -> float:
        """Seconds to wait before the next start; each is twice the last.

        Raises:
            DragonflyError: `PROCESS_DIED`; it died too often.
        """
        deaths = self._deaths[name]
        deaths.append(now)
        while deaths[0] < now - self._within_s:
            deaths.popleft()
        if len(deaths) > self._most:
            raise DragonflyError(
                "PROCESS_DIED",
                f"{name} ended {len(deaths)} times within {self._within_s / 60:.0f} "
                f"minutes, the last time with {reason}.",
            )
        return float(2 ** (len(deaths) - 1))
