"""A slide of 100,000 x 100,000 px is answered in less than 2 GB of memory."""

import json
import subprocess
import sys
from pathlib import Path

from tests.dragonfly.engine.conftest import PARITY
from tests.sparse_slide import write_gigapixel_slide

PROGRAM = """
import json, pathlib, sys
import torch
from dragonfly.engine import Answered, Decoding, Engine
from dragonfly.slide import open_slide

engine = Engine.load(sys.argv[1], "cpu", torch.float32)
with open_slide(sys.argv[2]) as slide:
    size = slide.size
    few = Decoding(max_new_tokens=2)
    for event in engine.answer(slide, "What is this?", decoding=few):
        last = event
answer = last.answer
status = pathlib.Path("/proc/self/status").read_text().splitlines()
peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
print(json.dumps({
    "side": size.width,
    "crops": len(answer.provenance.crops),
    "strategy": answer.provenance.strategy,
    "finest": min(item.downsample for item in answer.evidence),
    "peak": peak,
}))
"""


def test_it_stays_under_two_gigabytes(tmp_path: Path) -> None:
    slide = tmp_path / "gigapixel.svs"
    write_gigapixel_slide(slide)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(PARITY / "v2"), str(slide)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["side"] == 100_000
    assert told["strategy"] == "descent"
    assert told["finest"] == 1
    assert told["peak"] < 2e9
