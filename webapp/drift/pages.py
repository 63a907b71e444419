"""The page on which an administrator sees whether versions still answer as they did."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from webapp.drift.api import thresholds
from webapp.drift.table import WEEKS, table_of
from webapp.drift.weekly import FIGURES
from webapp.training.pages import administrator


@login_required
def drift(request: HttpRequest) -> HttpResponse:
    """The last weeks, with what has surely changed marked in words."""
    administrator(request)
    table = table_of(WEEKS)
    weeks = [
        {
            "row": row,
            "name": table.names[row.version],
            "cells": [(getattr(row, name), name in row.marked) for name in FIGURES],
        }
        for row in table.weeks
    ]
    distances = [(row, table.names[row.version]) for row in table.distances]
    page = {"weeks": weeks, "distances": distances, "count": WEEKS} | thresholds()
    return render(request, "drift/drift.html", page)
