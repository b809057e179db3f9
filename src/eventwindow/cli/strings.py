"""Texts in the tables of a run are Python's: these tables are small, and calls of Arrow cost more than they save."""

import pandas as pd

pd.set_option("mode.string_storage", "python")
