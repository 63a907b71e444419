"""The projector learns the names of what a picture holds, in closed form."""

from dragonfly.mini.naming.named_adapter import write_named_adapter

__all__ = ["write_named_adapter"]
