"""What changes a twin; nothing else writes its row."""

from webapp.twins.services.asking import ask_twin, look_after, remove_of_gone_slides
from webapp.twins.services.finding import copy_of
from webapp.twins.services.making import make_twin

__all__ = ["ask_twin", "copy_of", "look_after", "make_twin", "remove_of_gone_slides"]
