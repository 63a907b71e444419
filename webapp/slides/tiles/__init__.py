"""Tiles of slides, at the speed of the file.

`application.py` answers beside Django, in the same process, without session and
database: what it may show stands in the signed grant of the request, and what there is
to show in a small file in the slide's folder.
"""
