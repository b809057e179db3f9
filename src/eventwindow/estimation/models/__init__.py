"""Models of expected returns, by name."""

from eventwindow.errors import StudyError
from eventwindow.estimation.models.dimson import Dimson, DimsonSummed
from eventwindow.estimation.models.factor import CAPM, CARHART, FF3, FF5, FactorModel
from eventwindow.estimation.models.fit import Fit, Model
from eventwindow.estimation.models.garch import Garch
from eventwindow.estimation.models.huber import Huber
from eventwindow.estimation.models.scholes_williams import ScholesWilliams
from eventwindow.estimation.models.single_index import MarketAdjusted, MarketModel, MeanAdjusted

__all__ = ["MODELS", "Dimson", "DimsonSummed", "FactorModel", "Fit", "Garch", "Huber", "Model", "model_named"]

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        MeanAdjusted(),
        MarketAdjusted(),
        MarketModel(),
        CAPM,
        FF3,
        FF5,
        CARHART,
        ScholesWilliams(),
        Dimson(),
        DimsonSummed(),
        Huber(),
        Garch(),
        MarketAdjusted("peer_adjusted", market="peers"),
        MarketModel("peer_index", market="peers"),
    )
}


BETWEEN_TRADES = (MeanAdjusted, MarketAdjusted, MarketModel, FactorModel)  # that weigh returns by their sessions


def check_between_trades(model: Model) -> None:
    """A model whose fit is defined for returns from trade to trade."""
    if not isinstance(model, BETWEEN_TRADES):
        known = ", ".join(name for name, one in MODELS.items() if isinstance(one, BETWEEN_TRADES))
        remedy = f"Choose one of {known}, or simple returns."
        raise StudyError(f"the model {model.name!r} is not defined for returns from trade to trade.", remedy=remedy)


def model_named(model: str | Model) -> Model:
    if isinstance(model, str):
        if model not in MODELS:
            raise StudyError(f"model {model!r} is unknown.", remedy=f"Models: {', '.join(MODELS)}.")
        return MODELS[model]
    if not all(hasattr(model, part) for part in ("name", "neighbours", "fit")):
        remedy = f"Give one of {', '.join(MODELS)}, or an object with name, neighbours and fit."
        raise StudyError(f"a {type(model).__name__} is no model", remedy=remedy)
    return model
