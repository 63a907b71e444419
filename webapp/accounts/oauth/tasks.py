"""OAuth on the web queue: tidying."""

from __future__ import annotations

from celery.schedules import crontab

from webapp.accounts.oauth.tokens import forget_old_tokens
from webapp.celery import app


@app.task(name="webapp.accounts.oauth.tidy")  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Delete rows that nobody can use again."""
    forget_old_tokens()


app.add_periodic_task(
    crontab(hour=3, minute=41), tidy.s(), name="webapp.accounts.oauth.tidy"
)
