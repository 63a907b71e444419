"""The web application: it keeps the record, and never loads the model."""
