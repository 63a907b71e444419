"""`copy_of`: the DICOM series that was written of a slide."""

from __future__ import annotations

from pydicom.uid import VLWholeSlideMicroscopyImageStorage

from webapp.dicomweb.models import Series
from webapp.slides.models import Slide
from webapp.twins.models import Twin


def copy_of(slide: Slide) -> Series | None:
    """The series of its twin, whose level-0 pixels are those of the slide.

    None if there is no twin, it is not ready, or it was deleted.
    """
    twin = Twin.objects.filter(slide=slide, state=Twin.State.READY).first()
    if twin is None:
        return None
    levels = twin.instances.filter(sop_class=VLWholeSlideMicroscopyImageStorage)
    first = levels.select_related("series__study__owner").first()
    return None if first is None else first.series
