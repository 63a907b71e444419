"""DICOM twins: uploaded slides as whole-slide series, for archives and viewers."""
