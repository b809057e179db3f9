"""The kinds of measurement a claim may name: one file and one line each."""

from __future__ import annotations

from eventwindow.claims.measures.abnormal_rank import AbnormalRank
from eventwindow.claims.measures.abnormal_volume import AbnormalVolume
from eventwindow.claims.measures.breadth import Breadth
from eventwindow.claims.measures.characteristic import Characteristic
from eventwindow.claims.measures.date_gap import DateGap
from eventwindow.claims.measures.day_range import DayRange
from eventwindow.claims.measures.delay import Delay
from eventwindow.claims.measures.effect import EffectOf
from eventwindow.claims.measures.effect_difference import EffectDifference
from eventwindow.claims.measures.factor_return import FactorReturn
from eventwindow.claims.measures.first_hours import FirstHours
from eventwindow.claims.measures.lead_lag import LeadLag
from eventwindow.claims.measures.loss_rank import LossRank
from eventwindow.claims.measures.lowest_close import LowestClose
from eventwindow.claims.measures.opening_gap import OpeningGap
from eventwindow.claims.measures.ordering import Ordering
from eventwindow.claims.measures.overnight_share import OvernightShare
from eventwindow.claims.measures.panel_breadth import PanelBreadth
from eventwindow.claims.measures.placebo_rank import PlaceboRank
from eventwindow.claims.measures.price_level import PriceLevel
from eventwindow.claims.measures.price_return import Return
from eventwindow.claims.measures.realised_variance import RealisedVariance
from eventwindow.claims.measures.record import Record
from eventwindow.claims.measures.recovered_share import RecoveredShare
from eventwindow.claims.measures.relative_return import RelativeReturn
from eventwindow.claims.measures.return_rank import ReturnRank
from eventwindow.claims.measures.value_against import ValueAgainst
from eventwindow.claims.measures.value_change import ValueChange
from eventwindow.claims.measures.value_changes_sum import ValueChangesSum
from eventwindow.claims.measures.value_rank import ValueRank
from eventwindow.claims.measures.year_return import YearReturn

MEASURES: dict[str, type] = {
    "abnormal_rank": AbnormalRank,
    "abnormal_volume": AbnormalVolume,
    "breadth": Breadth,
    "characteristic": Characteristic,
    "date_gap": DateGap,
    "day_range": DayRange,
    "delay": Delay,
    "effect": EffectOf,
    "effect_difference": EffectDifference,
    "factor_return": FactorReturn,
    "first_hours": FirstHours,
    "lead_lag": LeadLag,
    "loss_rank": LossRank,
    "lowest_close": LowestClose,
    "opening_gap": OpeningGap,
    "ordering": Ordering,
    "overnight_share": OvernightShare,
    "panel_breadth": PanelBreadth,
    "placebo_rank": PlaceboRank,
    "price_level": PriceLevel,
    "realised_variance": RealisedVariance,
    "record": Record,
    "recovered_share": RecoveredShare,
    "relative_return": RelativeReturn,
    "return": Return,
    "return_rank": ReturnRank,
    "value_against": ValueAgainst,
    "value_change": ValueChange,
    "value_changes_sum": ValueChangesSum,
    "value_rank": ValueRank,
    "year_return": YearReturn,
}
