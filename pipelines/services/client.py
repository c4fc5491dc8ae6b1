"""Asking one service: through its guard, several calls at once, over sessions that are kept."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from queue import Empty, LifoQueue
from typing import TypeVar

from pipelines.services.exchange import Exchange
from pipelines.services.faults import Fault, ServiceError
from pipelines.services.guard import Guard, bounded

Answer = TypeVar("Answer")
Portion = TypeVar("Portion")


class Client:
    """Asks one service; safe for threads.

    ``follows`` says whether redirects are followed: never where a key would go with them.
    """

    def __init__(self, guard: Guard, *, follows: bool) -> None:
        self.guard = guard
        self._follows = follows
        self._exchanges: LifoQueue[Exchange] = LifoQueue()
        self._probing = threading.Lock()
        self._probed = False
        self._closed: str | None = None

    def ask(self, ask: Callable[[Exchange], Answer], characters: int) -> Answer:
        """Return what ``ask`` makes of an exchange, through the guard; raises ServiceError."""

        def asked() -> Answer:
            exchange = self._exchange()
            answer = ask(exchange)
            # Only now: the exchange of a call that hangs is never used again.
            self._exchanges.put(exchange)
            return answer

        return self.guard.call(asked, characters)

    def closed(self, probe: Callable[[Exchange], object]) -> str | None:
        """Return why nobody answers, or None: one probe a run, within its bound."""
        with self._probing:
            if not self._probed:
                self._closed = self._probe(probe)
                self._probed = True
        return self._closed or self.guard.resting

    def each(
        self, portions: Iterable[Portion], answered: Callable[[Portion], Answer]
    ) -> Iterator[tuple[Portion, Answer]]:
        """Yield portions with their answers as calls return.

        The next call goes out only when the consumer has put away the last answer: so a kill
        costs no more than the answers on their way.
        """
        waiting = iter(portions)
        pool = ThreadPoolExecutor(self.guard.limits.workers)
        asked: dict[Future[Answer], Portion] = {}

        def go_on(calls: int) -> None:
            for portion in islice(waiting, calls):
                asked[pool.submit(answered, portion)] = portion

        try:
            go_on(self.guard.limits.workers)
            while asked:
                finished, _ = wait(asked, return_when=FIRST_COMPLETED)
                for one in finished:
                    yield asked.pop(one), one.result()
                    go_on(1)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _probe(self, probe: Callable[[Exchange], object]) -> str | None:
        try:
            bounded(lambda: probe(self._new()), self.guard.limits.probe)
        except ServiceError as error:
            # Any status is an answer: the network is open, whatever it thinks of the probe.
            return error.message if error.fault is Fault.NETWORK else None
        return None

    def _exchange(self) -> Exchange:
        try:
            return self._exchanges.get_nowait()
        except Empty:
            return self._new()

    def _new(self) -> Exchange:
        return Exchange(self.guard.limits, follows=self._follows)
