from pathlib import Path

import pytest

from dragonfly.mini.synthetic import SlideRecipe, write_slide
from dragonfly.mini.synthetic.renderer import Renderer

SMALL = SlideRecipe(
    seed=5,
    side_px=3072,
    targets=("mitoses",),
    fragments=1,
    pen="blue",
    fold=True,
)


@pytest.fixture(scope="session")
def small_slide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A written synthetic slide; read it only."""
    return write_slide(SMALL, tmp_path_factory.mktemp("synthetic"))


@pytest.fixture(scope="session")
def small_renderer() -> Renderer:
    return Renderer(SMALL)
