"""What the processor at hand does well."""

from __future__ import annotations

import os

import torch


def fast_bfloat16() -> bool:
    """Whether matrix products in bfloat16 are native (AVX512-BF16, AMX); elsewhere they are slower than float32."""
    flags = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return bool(flags.get("avx512_bf16") or flags.get("amx_bf16"))


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
