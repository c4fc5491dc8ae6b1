"""What stands between a run and a service: retry, rate limit, circuit breaker, budget, and a bound.

A circuit breaker (Nygard, *Release It!*, 2007) opens after failures in a row: from then on nothing
is asked, so a dead service costs seconds a run and not seconds a sentence. After a rest one call
tries again.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar

from pipelines.services.faults import Fault, ServiceError, classified

Answer = TypeVar("Answer")

#: How often a call is tried, by what went wrong. Who hung once hangs again, and each time costs
#: the longest wait there is; who is busy or stumbled is often well a second later.
_ATTEMPTS = {Fault.BUSY: 3, Fault.SOFT: 3, Fault.NETWORK: 2, Fault.GARBAGE: 2, Fault.PERMANENT: 1}


@dataclass(frozen=True)
class Limits:
    """Bounds of one service; times in seconds."""

    #: To connect, between two reads, for a whole answer, and for the probe with name resolution.
    connect: float = 3
    read: float = 15
    whole: float = 20
    probe: float = 4
    #: First pause before another try; it doubles each time, and half of it is left to chance so
    #: that many clients do not come back at once.
    pause: float = 1
    #: A service that asks for more patience than this is left alone for as long as it asked.
    patience: float = 30
    #: After so many failures in a row the service rests.
    failures: int = 5
    rest: float = 60
    #: Most calls a second, over all threads; Google allows five.
    calls_a_second: float = 5
    #: Threads that ask at once.
    workers: int = 4


class Budget:
    """Characters that may be sent in one run, over all services."""

    def __init__(self, characters: int | None = None) -> None:
        """Take the most characters of a run; None is no bound."""
        self.characters = characters
        self.spent = 0
        self._lock = threading.Lock()

    def spend(self, characters: int) -> bool:
        """Say whether so many more may be sent, and count them."""
        with self._lock:
            if self.characters is not None and self.spent + characters > self.characters:
                return False
            self.spent += characters
            return True


class Guard:
    """Lets calls of one service through, or says why not; safe for threads."""

    def __init__(
        self,
        limits: Limits,
        budget: Budget,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Take the bounds; clock, sleep and chance are replaced in tests."""
        self.limits, self.budget = limits, budget
        self._clock, self._sleep, self._chance = clock, sleep, chance
        self._lock = threading.Lock()
        self._next_turn = 0.0
        self._in_a_row = 0
        self._rests_until = 0.0
        self._why: str | None = None
        self.failures = 0

    @property
    def resting(self) -> str | None:
        """Why nothing is asked now, or None."""
        with self._lock:
            return self._why if self._clock() < self._rests_until else None

    @property
    def unsteady(self) -> bool:
        """Whether anything failed, so that what was left is worth another run."""
        return self.failures > 0

    def call(self, ask: Callable[[], Answer], characters: int) -> Answer:
        """Return what ``ask`` returns, tried again where that may help.

        Raises ServiceError when it failed for good, the service rests or the budget is spent; after
        ``limits.whole`` seconds a try is left to itself.
        """
        attempt = 0
        while True:
            self._admit(characters)
            attempt += 1
            try:
                answer = bounded(ask, self.limits.whole)
            except ServiceError as error:
                self._sleep(self._failed(error, attempt))
            else:
                self._succeeded()
                return answer

    def _admit(self, characters: int) -> None:
        resting = self.resting
        if resting:
            raise ServiceError(Fault.BUSY, resting)
        if not self.budget.spend(characters):
            self.failures += 1
            most = f"{self.budget.characters:,} characters"
            raise ServiceError(Fault.PERMANENT, f"the run's budget of {most} is spent")
        with self._lock:
            now = self._clock()
            turn = max(now, self._next_turn)
            self._next_turn = turn + 1 / self.limits.calls_a_second
        if turn > now:
            self._sleep(turn - now)

    def _failed(self, error: ServiceError, attempt: int) -> float:
        """Return the seconds to pause before another try; raises the error when there is none."""
        backoff = self.limits.pause * 2.0 ** (attempt - 1)
        wait = max(backoff * (0.5 + self._chance() / 2), error.retry_after or 0)
        with self._lock:
            self.failures += 1
            self._in_a_row += 1
            if error.whole:
                self._rest(float("inf"), f"{error.message}; not asked again in this run")
            elif wait > self.limits.patience:
                self._rest(wait, f"it asked to be left alone for {wait:,.0f} seconds")
            elif self._in_a_row >= self.limits.failures:
                self._rest(self.limits.rest, f"rests after {self._in_a_row} failures in a row")
        if attempt >= _ATTEMPTS[error.fault] or self.resting:
            raise error
        return wait

    def _rest(self, seconds: float, why: str) -> None:
        self._rests_until, self._why = self._clock() + seconds, why

    def _succeeded(self) -> None:
        with self._lock:
            self._in_a_row = 0


def bounded(ask: Callable[[], Answer], seconds: float) -> Answer:
    """Return what ``ask`` returns within so many seconds; raises ServiceError for all that fails.

    No timeout of a socket bounds the resolution of a name, or headers that trickle; so a thread
    asks, and is left to itself when the time is over.
    """
    said: SimpleQueue[Answer | ServiceError] = SimpleQueue()

    def tell() -> None:
        try:
            said.put(ask())
        except Exception as error:  # whatever a client raises, one call failed and no more
            said.put(classified(error))

    threading.Thread(target=tell, daemon=True).start()
    try:
        answer = said.get(timeout=seconds)
    except Empty:
        raise ServiceError(Fault.NETWORK, "no answer from the network (too slow)") from None
    if isinstance(answer, ServiceError):
        raise answer
    return answer
