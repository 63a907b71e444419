"""docs/conformance.md, the DICOM conformance statement: what the code says of itself.

`python -m webapp.conformance` writes it. It offers nothing to the site.
"""
