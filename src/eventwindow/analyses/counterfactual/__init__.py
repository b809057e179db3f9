"""What would have happened: expected returns of treated stocks from the returns of untreated ones.

These models choose weights, penalties or factors, so no closed-form error of theirs is honest: none is given. Their
inference is from days held out in blocks and from donors treated in turn.
"""

from eventwindow.analyses.counterfactual.latent import latent_factors
from eventwindow.analyses.counterfactual.penalised import elastic_net, elastic_net_penalties, ridge, ridge_penalties
from eventwindow.analyses.counterfactual.predictor import Counterfactual
from eventwindow.analyses.counterfactual.synthetic import augmented, augmented_penalties, synthetic_control

__all__ = ["COUNTERFACTUALS", "Counterfactual"]

COUNTERFACTUALS: dict[str, Counterfactual] = {
    model.name: model
    for model in (
        Counterfactual("synthetic_control", synthetic_control),
        Counterfactual("ridge", ridge, ridge_penalties, donors_choose=True),
        Counterfactual("elastic_net", elastic_net, elastic_net_penalties),
        Counterfactual("latent_factors", latent_factors),
        Counterfactual("augmented_synthetic_control", augmented, augmented_penalties, one_error=True),
    )
}
