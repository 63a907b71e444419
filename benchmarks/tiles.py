"""Tiles over HTTP: this web process against the usual Django slide server.

    .venv/bin/python -m benchmarks.tiles [--seconds 3] [--rounds 3] [--slide SLIDE.svs]
    .venv/bin/python -m benchmarks.tiles --jpeg2000 [--ycbcr] [--kept]

Usual is `benchmarks.usual_tiles` behind gunicorn with two sync workers; ours is
`webapp.asgi` behind uvicorn with two workers. Both serve the same slide, an Aperio-like
pyramid of levels 1, 4 and 16, in turn within each round. Goals: 40 times the usual
where the grid is the file's own, 4 times where it is not, no error under 64
connections, and memory that does not grow.

With `--jpeg2000` the slide is stored in JPEG 2000, which no browser shows, so that each
tile has to be made, and with `--ycbcr` its colours are stored as YCbCr. With `--kept`
the site keeps what it made, as it does outside of benchmarks, and only the first to ask
for a tile waits for it.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from django.conf import settings
from openslide import OpenSlide
from openslide.deepzoom import DeepZoomGenerator

from benchmarks.web_load import Load, Server, running
from dragonfly.slide import Slide, open_slide
from tests.jpeg2000_slide import write_jpeg2000_slide
from tests.slides import Picture, tissue_picture, write_pyramid

KEY = "of the benchmark"
CONNECTIONS = 64
PYTHON = sys.executable
OURS = [PYTHON, "-m", "uvicorn", "webapp.asgi:application", "--port", "{port}"]
OURS += ["--workers", "2", "--no-access-log", "--log-level", "warning"]
OURS += ["--http", "webapp.http_protocol:HttpProtocol"]
OURS += ["--no-proxy-headers", "--no-server-header"]
USUAL = [PYTHON, "-m", "gunicorn", "benchmarks.usual_tiles:application"]
USUAL += ["--workers", "2", "--bind", "127.0.0.1:{port}", "--log-level", "warning"]


@dataclass(frozen=True)
class Case:
    """The same part of a slide, as each of the two servers names it."""

    name: str
    goal: float
    ours: list[str]
    usual: list[str]


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        data = Path(folder)
        anew = partial(write_in_jpeg2000, ycbcr=options.ycbcr)
        write = anew if options.jpeg2000 else write_slide
        slide_id, path = place_slide(data, options.slide, write)
        cookie, address = grant(data, slide_id, path)
        ours = servers.enter_context(running(ours_command(data, OURS, options.kept)))
        usual = servers.enter_context(running(["env", f"USUAL_SLIDE={path}", *USUAL]))
        with open_slide(path) as slide:
            cases = [*_cases(slide, path, address)]
        print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
        for case in cases:
            _compare(case, ours, usual, cookie, options)
        _hold(cases, ours, cookie, options)


def ours_command(data: Path, server: list[str], keeps: bool = False) -> list[str]:
    """A server of the whole web application over this data folder."""
    where = [f"DRAGONFLY_DATA={data}", f"SECRET_KEY={KEY}", "LOG_LEVEL=WARNING"]
    if not keeps:
        # Each tile is made anew, however often it is asked for again.
        where.append("TILE_MADE_BYTES=0")
    return ["env", *where, *server]


def place_slide(
    data: Path, source: Path | None, write: Callable[[Path], None] | None = None
) -> tuple[uuid.UUID, Path]:
    """A slide where the web application keeps its slides."""
    slide_id = uuid.uuid4()
    path = data / "slides" / str(slide_id) / "original" / "slide.svs"
    path.parent.mkdir(parents=True)
    if source is not None:
        shutil.copyfile(source, path)
    else:
        (write or write_slide)(path)
    return slide_id, path


def write_slide(path: Path) -> None:
    """1,024 tiles of tissue, about as large as a scanner writes them."""
    picture = tissue()
    shape: dict[str, Any] = {"downsamples": (1, 4, 16), "tile": 256}
    stored: dict[str, Any] = {"quality": 80, "subsampling": "422"}
    write_pyramid(path, picture, shared_tables=True, **shape, **stored)


def write_in_jpeg2000(path: Path, ycbcr: bool = False) -> None:
    """The same tissue, in JPEG 2000."""
    write_jpeg2000_slide(path, tissue(), ycbcr=ycbcr)


def tissue() -> Picture:
    """8192 x 8192 pixels without glass."""
    stained = tissue_picture(2048, 2048)[512:1536, 512:1280]
    return np.tile(stained, (8, 11, 1))[:8192, :8192]


def grant(data: Path, slide_id: uuid.UUID, path: Path) -> tuple[str, str]:
    """The cookie and the address that Django would give for this slide."""
    settings.configure(SECRET_KEY=KEY, SLIDE_FOLDER=data / "slides")
    from webapp.slides.tiles.grant import Grant, digest_key
    from webapp.slides.tiles.listing import publish

    entry = str(path.relative_to(data / "slides"))
    record: Any = SimpleNamespace(
        id=slide_id, entry=entry, digest="benchmark", frame_count=1
    )
    publish(record)
    given = Grant(1, slide_id, digest_key("benchmark"))
    return f"tile_lease={given.lease(int(time.time()) + 86400)}", given.address


def _cases(slide: Slide, path: Path, address: str) -> Iterator[Case]:
    """The finest step that the file stores as asked for, and the finest it does not."""
    last = slide.grid.last_z
    with OpenSlide(path) as naive:
        zoom = DeepZoomGenerator(naive, 254, 1)
    for stored, goal in ((True, 40), (False, 4)):
        steps = [z for z in range(last + 1) if slide.stores_tiles(z) is stored]
        if not steps:
            continue
        z = max(steps)
        level = zoom.level_count - 1 - (last - z)
        counts = slide.grid.counts(z)
        whole = (counts.width, counts.height)
        yield Case(
            f"{'stored' if stored else 'not stored'} (1:{slide.grid.downsample(z)})",
            goal,
            _names(whole, f"/tiles/{address}/{z}/", ".jpg"),
            _names(zoom.level_tiles[level], f"/{level}/", ".jpeg"),
        )


def _names(counts: tuple[int, int], before: str, after: str) -> list[str]:
    """Up to 4,000 tiles, without those at an edge."""
    across, down = counts
    names = [
        f"{before}{x}_{y}{after}" for x in range(across - 1) for y in range(down - 1)
    ]
    random.Random(1).shuffle(names)
    return names[:4000]


def _compare(
    case: Case, ours: Server, usual: Server, cookie: str, options: argparse.Namespace
) -> None:
    loads: dict[str, list[Load]] = {"ours": [], "usual": []}
    for round_ in range(options.rounds + 1):
        one = ours.ask(case.ours, cookie, CONNECTIONS, options.seconds)
        other = usual.ask(case.usual, cookie, CONNECTIONS, options.seconds)
        if round_:
            loads["ours"].append(one)
            loads["usual"].append(other)
    pairs = [*zip(loads["ours"], loads["usual"], strict=True)]
    ratio = statistics.median(o.per_second / u.per_second for o, u in pairs)
    thrift = statistics.median(u.cpu_us / o.cpu_us for o, u in pairs)
    print(case.name)
    for name, all_ in loads.items():
        print(f"  {name:5} {describe(all_)}")
    print(
        f"  ratio {ratio:.1f}x (goal {case.goal:g}x); by processor time {thrift:.1f}x"
    )


def describe(loads: list[Load]) -> str:
    """Medians over the rounds, on one line."""

    def median(name: str) -> float:
        return float(statistics.median(getattr(load, name) for load in loads))

    return (
        f"{median('per_second'):8.0f}/s  p50 {median('p50_ms'):.2f} ms  "
        f"p99 {median('p99_ms'):.2f} ms  {median('cpu_us'):.0f} us of processor each  "
        f"{sum(load.failed for load in loads)} failed"
    )


def _hold(
    cases: list[Case], ours: Server, cookie: str, options: argparse.Namespace
) -> None:
    """All of it for a while: no error, and no growth."""
    every = [path for case in cases for path in case.ours]
    ours.ask(every, cookie, CONNECTIONS, options.seconds)
    before = ours.rss_bytes
    load = ours.ask(every, cookie, CONNECTIONS, 3 * options.seconds)
    grown = (ours.rss_bytes - before) / 2**20
    print(f"all of these for longer\n  ours {describe([load])}")
    print(f"  memory {before / 2**20:.0f} MiB, {grown:+.1f} MiB afterwards")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slide", type=Path)
    parser.add_argument("--jpeg2000", action="store_true")
    parser.add_argument("--ycbcr", action="store_true")
    parser.add_argument("--kept", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
