"""Make an account and print its secret once; run again, it changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from webapp.accounts.models import User
from webapp.accounts.services import create_account


class Command(BaseCommand):
    """`create_user NAME --role editor`."""

    help = "Make an account and print its password (or, for a machine, its token) once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", choices=User.Role.values, default="editor")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        name, role = options["username"], options["role"]
        secret = create_account(name, role, options["email"])
        kind = "token" if role == User.Role.INTEGRATION else "password"
        self.stdout.write(
            f"{name}: {kind} {secret}" if secret else f"{name}: exists, left as it is"
        )
