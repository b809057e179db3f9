"""The kinds of measurement a claim may name, one line each."""

from eventwindow.claims.measures import bars, effects, market_value, panel, prices, timing
from eventwindow.claims.measures.reported import Reported
from eventwindow.claims.model import Measure

MEASURES: dict[str, type[Measure]] = {
    "abnormal_rank": effects.AbnormalRank,
    "abnormal_volume": effects.AbnormalVolume,
    "breadth": prices.Breadth,
    "characteristic": panel.Characteristic,
    "date_gap": timing.DateGap,
    "day_range": prices.DayRange,
    "delay": timing.Delay,
    "effect": effects.EffectOf,
    "effect_difference": effects.EffectDifference,
    "factor_return": effects.FactorReturn,
    "first_hours": bars.FirstHours,
    "lead_lag": bars.LeadLag,
    "loss_rank": market_value.LossRank,
    "lowest_close": prices.LowestClose,
    "members_rank": prices.MembersRank,
    "opening_gap": prices.OpeningGap,
    "ordering": effects.Ordering,
    "overnight_share": prices.OvernightShare,
    "panel_breadth": panel.PanelBreadth,
    "placebo_rank": timing.PlaceboRank,
    "points": prices.Points,
    "price_level": prices.PriceLevel,
    "realised_variance": bars.RealisedVariance,
    "record": prices.Record,
    "recovered_share": prices.RecoveredShare,
    "relative_return": effects.RelativeReturn,
    "reported": Reported,
    "return": prices.Return,
    "return_rank": prices.ReturnRank,
    "value_against": market_value.ValueAgainst,
    "value_change": market_value.ValueChange,
    "value_changes_sum": market_value.ValueChangesSum,
    "value_rank": market_value.ValueRank,
    "volume_multiple": effects.VolumeMultiple,
    "year_return": prices.YearReturn,
}
