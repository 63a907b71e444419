"""A secondary capture: the slide with its regions, for archives that show no report."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from webapp.results.making.plain import plain_object, reference_to
from webapp.results.making.poster import draw_poster
from webapp.results.making.said import Said, finish


def make_capture(said: Said) -> Dataset:
    """The Secondary Capture Image IOD (PS3.3 section A.8.1), RGB, uncompressed.

    Raises:
        DragonflyError: RESULT_NOT_POSSIBLE, the slide has no overview.
    """
    pixels = np.asarray(draw_poster(said))
    made = plain_object(said, SecondaryCaptureImageStorage, "OT")
    made.ImageType = ["DERIVED", "SECONDARY", "OTHER"]
    # Type 2C: a glass slide does not say of which side the tissue is.
    made.PatientOrientation = made.Laterality = ""
    made.DateOfSecondaryCapture = f"{said.at:%Y%m%d}"
    made.TimeOfSecondaryCapture = f"{said.at:%H%M%S}"
    # What people asked and wrote is drawn into it, and that may name anybody.
    made.BurnedInAnnotation = "YES"
    made.DerivationDescription = "Overview with numbered regions and the answer"
    made.SourceImageSequence = [reference_to(said.source.finest)]
    made.Rows, made.Columns = pixels.shape[:2]
    made.SamplesPerPixel, made.PlanarConfiguration = 3, 0
    made.PhotometricInterpretation = "RGB"
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.PixelRepresentation = 7, 0
    made.LossyImageCompression = "01"
    raw = pixels.tobytes()
    made.PixelData = raw + b"\0" * (len(raw) % 2)
    return finish(made, said)
