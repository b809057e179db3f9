"""`result.plot`: the report's figures in a notebook, one method a figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventwindow.errors import StudyError

if TYPE_CHECKING:
    from eventwindow.report.figures.chart import Chart
    from eventwindow.study.result import StudyResult


@dataclass(frozen=True, slots=True)
class Plots:
    """Figures of a result by name: `result.plot.prices()`, `result.plot.car(language="zh-Hant")`."""

    result: StudyResult

    def __dir__(self) -> list[str]:
        from eventwindow.report.figures import FIGURES

        return sorted(FIGURES)

    def __getattr__(self, name: str) -> Callable[..., Chart]:
        from eventwindow.report.figures import FIGURES

        if name not in FIGURES:
            raise AttributeError(f"there is no figure {name!r}; there are {', '.join(FIGURES)}")

        def draw(language: str = "en") -> Chart:
            return self._drawn(name, language)

        draw.__doc__ = FIGURES[name].__doc__
        return draw

    def _drawn(self, name: str, code: str) -> Chart:
        from eventwindow.report.context import Context
        from eventwindow.report.figures import chart
        from eventwindow.report.language import language

        found = chart(name, Context(self.result, language(code)))
        if found is None:
            raise StudyError(f"this study has no matter for the figure {name!r}")
        return found
