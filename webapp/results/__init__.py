"""Results: what was answered, as DICOM objects in the study that it is about."""
