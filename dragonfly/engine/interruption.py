"""Leaving a computation in its middle: a check before each layer of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def interruptible(model: nn.Module, check: Callable[[], None]) -> Iterator[None]:
    """Call `check` before each layer runs; what it raises leaves the computation.

    Between two events an engine may compute for seconds on a slow device: many crops,
    or all of a prompt. A layer is a small part of that, and asking costs nothing beside
    it. No value changes.
    """

    def ask(layer: nn.Module, inputs: object) -> None:
        check()

    hooks = [layer.register_forward_pre_hook(ask) for layer in layers_of(model)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def layers_of(model: nn.Module) -> Iterator[nn.Module]:
    """The layers of each stack: of the vision tower and of the language model."""
    for module in model.modules():
        if isinstance(module, nn.ModuleList):
            yield from module
