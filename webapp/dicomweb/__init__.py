"""DICOMweb (PS3.18): what other systems store, search and retrieve by DICOM's own UIDs.

Slides and questions know nothing of it; a series becomes a slide through their doors.
"""
