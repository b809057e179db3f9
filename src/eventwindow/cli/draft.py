"""`eventwindow draft` and `claim`: articles, or a sentence, as tables of claims.toml for a person to finish."""

import argparse

from eventwindow.draft.claim import claim_lines
from eventwindow.draft.write import draft_claims


def draft_command(options: argparse.Namespace) -> None:
    print(*draft_claims(options.articles, options.date, options.study, options.names, options.out), sep="\n")


def claim_command(options: argparse.Namespace) -> None:
    print(*claim_lines(options.sentence, options.date), sep="\n")
