"""A progress bar for a pull, drawn only where a person watches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from eventwindow.prices.retry import Progress


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A callback that draws on stderr from its first call until all is done, or None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("prices", total=None)

    def show(done: int, total: int, symbol: str) -> None:
        bar.start()
        bar.update(task, completed=done, total=total, description=f"prices {symbol}")
        if done >= total:
            bar.stop()

    try:
        yield show
    finally:
        bar.stop()
