"""Trading volume as a quantity whose abnormal part can be measured like a return's."""

from __future__ import annotations

import numpy as np
import pandas as pd

FLOOR = 0.000255  # keeps a day without trading finite


def log_volume(volume: pd.DataFrame, shares: pd.DataFrame | pd.Series | None = None) -> pd.DataFrame:
    """log(100 volume/shares + 0.000255), or log volume without shares, date × security.

    Pass it as `returns` with model="mean_adjusted" and kind="log_volume". Volume is serially correlated: a window is
    judged by its rank among the firm's own windows (`firm_sq`, date permutation), not by a t. A day without volume is
    missing where it has no logarithm.
    """
    if shares is not None:
        turnover = 100 * (volume / shares) + FLOOR
        return turnover.apply(np.log)
    return volume.where(volume > 0).apply(np.log)
