"""A Yahoo of our own on loopback, for the real yfinance client: answers, and every failure that was seen.

`YahooServer(tickers, behave)` listens on 127.0.0.1; `behave(symbol, n)` names what a ticker's n-th chart request meets, or
is a function of the right answer (a dict) that gives the wrong one (a dict, text or bytes).
`session(server)` is a client session that rewrites every address to it; `TlsProxy` is a CONNECT proxy that ends TLS
with a throw-away authority, so that the whole command runs unmodified.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import isnan
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pandas as pd

NEW_YORK, NOON = "America/New_York", 43_200


class Ticker:
    """A made-up security: daily rows and what Yahoo says of it."""

    def __init__(self, table: pd.DataFrame, currency="USD", zone=NEW_YORK, kind="EQUITY", dividends=None, splits=None):
        self.table, self.currency, self.zone, self.kind = table, currency, zone, kind
        self.gains: dict[str, float] = {}
        self.dividends, self.splits, self.closing = dividends or {}, splits or {}, 1

    def chart(self, symbol: str, first: int, last: int) -> dict:
        stamps = (pd.DatetimeIndex(self.table.index).tz_localize(self.zone).as_unit("s").asi8) + 34_200
        rows = self.table[(stamps >= first) & (stamps < last)]
        stamps = stamps[(stamps >= first) & (stamps < last)]
        result: dict = {"meta": self.meta(symbol)}
        if len(rows) == 0:
            result["indicators"] = {"quote": [{}], "adjclose": [{}]}
            return {"chart": {"result": [result], "error": None}}
        plain = {c: [None if isnan(v) else v for v in rows[c].astype(float).tolist()] for c in rows}
        result["timestamp"] = stamps.tolist()
        result["indicators"] = {
            "quote": [{c: plain[c] for c in ("open", "high", "low", "close", "volume")}],
            "adjclose": [{"adjclose": plain["adj_close"]}],
        }
        result["events"] = self.events()
        return {"chart": {"result": [result], "error": None}}

    def events(self) -> dict:
        def stamp(day: str) -> int:
            return int(pd.Timestamp(day).tz_localize(self.zone).timestamp()) + 34_200

        return {
            "capitalGains": {str(stamp(d)): {"amount": a, "date": stamp(d)} for d, a in self.gains.items()},
            "dividends": {str(stamp(d)): {"amount": a, "date": stamp(d)} for d, a in self.dividends.items()},
            "splits": {
                str(stamp(d)): {"date": stamp(d), "numerator": r, "denominator": 1, "splitRatio": f"{r}:1"}
                for d, r in self.splits.items()
            },
        }

    def moment(self, place: int) -> int:
        """When the trade of a row's day begins."""
        return int(pd.Timestamp(self.table.index[place]).tz_localize(self.zone).timestamp()) + 34_200

    def meta(self, symbol: str) -> dict:
        period = {"timezone": "EST", "start": 0, "end": self.closing, "gmtoffset": -18_000}
        return {
            "currency": self.currency,
            "symbol": symbol,
            "exchangeName": "NMS",
            "instrumentType": self.kind,
            "firstTradeDate": self.moment(0),
            "regularMarketTime": self.moment(-1) + 23_400,
            "gmtoffset": -18_000,
            "timezone": "EST",
            "exchangeTimezoneName": self.zone,
            "regularMarketPrice": float(self.table["close"].iloc[-1]),
            "priceHint": 2,
            "currentTradingPeriod": {"pre": period, "regular": period, "post": period},
            "dataGranularity": "1d",
            "range": "",
            "validRanges": ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
        }


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *args: object) -> None:
        """A client that was killed is no news."""


class YahooServer:
    """Serves `tickers`; `behave(symbol, n)` names the failure of a symbol's n-th chart request, "" for none."""

    def __init__(self, tickers: dict[str, Ticker], behave: Callable[[str, int], Any] = lambda symbol, n: ""):
        self.tickers, self.behave = tickers, behave
        self.asked: Counter[str] = Counter()
        self.paths: list[str] = []
        self.earnings: dict[str, list[str] | str] = {}  # symbol → dates as Yahoo writes them, or the name of a failure
        self.named: dict[str, list[dict[str, str]]] = {}  # what its search gives for a name
        self.crumb_status, self.shares, self.closed = 200, json.dumps(SHARES), threading.Event()
        handler = type("Handler", (_Handler,), {"yahoo": self})
        self.http = _QuietServer(("127.0.0.1", 0), handler)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, args=[0.01], daemon=True).start()

    def close(self) -> None:
        self.closed.set()
        self.http.shutdown()
        self.http.server_close()


class _Handler(BaseHTTPRequestHandler):
    yahoo: YahooServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: the second would wait 40 ms for the first's receipt

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.yahoo.paths.append(self.path)
        if url.path.startswith("/v8/finance/chart/"):
            self.chart(unquote(url.path.rsplit("/", 1)[1]), {k: v[0] for k, v in parse_qs(url.query).items()})
        elif url.path.endswith("/getcrumb"):
            self.answer(self.yahoo.crumb_status, "Too Many Requests" if self.yahoo.crumb_status == 429 else "crumb")
        elif url.path.startswith("/ws/fundamentals-timeseries"):
            self.answer(200, self.yahoo.shares)
        elif url.path == "/v1/finance/search":
            self.answer(200, json.dumps({"quotes": self.yahoo.named.get(parse_qs(url.query)["q"][0], [])}))
        elif url.path == "/calendar/earnings":
            self.earnings({k: v[0] for k, v in parse_qs(url.query).items()}["symbol"])
        elif url.path.startswith("/v10/finance/quoteSummary"):
            body = {"quoteSummary": {"result": None, "error": {"code": "Not Found", "description": "No data"}}}
            self.answer(404, json.dumps(body))
        else:
            self.answer(404, "<html>nothing here</html>", "text/html")

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def chart(self, symbol: str, query: dict[str, str]) -> None:
        self.yahoo.asked[symbol] += 1
        failure = self.yahoo.behave(symbol, self.yahoo.asked[symbol])
        if failure and not callable(failure):
            getattr(self, failure)()
            return
        ticker = self.yahoo.tickers.get(symbol)
        if ticker is None:
            error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
            self.answer(404, json.dumps({"chart": {"result": None, "error": error}}))
            return
        first, last = int(query.get("period1", 0)), int(query.get("period2", 2**40))
        body = ticker.chart(symbol, first, last)
        body = failure(body) if callable(failure) else body
        self.answer(200, body if isinstance(body, str | bytes) else json.dumps(body))

    def earnings(self, symbol: str) -> None:
        """The page that lists a firm's results; a text that names a failure meets that instead."""
        listed = self.yahoo.earnings.get(symbol, ())
        if isinstance(listed, str):
            getattr(self, listed)()
            return
        heads = ("Symbol", "Company", "Earnings Date", "EPS Estimate", "Reported EPS", "Surprise (%)")
        rows = [(symbol, "A firm", day, "0.85", "0.89", "+5.2") for day in listed]
        lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
        table = f"<table><thead><tr>{''.join(f'<th>{h}</th>' for h in heads)}</tr></thead><tbody>"
        table += "".join(f"<tr>{line}</tr>" for line in lines) + "</tbody></table>"
        self.answer(200, f"<html>{table if rows else 'No results'}</html>", "text/html")

    def refuse(self) -> None:
        self.answer(429, "Too Many Requests", "text/html")

    def page(self) -> None:
        self.answer(500, "<html><body>Oops</body></html>", "text/html")

    def maintenance(self) -> None:
        self.answer(200, "<html>Will be right back...</html>", "text/html")

    def cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(b'{"chart": {"result": [{"meta": {"currency": "USD"')
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def silence(self) -> None:
        self.yahoo.closed.wait()
        self.close_connection = True

    def moved(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def nothing(self) -> None:
        self.send_response(204)
        self.end_headers()

    def forbidden(self) -> None:
        self.answer(403, "<html>Forbidden</html>", "text/html")

    def answer(self, status: int, body: str | bytes, kind: str = "application/json") -> None:
        data = body if isinstance(body, bytes) else body.encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


SHARES = {
    "timeseries": {
        "result": [
            {
                "meta": {"symbol": ["X"], "type": ["shares_out"]},
                "timestamp": [1_731_628_800, 1_731_628_800 + 100, 1_740_096_000],
                "shares_out": [24_400_000_000, 24_490_000_000, 24_400_000_000],
            }
        ],
        "error": None,
    }
}


def session(server: YahooServer, timeout: float = 10.0):
    """A client session of yfinance's kind whose every request goes to `server` over plain HTTP."""
    from curl_cffi.requests import Session

    class Loopback(Session):
        def request(self, method, url, **kwargs):
            parts = urlsplit(url)
            kwargs["headers"] = {**(kwargs.get("headers") or {}), "X-Real-Host": parts.netloc}
            kwargs["timeout"] = min(kwargs.get("timeout") or timeout, timeout)
            query = f"?{parts.query}" if parts.query else ""
            return super().request(method, f"http://127.0.0.1:{server.port}{parts.path or '/'}{query}", **kwargs)

    return Loopback()


class TlsProxy:
    """A CONNECT proxy on loopback that ends TLS itself for any host and hands the request to `server`."""

    def __init__(self, server: YahooServer, folder):
        import trustme

        self.server, self.authority = server, trustme.CA()
        self.bundle = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(self.bundle)
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self.hosts: Counter[str] = Counter()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def environment(self, cache) -> dict[str, str]:
        """What a child process needs in its environment to speak through this proxy."""
        bundle, address = str(self.bundle), f"http://127.0.0.1:{self.port}"
        return {
            "https_proxy": address,
            "HTTPS_PROXY": address,
            "no_proxy": "",
            "NO_PROXY": "",
            "SSL_CERT_FILE": bundle,
            "CURL_CA_BUNDLE": bundle,
            "REQUESTS_CA_BUNDLE": bundle,
            "XDG_CACHE_HOME": str(cache),
        }

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _context(self, host: str) -> ssl.SSLContext:
        with self._lock:
            if host not in self._contexts:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self.authority.issue_cert(host).configure_cert(context)
                self._contexts[host] = context
            return self._contexts[host]

    def _serve(self, client: socket.socket) -> None:
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                chunk = client.recv(4096)
                if not chunk:
                    return
                head += chunk
            host = head.split(b" ", 2)[1].decode().rsplit(":", 1)[0]
            self.hosts[host] += 1
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            secure = self._context(host).wrap_socket(client, server_side=True)
            upstream = socket.create_connection(("127.0.0.1", self.server.port))
        except OSError:
            client.close()
            return
        threading.Thread(target=_pipe, args=(upstream, secure), daemon=True).start()
        _pipe(secure, upstream)


def _pipe(source: socket.socket, target: socket.socket) -> None:
    try:
        while chunk := source.recv(65_536):
            target.sendall(chunk)
    except OSError:
        pass
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
