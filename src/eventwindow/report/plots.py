"""`.plot`: the figures of a result or of abnormal returns in a notebook, one method a figure; each shows itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventwindow.errors import StudyError

if TYPE_CHECKING:
    from eventwindow.estimation.abnormal import AbnormalReturns
    from eventwindow.report.figures.chart import Chart
    from eventwindow.study.result import StudyResult


@dataclass(frozen=True, slots=True, repr=False)
class Plots:
    """Figures of a result by name: `result.plot.prices()`, `result.plot.car(language="zh-Hant")`."""

    result: StudyResult

    def __dir__(self) -> list[str]:
        from eventwindow.report.figures import FIGURES

        return sorted(FIGURES)

    def __repr__(self) -> str:
        return f"Charts: {', '.join(self.__dir__())}; .plot.car() shows one"

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


@dataclass(frozen=True, slots=True, repr=False)
class ReturnPlots:
    """Figures of abnormal returns: `car`, `aar`, `caar`, `day0`."""

    study: AbnormalReturns

    def __repr__(self) -> str:
        return "Charts: car, aar, caar, day0; .plot.car() shows one"

    def car(self, language: str = "en") -> Chart:
        """The cumulative abnormal return of each event over the event window."""
        return self._drawn("car", language)

    def aar(self, language: str = "en") -> Chart:
        """The mean abnormal return of each day."""
        return self._drawn("aar", language)

    def caar(self, language: str = "en") -> Chart:
        """The running sum of the daily means."""
        return self._drawn("caar", language)

    def day0(self, language: str = "en") -> Chart:
        """The abnormal return of each event on day 0, with its 95 % interval."""
        return self._drawn("day0", language)

    def _drawn(self, name: str, code: str) -> Chart:
        from eventwindow.report.figures.returns import RETURNS
        from eventwindow.report.language import language

        if not len(self.study):
            raise StudyError("no event has a result, so there is nothing to draw", remedy="See .excluded for why.")
        return RETURNS[name](self.study, language(code))
