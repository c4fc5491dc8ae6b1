"""What all services over the network share: guarded calls, pieces within their limits, threads."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import polars as pl

from pipelines.services.client import Client
from pipelines.services.exchange import Exchange
from pipelines.services.faults import Fault, ServiceError
from pipelines.services.guard import Budget, Guard, Limits
from pipelines.translation.chunks import chunks
from pipelines.translation.engine import Origin, answers, without_answer
from pipelines.translation.quality import is_error_page

Answer = tuple[str | None, str | None]


class Remote(ABC):
    """An engine behind an address; a file of ``engines/`` says how one is asked.

    ``most_characters`` (as :meth:`size` counts) and ``most_texts`` bound one call; ``codes`` are
    the languages it calls otherwise than ISO 639-1.
    """

    name: str
    origin: Origin = "machine"
    protects = False
    #: The services are the best there is; Google has 33 and 47 BLEU on FLORES (it-en, fr-en).
    worth = 1.0
    #: Whether a call carries a key, which then must not follow a redirect.
    keyed = False
    most_characters: int
    most_texts = 1
    codes: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self, address: str, budget: Budget | None = None, limits: Limits | None = None
    ) -> None:
        self.address = address
        self.guard = Guard(limits or Limits(), budget or Budget())
        self._client = Client(self.guard, follows=not self.keyed)

    @abstractmethod
    def version(self, language: str, target: str) -> str:
        """Return the client and its version, and the model where one is named."""

    @abstractmethod
    def ask(
        self, texts: Sequence[str], source: str, target: str, exchange: Exchange
    ) -> list[str | None]:
        """Return the service's answers; whatever is raised is sorted by :mod:`faults`."""

    def missing(self) -> str | None:
        """Return what has to be configured first, or None."""
        return None

    def size(self, text: str) -> int:
        """Return how long the service finds a text."""
        return len(text)

    def code(self, language: str) -> str | None:
        """Return the service's code of a language, or None where it does not have it."""
        return self.codes.get(language, language)

    def probe(self, exchange: Exchange) -> None:
        """Ask for anything that costs nothing; ServiceError where nobody answers."""
        exchange.get(self.address)

    # -- the protocol ------------------------------------------------------------------------

    def unavailable(self) -> str | None:
        """Return what is missing, or why nobody answers: one probe a run, within its bound."""
        return self.missing() or self._client.closed(self.probe)

    def conditions(self) -> str:
        """Return whether the service answers.

        After any failure that is no longer just ``online``, as the next run will find it: so what
        failed is tried again then.
        """
        if self.missing():
            return "not configured"
        if self.unavailable():
            return "offline"
        return "unsteady" if self.guard.unsteady else "online"

    def translate(self, texts: pl.DataFrame, target: str) -> Iterator[pl.DataFrame]:
        """Yield answers as calls return; after failures in a row the rest are not asked."""
        into = self.code(target)
        for (language,), rows in texts.group_by("language", maintain_order=True):
            source = self.code(str(language))
            if language == "und":
                yield without_answer(rows, "language unknown")
            elif source is None or into is None:
                lacking = language if source is None else target
                yield without_answer(rows, f"{self.name} does not have {lacking}")
            else:
                yield from self._portions(rows, source, into)

    # -- the work ----------------------------------------------------------------------------

    def _portions(self, rows: pl.DataFrame, source: str, into: str) -> Iterator[pl.DataFrame]:
        """Yield answers as calls return."""

        def answered(portion: pl.DataFrame) -> list[Answer]:
            return self._answered(portion["text"].to_list(), source, into)

        for portion, told in self._client.each(list(self._fitting(rows)), answered):
            translated, reasons = zip(*told, strict=True)
            yield answers(portion, translated, reasons)

    def _fitting(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield rows that fit one call; a text longer than a call is alone."""
        start, taken = 0, 0
        for index, text in enumerate(rows["text"]):
            size = self.size(text)
            full = taken + size > self.most_characters or index - start >= self.most_texts
            if index > start and full:
                yield rows[start:index]
                start, taken = index, 0
            taken += size
        yield rows[start:]

    def _answered(self, texts: list[str], source: str, into: str) -> list[Answer]:
        """Return each text's answer; one that is refused for itself does not lose the others."""
        try:
            return [(one, None) for one in self._whole(texts, source, into)]
        except ServiceError as error:
            if len(texts) > 1 and error.fault is Fault.PERMANENT and not error.whole:
                return [a for text in texts for a in self._answered([text], source, into)]
            return [(None, str(error))] * len(texts)

    def _whole(self, texts: list[str], source: str, into: str) -> list[str | None]:
        """Return the answers to texts, put together again where one was cut to pieces."""
        if len(texts) > 1:
            return self._called(texts, source, into)
        pieces = chunks(texts[0], self.most_characters, self.size)
        if len(pieces) == 1:
            return self._called(texts, source, into)
        told: list[str] = []
        for piece in pieces:
            core = piece.strip()
            head, tail = piece[: piece.index(core)], piece[piece.index(core) + len(core) :]
            answer = self._called([core], source, into)[0] if _has_words(core) else core
            if not answer or not answer.strip():
                raise ServiceError(Fault.GARBAGE, "empty answer to a part of the text")
            told.append(head + answer.strip() + tail)
        return ["".join(told)]

    def _called(self, texts: list[str], source: str, into: str) -> list[str | None]:
        def ask(exchange: Exchange) -> list[str | None]:
            return self._believable(texts, self.ask(texts, source, into, exchange))

        return self._client.ask(ask, sum(map(len, texts)))

    @staticmethod
    def _believable(texts: Sequence[str], told: Sequence[object]) -> list[str | None]:
        if len(told) != len(texts):
            raise ServiceError(Fault.GARBAGE, f"{len(told)} answers to {len(texts)} texts")
        if any(isinstance(one, str) and is_error_page(one) for one in told):
            raise ServiceError(Fault.GARBAGE, "an error page instead of a translation")
        if any(one is not None and not isinstance(one, str) for one in told):
            raise ServiceError(Fault.GARBAGE, "an answer that is no text")
        return list(told)  # type: ignore[arg-type]


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)
