"""Models of expected returns, by name."""

from eventwindow.errors import StudyError
from eventwindow.models.fit import Fit, Model
from eventwindow.models.single_index import MarketAdjusted, MarketModel, MeanAdjusted

__all__ = ["MODELS", "Fit", "Model", "model_named"]

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        MeanAdjusted(),
        MarketAdjusted(),
        MarketModel(),
    )
}


def model_named(model: str | Model) -> Model:
    """The model of that name; a model itself passes through."""
    if not isinstance(model, str):
        return model
    if model not in MODELS:
        raise StudyError(f"model {model!r} is unknown.", remedy=f"Models: {', '.join(MODELS)}.")
    return MODELS[model]
