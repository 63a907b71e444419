"""The number format in which the model runs on a device."""

import torch


def default_dtype(device: torch.device | str) -> torch.dtype:
    """bfloat16 where the hardware multiplies it natively, else float32.

    CPUs without AMX or AVX512-BF16 emulate bfloat16 and are slower with it.
    """
    if torch.device(device).type == "cuda":
        return torch.bfloat16
    return torch.bfloat16 if _cpu_multiplies_bfloat16() else torch.float32


def _cpu_multiplies_bfloat16() -> bool:
    # Private in torch, and absent from some builds.
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, name, lambda: False)() for name in probes)
