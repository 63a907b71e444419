"""DICOM's own network protocol: receiving objects, and asking other archives for them.

A process of its own, `python -m webapp.dimse`; the web server knows nothing of it.
"""
