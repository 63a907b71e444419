"""What makes result objects; nothing else writes their rows."""

from webapp.results.services.automatic import report_missed, report_on
from webapp.results.services.making import make_result

__all__ = ["make_result", "report_missed", "report_on"]
