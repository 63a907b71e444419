"""Scoring a file must neither wait for nor need the model's libraries."""

import subprocess
import sys


def test_the_command_loads_no_model_or_web_library() -> None:
    heavy = (
        "torch transformers sklearn nltk rouge_score sacrebleu pyarrow django celery"
    )
    code = (
        "import sys, dragonfly.evaluation.command;"
        f"print([m for m in {heavy.split()!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
