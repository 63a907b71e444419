"""Libraries that other people wrote read the slide over DICOMweb."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from tests.clients.colours import exchanging_profile
from tests.clients.conftest import Archive
from tests.clients.filling import PAINT, REGIONS
from tests.clients.setting_up import HERE, NODE, PYTHON, ROOT

LEVELS = [[640, 512], [320, 256], [160, 128]]
PATIENCE_S = 120


def told(archive: Archive, *command: str) -> Any:
    """What the program says of the first region, a little within its edges."""
    x, y, width, height = REGIONS[0]
    asked = {name: getattr(archive, name) for name in ("url", "study", "series")}
    asked |= {"token": archive.token, "region": (x + 8, y + 8, width - 16, height - 16)}
    done = subprocess.run(
        command,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def read_by(archive: Archive, program: str) -> Any:
    path = f"PYTHONPATH={PYTHON}:{ROOT}"
    module = f"tests.clients.programs.{program}_reads"
    return told(archive, "env", path, sys.executable, "-m", module)


@pytest.mark.needs("python")
@pytest.mark.parametrize("program", ["large_image", "ez_wsi"])
def test_the_region_is_read_as_it_is_stored(archive: Archive, program: str) -> None:
    found = read_by(archive, program)
    assert found["levels"] == LEVELS[: len(found["levels"])]
    assert found["shape"] == [REGIONS[0][3] - 16, REGIONS[0][2] - 16, 3]
    assert np.allclose(found["colour"], PAINT, atol=4)


@pytest.mark.needs("python")
def test_dicomslide_reads_it_in_the_colours_of_its_profile(archive: Archive) -> None:
    found = read_by(archive, "dicomslide")
    assert found["levels"] == LEVELS
    red, _, blue = found["colour"]
    assert (red < PAINT[0] - 50, blue > PAINT[2] + 50) == (True, True)


@pytest.mark.needs("node")
def test_the_client_for_node_searches_reads_and_stores(archive: Archive) -> None:
    node = [sys.executable, "-m", "webapp.launcher.node", "node"]
    script = str(HERE / "node" / "read.cjs")
    found = told(archive, "env", f"CLIENTS={NODE}", *node, script)
    assert (found["studies"], found["instances"], len(found["frames"])) == (1, 3, 2)
    assert found["profile"] == len(exchanging_profile())
    assert found["whole"] > found["profile"] + sum(found["frames"])
