"""The defaults of settings, whatever this process was started with."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from pathlib import Path

import webapp

SETTINGS = Path(webapp.__file__).with_name("settings.py")
_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Mult: operator.mul,
    ast.Pow: operator.pow,
}


def read_defaults() -> dict[str, int | str]:
    """Numbers and texts that settings.py reads from the environment, by name.

    Raises:
        ValueError: a default is written in a way that is not known here.
    """
    tree = ast.parse(SETTINGS.read_text(encoding="utf-8"))
    calls = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
    )
    return {
        str(ast.literal_eval(call.args[0])): _value(call.args[1])
        for call in calls
        if isinstance(call.func, ast.Name)
        and (call.func.id == "env_int" or call.func.id == "env_text")
        and len(call.args) == 2
        and _is_known(call.args[1])
    }


def _is_known(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.BinOp)


def _value(node: ast.expr) -> int | str:
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left), _value(node.right)
        if isinstance(left, int) and isinstance(right, int):
            return _OPERATORS[type(node.op)](left, right)
    value = ast.literal_eval(node)
    if not isinstance(value, int | str):
        raise ValueError(ast.unparse(node))
    return value


def said_bytes(count: int) -> str:
    """2147483648 as "2 GiB"; only whole numbers of a unit are shortened."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count % size == 0:
            return f"{count // size} {unit}"
    return f"{count} bytes"
