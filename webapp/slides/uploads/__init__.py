"""Bytes on their way in: resumable uploads (tus), plain ones, folders and archives."""
