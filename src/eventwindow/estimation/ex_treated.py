"""The benchmark without the treated stocks: what the market did apart from the firms that the event is about."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class WithoutTreated:
    """R*_mt = (R_mt - Σ w_i,t-1 R_it) / (1 - Σ w_i,t-1) on every session.

    weights: sessions × treated stocks, the weight at the close before the session; zero where a stock was not held.
    """

    returns: pd.Series  # of the benchmark without the treated, decimals per session
    benchmark: pd.Series  # of the benchmark itself
    weights: pd.DataFrame
    parts: pd.DataFrame  # sessions × treated stocks, w_i,t-1 R_it: what each stock gave to the benchmark's return

    def table(self, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
        """One row a session: the benchmark, itself without the treated, their weight, and the share they explain."""
        contribution = self.parts.sum(axis=1)
        whole = pd.DataFrame(
            {
                "benchmark_return": self.benchmark,
                "return_without_treated": self.returns,
                "treated_weight": self.weights.sum(axis=1),
                "treated_contribution": contribution,
                "share_explained": contribution / self.benchmark.where(self.benchmark != 0),
            }
        )
        return whole.loc[first:last].rename_axis("date").reset_index()


def without_treated(
    benchmark: pd.Series,
    returns: pd.DataFrame,
    closes: pd.DataFrame,
    index_level: pd.Series,
    weights: pd.Series,
    dated: pd.Timestamp,
) -> WithoutTreated:
    """Take the stocks of `returns` (sessions × stocks, simple) out of `benchmark` (simple returns by session).

    `weights` (by stock) are the index's own at the close of `dated`; on other days they drift with prices,
    w_i,t-1 = w_i,s (P_i,t-1 / P_i,s) / (I_t-1 / I_s), closes of the stocks against the level of the index. A stock
    without a price the day before, or without a return, counts as not held on that day.
    """
    stocks = [s for s in weights.index if s in returns.columns and s in closes.columns]
    levels = index_level.reindex(benchmark.index)
    prices = closes[stocks].reindex(benchmark.index)
    drift = (prices / prices.loc[dated]).div(levels / levels.loc[dated], axis=0)
    before = drift.mul(weights[stocks], axis=1).shift(1)
    held = before.where(returns[stocks].reindex(benchmark.index).notna()).fillna(0.0)
    parts = held * returns[stocks].reindex(benchmark.index).fillna(0.0)
    known = levels.shift(1).notna()
    without = ((benchmark - parts.sum(axis=1)) / (1 - held.sum(axis=1))).where(known)
    return WithoutTreated(without, benchmark, held, parts)


def weights_from_values(values: pd.Series, anchor: str, anchor_weight: float) -> pd.Series:
    """Index weights of stocks from market values and one published weight: w_i = w_a V_i / V_a."""
    return pd.Series(anchor_weight * values / values[anchor], index=values.index).astype(np.float64)
