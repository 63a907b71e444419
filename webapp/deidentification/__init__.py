"""De-identified copies of DICOM objects; what is read from where is decided above."""
