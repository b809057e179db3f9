"""`eventwindow calibrate`: size and power of every test on a user's own prices."""

import argparse
import os

from eventwindow.cli.terminal import progress
from eventwindow.errors import StudyError
from eventwindow.inference.calibration import calibrate
from eventwindow.inference.pseudo_events import PATTERNS
from eventwindow.inference.registry import TESTS
from eventwindow.prices.files import panel_prices
from eventwindow.report.calibration import write_calibration
from eventwindow.report.swap import check_out


def calibrate_command(options: argparse.Namespace) -> None:
    if options.draws < 1:
        raise StudyError(f"--draws {options.draws} draws nothing", remedy="Give 100 or more.")
    check_out(options.out)
    with progress() as step:
        step("reading prices")
        prices = panel_prices(options.prices)
        step(f"drawing {options.draws} pseudo-events a design from {prices.shape[1]} securities; minutes, not seconds")
        result = calibrate(
            prices,
            draws=options.draws,
            firms=options.firms,
            patterns=options.designs or tuple(PATTERNS),
            months=options.months,
            effects=options.effects,
            shape=options.shape,
            windows=[(0, days - 1) for days in options.windows],
            tests=options.tests or tuple(TESTS),
            seed=options.seed,
            workers=min(2, os.cpu_count() or 1),
        )
    print(result)
    print(*write_calibration(result, options.out), sep="\n")
