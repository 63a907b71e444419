"""Read a YAML file into frozen dataclasses, or say which field is wrong.

Paths are relative to the file that names them.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

from dragonfly.training.args import TrainArgs
from dragonfly.training.errors import TrainingError
from dragonfly.training.presets import preset_fields

T = TypeVar("T")
PRESET = "preset"


def read_train_args(file: Path, changes: Mapping[str, Any] | None = None) -> TrainArgs:
    """The run that a YAML file describes.

    Args:
        file: its `preset`, if any, gives what it does not say itself.
        changes: nested fields that replace those of the file.

    Raises:
        TrainingError: CONFIG_MISSING, CONFIG_INVALID, SOURCE_INVALID, PRESET_UNKNOWN.
    """
    given = merged(read_yaml(file), changes or {})
    preset = given.pop(PRESET, None)
    if preset is not None:
        given = merged(preset_fields(str(preset)), given)
    return build(TrainArgs, given, file.parent, file.name)


def read_yaml(file: Path) -> dict[str, Any]:
    """The mapping in a YAML file.

    Raises:
        TrainingError: CONFIG_MISSING or CONFIG_INVALID.
    """
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise TrainingError(
            "CONFIG_MISSING", f"There is no readable file {file}."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", near line {mark.line + 1}" if mark else ""
        raise TrainingError(
            "CONFIG_INVALID", f"{file.name} is not valid YAML{place}."
        ) from error
    if not isinstance(content, dict):
        raise TrainingError("CONFIG_INVALID", f"{file.name} holds no named fields.")
    return content


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Nested mappings joined; values of `over` win."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = merged(old, value) if both else value  # type: ignore[arg-type]
    return result


def build(kind: type[T], given: Any, folder: Path, where: str) -> T:
    """Make a dataclass of a mapping, field by field.

    Raises:
        TrainingError: CONFIG_INVALID, a field is unknown, absent or of another type.
    """
    if not isinstance(given, Mapping):
        raise _wrong(where, "named fields", given)
    hints = get_type_hints(kind)
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    for name in given:
        if name not in known:
            raise _unknown(str(name), list(known), where)
    for name, field in known.items():
        absent = field.default is MISSING and field.default_factory is MISSING
        if absent and name not in given:
            raise TrainingError("CONFIG_INVALID", f"{where}: “{name}” is missing.")
    values = {
        name: _value(hints[name], value, folder, f"{where}: {name}")
        for name, value in given.items()
    }
    return kind(**values)


def _unknown(name: str, known: list[str], where: str) -> TrainingError:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean “{near[0]}”?" if near else f" Known: {', '.join(known)}."
    return TrainingError(
        "CONFIG_INVALID", f"{where}: there is no field “{name}”.{hint}"
    )


def _wrong(where: str, wanted: str, given: Any) -> TrainingError:
    return TrainingError("CONFIG_INVALID", f"{where} must be {wanted}, not {given!r}.")


def _value(kind: Any, given: Any, folder: Path, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if given is None:
            return None
        return _value(get_args(kind)[0], given, folder, where)
    if origin is Literal:
        return _choice(kind, given, where)
    if origin is tuple:
        if not isinstance(given, list | tuple):
            raise _wrong(where, "a list", given)
        item = get_args(kind)[0]
        return tuple(
            _value(item, each, folder, f"{where}[{index}]")
            for index, each in enumerate(given)
        )
    if is_dataclass(kind):
        return build(kind, given, folder, where)  # type: ignore[arg-type]
    return _scalar(kind, given, folder, where)


def _choice(kind: Any, given: Any, where: str) -> Any:
    if given not in get_args(kind):
        raise _wrong(where, "one of " + ", ".join(get_args(kind)), given)
    return given


def _scalar(kind: Any, given: Any, folder: Path, where: str) -> Any:
    if kind is Path and isinstance(given, str | Path):
        return folder / Path(given).expanduser()
    if kind is float:
        return _number(given, where)
    if kind is int and isinstance(given, bool):
        raise _wrong(where, "a whole number", given)
    if not isinstance(given, kind):
        wanted = {int: "a whole number", bool: "true or false"}.get(kind, "text")
        raise _wrong(where, wanted, given)
    return given


def _number(given: Any, where: str) -> float:
    # YAML 1.1 reads 2e-5 as text because it has no point.
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise _wrong(where, "a number", given)
    try:
        return float(given)
    except ValueError as error:
        raise _wrong(where, "a number", given) from error
