"""Romano–Wolf p-values by pyfixest 0.60.0, from a table of statistics and their joint null draws.

    pip install pyfixest==0.60.0 && python recipe.py FOLDER

pyfixest computes them in `_get_rwolf_pval(t_stats, boot_t_stats)` of its module multcomp; we hand it draws of our own
(seeded, correlated, fat-tailed), because its resampling is another's question.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from pyfixest.estimation.post_estimation.multcomp import _get_rwolf_pval


def main(folder: Path) -> None:
    g = np.random.default_rng(20250127)
    common = g.standard_t(5, size=(199, 1))
    draws = 0.6 * common + 0.8 * g.standard_t(5, size=(199, 8))
    event = np.array([-6.1, 0.4, 2.9, -3.3, 1.1, 2.2, -0.1, 3.8])
    names = [f"F{i}" for i in range(8)]
    pd.DataFrame(np.vstack([event, draws]), columns=names).to_csv(folder / "statistics.csv", index=False)
    pd.DataFrame({"firm": names, "p_value": _get_rwolf_pval(event, draws)}).to_csv(folder / "expected.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
