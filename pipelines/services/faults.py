"""What goes wrong with a service, sorted by what helps: nothing, waiting, or another try.

deep-translator's exceptions share no base class, and one of them prints the key it was given; so
an error is told by its class alone, and never by its own words.
"""

from enum import StrEnum


class Fault(StrEnum):
    """What kind of failure it was."""

    PERMANENT = "permanent"  # asking again gives the same: a language, a length, a key, a quota
    BUSY = "busy"  # asked too often; it may say how long to wait
    SOFT = "soft"  # the server failed; another try may do
    NETWORK = "network"  # nothing answered in time
    GARBAGE = "garbage"  # what answered was no answer: an error page, broken JSON


class ServiceError(Exception):
    """A service gave no answer.

    ``whole`` says that it will give none to anything in this run; ``retry_after`` are the seconds
    it asked to be left alone.
    """

    def __init__(
        self, fault: Fault, message: str, retry_after: float | None = None, *, whole: bool = False
    ) -> None:
        super().__init__(message)
        self.fault = fault
        self.message = message
        self.retry_after = retry_after
        self.whole = whole

    def __str__(self) -> str:
        return f"{self.fault}: {self.message}"


#: deep-translator's exceptions by name; source: its ``exceptions`` module, version 1.11.4.
_BY_NAME = {
    "LanguageNotSupportedException": (Fault.PERMANENT, False),
    "InvalidSourceOrTargetLanguage": (Fault.PERMANENT, False),
    "NotValidPayload": (Fault.PERMANENT, False),
    "NotValidLength": (Fault.PERMANENT, False),
    "ApiKeyException": (Fault.PERMANENT, True),
    "AuthorizationException": (Fault.PERMANENT, True),
    "TooManyRequests": (Fault.BUSY, False),
    "RequestError": (Fault.SOFT, False),
    "ServerException": (Fault.SOFT, False),
    "MicrosoftAPIerror": (Fault.SOFT, False),
    "BaiduAPIerror": (Fault.SOFT, False),
    "TranslationNotFound": (Fault.GARBAGE, False),
    "ElementNotFoundInGetRequest": (Fault.GARBAGE, False),
}


def classified(error: Exception) -> ServiceError:
    """Return the failure behind an exception of a client library or of its parsing."""
    import requests

    if isinstance(error, ServiceError):
        return error
    name = type(error).__name__
    if name in _BY_NAME:
        fault, whole = _BY_NAME[name]
        return ServiceError(fault, f"refused ({name})", whole=whole)
    if isinstance(error, requests.exceptions.JSONDecodeError):
        return ServiceError(Fault.GARBAGE, "the answer is no JSON")
    if isinstance(error, requests.RequestException):
        return ServiceError(Fault.NETWORK, f"no answer from the network ({name})")
    if isinstance(error, (ValueError, LookupError, AttributeError, TypeError, StopIteration)):
        return ServiceError(Fault.GARBAGE, f"the answer cannot be read ({name})")
    return ServiceError(Fault.SOFT, f"failed ({name})")
