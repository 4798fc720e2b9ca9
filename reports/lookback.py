"""The periods before each period of a series, as a window that slides along it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def earlier(values: FloatArray, width: int, back: int) -> FloatArray:
    """For each period the ``width`` values that end ``back`` periods before it; zeros stand where there are none.

    ``back`` 0 ends with the period itself. ``values`` has shape ``(periods, …)``, the result ``(periods, …, width)``.
    """
    padded = np.concatenate([np.zeros((width + back, *values.shape[1:])), values])
    return np.lib.stride_tricks.sliding_window_view(padded, width, axis=0)[1 : len(values) + 1]
