"""Counterfactuals as tables; decimals, nothing rounded."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from eventwindow.analyses.counterfactual.estimate import Estimated, blocks_won, leading, market_estimated
from eventwindow.analyses.counterfactual.sample import Sample
from eventwindow.errors import Reason

EFFECTS = [
    "event", "security", "model", "date", "tau", "actual_return", "expected_return", "effect", "p_placebo_space",
    "p_placebo_time", "rmse_heldout", "rmse_market_model", "blocks_won", "blocks", "leads", "donors", "note",
]  # fmt: skip
DAILY = ["event", "security", "model", "date", "tau", "actual_return", "expected_return", "held_out"]
PLACEBOS = ["event", "model", "security", "donor", "date", "tau", "gap", "fit_rms"]


def counterfactual_tables(
    sample: Sample, models: Sequence[Estimated], blocks: int, left_out: Mapping[str, Reason], event: str
) -> dict[str, pd.DataFrame]:
    """counterfactual: the effect of day 0, a row a security and model, the market model first.

    counterfactual_daily: the paths. counterfactual_placebos: every donor's gap around day 0 under each model that leads
    for a security.
    """
    market = market_estimated(sample, blocks)
    every = [market, *models]
    leader = leading(every)
    rows = [_effects(sample, m, market, leader == k, blocks) for k, m in enumerate(every)]
    effects = pd.concat(rows).sort_values("order", kind="stable")[EFFECTS]
    effects = pd.concat([effects, left_out_rows(left_out, event)]) if left_out else effects
    return {
        "counterfactual": effects.reset_index(drop=True),
        "counterfactual_daily": pd.concat([_daily(sample, m) for m in every], ignore_index=True)[DAILY],
        "counterfactual_placebos": pd.concat(
            [_placebos(sample, every[k], leader == k) for k in dict.fromkeys(leader.tolist())], ignore_index=True
        ),
    }


def left_out_rows(left_out: Mapping[str, Reason], event: str) -> pd.DataFrame:
    """A row a stock without a counterfactual, with the reason."""
    rows = [{"event": event, "security": s, "note": Reason("not_computed", reason=why)} for s, why in left_out.items()]
    return pd.DataFrame(rows).reindex(columns=EFFECTS)


def _effects(sample: Sample, m: Estimated, market: Estimated, leads: np.ndarray, blocks: int) -> pd.DataFrame:
    zero = -sample.treated.window.start
    return sample.treated.labels[["event", "security", "date"]].assign(
        order=np.arange(len(sample.treated)),
        model=m.model,
        tau=0,
        actual_return=sample.y_event[zero],
        expected_return=m.predicted.event[zero],
        effect=m.gap[zero],
        p_placebo_space=m.p_space(zero),
        p_placebo_time=m.p_time(zero),
        rmse_heldout=m.rmse,
        rmse_market_model=market.rmse,
        blocks_won=blocks_won(m.error, market.error, blocks),
        blocks=blocks,
        leads=leads,
        donors=len(sample.donors),
        note="",
    )


def _daily(sample: Sample, m: Estimated) -> pd.DataFrame:
    treated = sample.treated
    taus = np.concatenate([treated.estimation.taus, treated.window.taus])
    days = np.concatenate([treated.estimation_days[0], treated.event_days[0]]).astype("datetime64[D]")
    count = len(treated)
    return pd.DataFrame(
        {
            "event": np.repeat(treated.labels["event"].to_numpy(), len(taus)),
            "security": np.repeat(treated.labels["security"].to_numpy(), len(taus)),
            "model": m.model,
            "date": np.tile(days.astype("datetime64[s]"), count),
            "tau": np.tile(taus, count),
            "actual_return": np.vstack([sample.y, sample.y_event]).T.ravel(),
            "expected_return": np.vstack([m.predicted.held_out, m.predicted.event]).T.ravel(),
            "held_out": np.tile(np.arange(len(taus)) < len(sample.x), count),
        }
    )


def _placebos(sample: Sample, m: Estimated, leads: np.ndarray) -> pd.DataFrame:
    """The securities for which the model leads, and every donor under the setting of most of them."""
    led = np.flatnonzero(leads)
    setting = int(np.bincount(m.placebos.setting[led]).argmax())
    treated, count = sample.treated, len(sample.donors)
    names, length = [*sample.donors, *treated.labels["security"].iloc[led]], len(treated.window)
    gap = np.hstack([m.placebos.gap[setting], m.gap[:, led]])
    rms = np.concatenate([m.placebos.rms[setting], m.rms[led]])
    return pd.DataFrame(
        {
            "event": treated.labels["event"].iloc[0],
            "model": m.model,
            "security": np.repeat(names, length),
            "donor": np.repeat(np.arange(len(names)) < count, length),
            "date": np.tile(treated.event_days[0].astype("datetime64[D]").astype("datetime64[s]"), len(names)),
            "tau": np.tile(treated.window.taus, len(names)),
            "gap": gap.T.ravel(),
            "fit_rms": np.repeat(rms, length),
        }
    )
