"""Which files make up a slide that consists of more than one."""

from pathlib import Path

from dragonfly.errors import SlideError
from dragonfly.slide.source_path import files_below, refuse_outside_link


def slide_files(path: Path) -> tuple[Path, ...]:
    """The slide's own file and those that it needs beside it.

    Raises:
        SlideError: `FORMAT_COMPANION_MISSING`, one of them is absent;
            `PATH_OUTSIDE`, one of them is a link to somewhere else.
    """
    suffix = path.suffix.lower()
    if suffix == ".mrxs":
        return (path, *_mirax_files(path))
    if suffix == ".vms":
        return (path, *_hamamatsu_files(path))
    return (path,)


def _mirax_files(path: Path) -> tuple[Path, ...]:
    folder = path.with_suffix("")
    if not folder.is_dir() or not (folder / "Slidedat.ini").is_file():
        raise _missing(path, f"the folder {folder.name!r} with Slidedat.ini")
    refuse_outside_link(folder)
    return files_below(folder)


def _hamamatsu_files(path: Path) -> tuple[Path, ...]:
    names = {
        value.strip()
        for line in path.read_text("utf-8", errors="replace").splitlines()
        for key, _, value in [line.partition("=")]
        if key.startswith(("ImageFile", "MapFile", "OptimisationFile", "MacroImage"))
    }
    files = tuple(path.parent / name for name in sorted(names) if _is_plain(name))
    for file in files:
        refuse_outside_link(file)
        if not file.is_file():
            raise _missing(path, f"the file {file.name!r}")
    return files


def _is_plain(name: str) -> bool:
    return bool(name) and "/" not in name and "\\" not in name and name != ".."


def _missing(path: Path, what: str) -> SlideError:
    return SlideError(
        "FORMAT_COMPANION_MISSING",
        f"{path.name!r} needs {what} beside it. Add everything that the scanner wrote, "
        "as a folder or zip file.",
    )
