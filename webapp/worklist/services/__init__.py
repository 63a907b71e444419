"""What changes a workitem; nothing else writes its rows.

Refusals are those of PS3.18 section 11, by the states of PS3.4 section CC.1.1.
"""

from webapp.worklist.services.cancelling import request_cancellation
from webapp.worklist.services.creating import create_workitem
from webapp.worklist.services.performing import begin, follow, move_on
from webapp.worklist.services.states import change_state
from webapp.worklist.services.updating import update_workitem

__all__ = [
    "begin",
    "change_state",
    "create_workitem",
    "follow",
    "move_on",
    "request_cancellation",
    "update_workitem",
]
