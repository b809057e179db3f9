"""What is refused: foreign hosts and origins, missing tokens, what is too large, what comes or is taken too slowly."""

import hmac
import time
from asyncio import CancelledError, Event, Transport, wait_for
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect
from uvicorn.protocols.http.h11_impl import H11Protocol

LIMIT = 8_000_000  # bytes of a request
WITHIN = 60.0  # seconds in which a request must have been sent
LOOK = 0.5  # seconds after which a body that is waited for looks whether the page is being stopped
HEAD = 15.0  # seconds in which its head must have come, from the connection or the answer before on
COOKIE = "eventwindow-token"
OURS = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
REPORT = (  # a report is one file with its own style and script, and asks for nothing else
    "sandbox allow-scripts allow-popups allow-downloads; default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; img-src 'self' data:; font-src data:"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # under no-referrer a browser calls the origin of our own forms "null"
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
}

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Connection(H11Protocol):
    """A connection that ends where a request's head comes too slowly, or what is sent is not taken."""

    head, taken = HEAD, WITHIN

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await_head()

    def _await_head(self) -> None:
        self.loop.call_later(self.head, self._late, self.cycle)

    def _late(self, before: object) -> None:
        if self.cycle is before:  # no request has begun since
            self.transport.abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.stuck = self.loop.call_later(self.taken, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self.stuck.cancel()


class Guard:
    """An ASGI application around another: it answers itself where a request is refused."""

    def __init__(self, app: App, hosts: frozenset[str], token: str | None = None, within: float = WITHIN) -> None:
        self.app, self.hosts, self.token, self.within = app, hosts, token, within
        self.stopping: Callable[[], bool] = lambda: False  # whether the server is being stopped

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refused = self._refused(scope, headers)
        if refused:
            await _answer(send, *refused)
            return
        cut = Event()
        try:
            await self.app(scope, self._counted(receive, cut), self._sealed(scope, send, cut))
        except ClientDisconnect:  # the browser was closed, or what it sent was too slow or longer than it said
            if self.stopping():
                await _answer(send, 503, "The page was stopped before the form had come whole.")
            else:
                await _answer(send, 408, f"The form did not come whole within {self.within:.0f} seconds.")
        except CancelledError:  # the page is stopped while an answer is not taken
            if not self.stopping():
                raise

    def _refused(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        if headers.get("host", "") not in self.hosts:  # DNS rebinding
            return 421, "This page is not served under that name."
        if scope["method"] not in ("GET", "HEAD"):
            origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
            if origin not in (None, f"http://{headers['host']}") or site not in ("same-origin", "none"):
                return 403, "A form of another site cannot start a run."
            if not headers.get("content-length", "").isdigit() or int(headers["content-length"]) > LIMIT:
                return 413, f"Send at most {LIMIT // 1_000_000} MB, with its length."
        if self.token and not self._knows(scope, headers):
            return 403, "Open the address that `eventwindow serve` printed: it holds the token."
        return None

    def _knows(self, scope: Scope, headers: dict[str, str]) -> bool:
        query = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        given = query or (cookie.value if cookie else "")
        return hmac.compare_digest(given.encode(), str(self.token).encode())

    def _counted(self, receive: Receive, cut: Event) -> Receive:
        """The body, cut where it is larger than allowed, comes too slowly, or the page is stopped."""
        left, until = LIMIT, time.monotonic() + self.within

        async def counted() -> MutableMapping[str, Any]:
            nonlocal left
            while (last := until - time.monotonic()) > 0 and not self.stopping():
                with suppress(TimeoutError):
                    message = await wait_for(receive(), min(last, LOOK))
                    if (left := left - len(message.get("body", b""))) >= 0:
                        return message
                    break
            cut.set()
            return {"type": "http.disconnect"}

        return counted

    def _sealed(self, scope: Scope, send: Send, cut: Event) -> Send:
        """Every answer with the headers of safety; a right token becomes a cookie. Of a form that was `cut`, none."""
        extra = dict(HEADERS) | {"content-security-policy": REPORT if "/out/" in scope["path"] else OURS}
        if self.token:
            extra["set-cookie"] = f"{COOKIE}={self.token}; HttpOnly; SameSite=Strict; Path=/"

        async def sealed(message: MutableMapping[str, Any]) -> None:
            if cut.is_set():
                return
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0].decode("latin-1").lower() not in extra]
                message["headers"] = [*kept, *((n.encode(), v.encode()) for n, v in extra.items())]
            await send(message)

        return sealed


async def _answer(send: Send, status: int, text: str) -> None:
    body = (text + "\n").encode()
    headers = {"content-type": "text/plain; charset=utf-8", "content-length": str(len(body)), "connection": "close"}
    pairs = [(name.encode(), value.encode()) for name, value in (HEADERS | headers).items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
