"""Asking many times, politely: in parallel and bounded, with waits that grow and jitter, and an end to all of it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from eventwindow.errors import Reason

Progress = Callable[[int, int, str], None]  # tickers done, tickers in all, the last one done
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a pull may cost: seconds, and requests at a time."""

    workers: int = 4
    attempts: int = 3
    first_wait: float = 1.0  # seconds before the second attempt; doubled for each further one
    request: float = 8.0
    total: float = 60.0
    patience: int = 6  # tickers given up on after which each further one is asked for only once; twice as many that
    # were too slow, while nothing at all was answered, end the pull


class BusyError(Exception):
    """The source may answer if asked again: a rate limit, an outage, a broken connection.

    `again` is False where the next attempt would only cost as much: an answer slower than the limit.
    """

    def __init__(self, reason: Reason, *, again: bool = True) -> None:
        self.reason, self.again = reason, again
        super().__init__(reason)


@dataclass(slots=True)
class Pull(Generic[Answer]):
    """One pull: answers by symbol, reasons by symbol for what was not answered."""

    ask: Callable[[str], Answer]
    limits: Limits
    answers: dict[str, Answer] = field(default_factory=dict)
    failures: dict[str, Reason] = field(default_factory=dict)
    _ends: float = 0.0
    _slow: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self, symbols: Iterable[str], progress: Progress | None = None) -> Pull[Answer]:
        """Ask for every symbol; one symbol's failure leaves the others as they are."""
        todo = list(symbols)
        self._ends = time.monotonic() + self.limits.total
        with ThreadPoolExecutor(self.limits.workers) as pool:
            futures = {pool.submit(self._one, symbol): symbol for symbol in todo}
            try:
                for done, future in enumerate(as_completed(futures), start=1):
                    future.result()
                    if progress is not None:
                        progress(done, len(todo), futures[future])
            except BaseException:
                self._stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return self

    def _one(self, symbol: str) -> None:
        reason, attempt = None, 0
        while reason is None or attempt < self._attempts:
            if halt := self._halted():
                self.failures[symbol] = halt if reason is None else Reason.together([reason, halt])
                return
            if reason:
                self._stop.wait(min(self._wait(attempt), max(self._ends - time.monotonic(), 0)))
            try:
                self.answers[symbol] = self.ask(symbol)
            except BusyError as busy:
                reason, attempt = busy.reason, attempt + 1 if busy.again else self.limits.attempts
                self._slow += not busy.again
            else:
                return
        self.failures[symbol] = reason

    @property
    def _attempts(self) -> int:
        return self.limits.attempts if len(self.failures) < self.limits.patience else 1

    def _wait(self, attempt: int) -> float:
        return self.limits.first_wait * 2.0 ** (attempt - 1) * random.uniform(0.5, 1.5)

    def _halted(self) -> Reason | None:
        if self._stop.is_set():
            return Reason("interrupted")
        if time.monotonic() >= self._ends:
            return Reason("pull_limit", seconds=self.limits.total)
        if not self.answers and self._slow >= 2 * self.limits.patience:
            return Reason("first_too_slow", n=2 * self.limits.patience)
        return None
