"""`dragonfly mini data` from the terminal."""

import argparse
import io
from pathlib import Path

import pytest
from rich.console import Console

from dragonfly.mini.command import add_data_arguments
from dragonfly.mini.data import DataError
from dragonfly.mini.data.command import parse_shares, run


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_data_arguments(parser)
    return parser.parse_args(arguments)


def test_it_writes_the_mixture_and_says_where(vqa_folder: Path, tmp_path: Path) -> None:
    out, told = tmp_path / "out", io.StringIO()
    args = parsed("--vqa", str(vqa_folder), "--out", str(out), "--slides", "0")
    assert run(args, Console(file=told, width=300)) == 0
    assert str(out / "mixture.yaml") in told.getvalue()
    assert (out / "DATA_CARD.md").is_file()


def test_shares_are_read_from_the_command_line() -> None:
    assert parse_shares(["bccd=0.5", "vqa-rad=2"]) == {"bccd": 0.5, "vqa-rad": 2.0}


def test_a_share_without_a_number_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        parse_shares(["bccd"])
    assert caught.value.code == "SHARE_UNREADABLE"
