"""What a model's makers write of it, as it lies beside the weights."""

from pathlib import Path

NAMES = ("MODEL_CARD.md", "README.md")
MOST_BYTES = 64 * 1024


def read_card(folder: Path) -> str:
    """The text of the first card that is there, cut at 64 KiB; empty without one."""
    for name in NAMES:
        file = folder / name
        if file.is_file():
            with file.open("rb") as opened:
                return opened.read(MOST_BYTES).decode(errors="replace").strip()
    return ""
