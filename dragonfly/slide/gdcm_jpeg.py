"""12-bit lossy JPEG frames (JPEG Extended, process 2 and 4), decoded by GDCM.

pydicom does not hand these to GDCM and Pillow cannot read them, yet older CR and
fluoroscopy archives are full of them.
"""

import gdcm
import numpy as np
from numpy.typing import NDArray

from dragonfly.geometry import Size

gdcm.Trace.WarningOff()
gdcm.Trace.ErrorOff()


def decode_12_bit(data: bytes, size: Size, bits: int) -> NDArray[np.uint16]:
    """(h, w) values of one grey frame.

    Raises:
        ValueError: GDCM gives back something else than that many pixels.
    """
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(data)
    sequence = gdcm.SequenceOfFragments.New()
    sequence.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(sequence.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((size.width, size.height, 1))
    image.SetPhotometricInterpretation(
        gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.MONOCHROME2)
    )
    image.SetTransferSyntax(
        gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGExtendedProcess2_4)
    )
    image.SetPixelFormat(gdcm.PixelFormat(1, 16, bits, bits - 1, 0))
    image.SetDataElement(element)
    # GDCM's Python binding returns bytes disguised as text.
    raw = image.GetBuffer().encode("utf-8", "surrogateescape")
    values = np.frombuffer(raw, np.uint16)
    return values.reshape(size.height, size.width)
