"""A slide's levels as DICOM files; no database, and a process of its own."""
