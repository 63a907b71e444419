"""DICOM objects go to other archives: by STOW-RS or by C-STORE, each object once."""
