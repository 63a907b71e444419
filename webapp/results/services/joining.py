"""`join`: the study that the results of a slide belong to, a copy of it if need be."""

from __future__ import annotations

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.dicomweb.models import Series
from webapp.results.making.source import Source, source_of
from webapp.slides.models import Slide
from webapp.twins.models import Twin
from webapp.twins.services import ask_twin, copy_of


def join(slide: Slide, actor: User | None) -> Source:
    """The study; of a slide that did not come as DICOM, the one of its DICOM copy.

    A copy that is not there yet is begun if `actor` owns the slide or administers.

    Raises:
        DragonflyError: RESULT_WAITS, the copy is being written; TWIN_NEEDS_SCALE,
            SLIDE_NOT_READY, there can be none; or as `source_of`.
    """
    is_there = Series.objects.filter(slide=slide).exists() or copy_of(slide)
    if not is_there and actor is not None and _may_copy(actor, slide):
        _begin(slide, actor)
    return source_of(slide)


def _may_copy(actor: User, slide: Slide) -> bool:
    is_own = actor.can_upload and slide.owner_id == actor.pk
    return actor.is_administrator or is_own


def _begin(slide: Slide, actor: User) -> None:
    failed = Twin.objects.filter(slide=slide, state=Twin.State.FAILED).first()
    if failed is not None:
        raise DragonflyError(
            "RESULT_NEEDS_DICOM",
            "A result joins the DICOM copy of this slide, and that could not be "
            f"written. {failed.failure_message} Have the copy written again first.",
        )
    twin = ask_twin(slide, actor)
    if twin.state == Twin.State.READY:
        return
    share = f" ({100 * twin.done // twin.total} %)" if twin.total else ""
    raise DragonflyError(
        "RESULT_WAITS",
        "The result joins a DICOM copy of this slide, which is being written now"
        f"{share}. Ask again when that is done.",
    )
