"""Requests that end: in time, in size, with every status of a server told apart."""

import time
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from pipelines.services.faults import Fault, ServiceError
from pipelines.services.guard import Limits

#: An answer is a page of some kilobytes; more is not an answer.
_MOST_BYTES = 2_000_000
#: What is said of every text, not of the one sent; 456 is DeepL's own.
_FOR_ALL = {
    **dict.fromkeys((401, 402, 403), "refused the key or us"),
    **dict.fromkeys((404, 405, 410), "its address is wrong"),
    456: "its quota is used up",
}
_TOO_LONG = dict.fromkeys((413, 414), "the text is too long for it")


class Exchange:
    """One session with one service; used by one thread at a time.

    ``follows`` says whether redirects are followed: never where a key would go with them.
    """

    def __init__(self, limits: Limits, *, follows: bool) -> None:
        self._limits = limits
        self._follows = follows
        self._session = requests.Session()
        self._session.max_redirects = 5

    def get(self, url: str, **kwargs: Any) -> requests.Response:
        """Return a whole answer with a status of success; ServiceError says what else came."""
        return self._sent("GET", url, kwargs)

    def post(self, url: str, **kwargs: Any) -> requests.Response:
        """Return a whole answer with a status of success; ServiceError says what else came."""
        return self._sent("POST", url, kwargs)

    def _sent(self, method: str, url: str, kwargs: dict[str, Any]) -> requests.Response:
        kwargs |= {
            "timeout": (self._limits.connect, self._limits.read),
            "stream": True,
            "allow_redirects": self._follows,
        }
        deadline = time.monotonic() + self._limits.whole
        try:
            response = self._session.request(method, url, **kwargs)
            response._content = self._read(response, deadline)
        except requests.RequestException as error:
            name = type(error).__name__
            raise ServiceError(Fault.NETWORK, f"no answer from the network ({name})") from None
        refusal = _refusal(response)
        if refusal:
            raise refusal
        return response

    @staticmethod
    def _read(response: requests.Response, deadline: float) -> bytes:
        content = b""
        for chunk in response.iter_content(8_192):
            content += chunk
            if time.monotonic() > deadline or len(content) > _MOST_BYTES:
                response.close()
                raise requests.Timeout
        return content


def _refusal(response: requests.Response) -> ServiceError | None:
    """Return what a status other than success means; the words of the server are not repeated,
    since some servers repeat the key.
    """
    status = response.status_code
    if 200 <= status < 300:
        return None
    if status == 429 or (status == 503 and "Retry-After" in response.headers):
        return ServiceError(Fault.BUSY, f"asked too often ({status})", _retry_after(response))
    if status in _FOR_ALL:
        return ServiceError(Fault.PERMANENT, f"{_FOR_ALL[status]} ({status})", whole=True)
    if 400 <= status < 500:
        why = _TOO_LONG.get(status, "refused the text")
        return ServiceError(Fault.PERMANENT, f"{why} ({status})")
    return ServiceError(Fault.SOFT, f"failed ({status})")


def _retry_after(response: requests.Response) -> float | None:
    """Return the seconds a server asks for; a date counts from the server's own clock."""
    told = response.headers.get("Retry-After", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        until = parsedate_to_datetime(told)
        now = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, TypeError, ValueError):
        return None
    return max(0.0, (until - now).total_seconds())
