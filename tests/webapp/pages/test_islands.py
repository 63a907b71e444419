"""Pages name the built front end's files, and do without where it is not built."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.template import Context, Template
from django_vite.core.asset_loader import DjangoViteAssetLoader
from pytest_django.fixtures import Settings

PAGE = '{% load islands %}{% island "src/worklist.ts" %}'
BUILT = {
    "src/worklist.ts": {
        "file": "assets/worklist-B2xQ9f_k.js",
        "src": "src/worklist.ts",
        "isEntry": True,
        "css": ["assets/worklist-C3yR0g-l.css"],
    }
}


@pytest.fixture
def manifest(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    path = tmp_path / "manifest.json"
    settings.DJANGO_VITE = {"default": {"manifest_path": path}}
    monkeypatch.setattr(DjangoViteAssetLoader, "_instance", None)
    return path


def test_the_built_files_are_named(manifest: Path) -> None:
    manifest.write_text(json.dumps(BUILT))
    page = Template(PAGE).render(Context())
    assert 'src="/static/assets/worklist-B2xQ9f_k.js"' in page
    assert 'href="/static/assets/worklist-C3yR0g-l.css"' in page


def test_without_a_build_there_is_nothing(manifest: Path) -> None:
    assert Template(PAGE).render(Context()) == ""
