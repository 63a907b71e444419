"""From an answered question to one DICOM object; nothing here writes a row."""
