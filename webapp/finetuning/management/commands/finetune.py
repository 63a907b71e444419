"""Fine-tune jobs from the command line."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.finetuning import services
from webapp.finetuning.models import FineTuneJob
from webapp.reviews.models import DataSetVersion
from webapp.training.models import ModelVersion

VERBS = {
    "pause": services.pause_job,
    "resume": services.resume_job,
    "cancel": services.cancel_job,
}


class Command(BaseCommand):
    """`finetune create --user root --data-set DIGEST --set epochs=1`."""

    help = "Ask for a fine-tune job, list them, or pause, resume or cancel one."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for name in ("create", "estimate"):
            asked = actions.add_parser(name)
            asked.add_argument("--user", required=True, help="an administrator")
            asked.add_argument("--data-set", required=True, help="start of its digest")
            asked.add_argument(
                "--preset", choices=FineTuneJob.Preset.values, default="lora_small"
            )
            asked.add_argument("--base", default="", help="start of a digest")
            asked.add_argument("--title", default="")
            asked.add_argument("--priority", type=int, default=0)
            asked.add_argument("--only-at-night", action="store_true")
            asked.add_argument(
                "--set", action="append", default=[], metavar="NAME=VALUE"
            )
        actions.add_parser("list")
        for name in VERBS:
            steered = actions.add_parser(name)
            steered.add_argument("job")
            steered.add_argument("--user", required=True, help="an administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        action = options["action"]
        try:
            if action == "list":
                self.show_all()
            elif action in VERBS:
                job = FineTuneJob.objects.get(pk=options["job"])
                VERBS[action](job, administrator(options["user"]))
            elif action == "estimate":
                self.say(services.checked(wanted(options)).estimate)
            else:
                actor = administrator(options["user"])
                self.stdout.write(str(services.ask_for_job(wanted(options), actor).pk))
        except DragonflyError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        except FineTuneJob.DoesNotExist as error:
            raise CommandError("There is no such job.") from error

    def say(self, fields: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(fields, indent=2))

    def show_all(self) -> None:
        for job in FineTuneJob.objects.all():
            progress = f"{job.step}/{job.total}"
            self.stdout.write(f"{job.pk}  {job.state:<10} {progress:>12}  {job.title}")


def administrator(name: str) -> User:
    """Who acts."""
    user = User.objects.filter(username=name, role=User.Role.ADMIN).first()
    if user is None:
        raise CommandError(f"{name} is no administrator.")
    return user


def wanted(options: dict[str, Any]) -> services.Wanted:
    """The job that the arguments describe."""
    base = options["base"]
    return services.Wanted(
        data_set=one(DataSetVersion, options["data_set"]),
        preset=options["preset"],
        base=one(ModelVersion, base) if base else None,
        title=options["title"],
        fields=dict(figure(text) for text in options["set"]),
        priority=options["priority"],
        only_at_night=options["only_at_night"],
    )


def one(kind: Any, start: str) -> Any:
    """The one record whose digest starts so."""
    found = list(kind.objects.filter(digest__startswith=start)[:2])
    if len(found) != 1:
        raise CommandError(f"No digest, or more than one, starts with {start!r}.")
    return found[0]


def figure(text: str) -> tuple[str, Any]:
    """NAME=VALUE."""
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
