"""Commands about people: `python -m webapp.manage create_user`."""
