"""What changes reviews, examples and data sets; nothing else writes their rows."""

from webapp.reviews.services.deciding import accept_review, reject_review
from webapp.reviews.services.freezing import freeze_data_set
from webapp.reviews.services.importing import import_examples, preview_import
from webapp.reviews.services.reviewing import review_answer
from webapp.reviews.services.using import set_slide_use

__all__ = [
    "accept_review",
    "freeze_data_set",
    "import_examples",
    "preview_import",
    "reject_review",
    "review_answer",
    "set_slide_use",
]
