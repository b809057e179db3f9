"""`eventwindow serve`: the three ways in, what is refused, the queue, and what a killed server leaves."""

from __future__ import annotations

import asyncio
import http.client
import io
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pytest

from eventwindow import __version__
from eventwindow.cli.main import main
from eventwindow.cli.process import PARENT
from eventwindow.cli.web import asked, jobs
from eventwindow.cli.web.asked import Fault, Upload
from eventwindow.cli.web.jobs import Run, Runs

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
import uvicorn
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import Request
from uvicorn.server import ServerState

from eventwindow.cli.web.guard import Connection, Guard

PATIENCE = 300.0
PLAIN, HELD = ("-m", "eventwindow"), (str(Path(__file__).with_name("held_server.py")),)


class Server:
    """A server of its own process, with a folder of runs."""

    def __init__(self, folder: Path, *options: str, python: tuple[str, ...] = PLAIN, stderr: int | None = None) -> None:
        self.folder = folder
        command = [sys.executable, *python, "serve", "--port", "0", "--folder", str(folder), *options]
        settings = os.environ | {PARENT: str(os.getpid())}  # a test that is killed leaves no server
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True, env=settings
        )
        self.said = self.process.stdout.readline().strip()
        self.url = self.said.split("/?")[0].rstrip("/")
        until = time.monotonic() + PATIENCE
        while not self.answers():
            assert self.process.poll() is None and time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            self.get("/web.css", token=self.said.partition("token=")[2])
        except urllib.error.URLError:
            return False
        return True

    def state(self, path: str) -> dict:
        return json.loads(self.get(f"{path}/state")[1].partition("\n")[2])

    def until(self, path: str, key: str) -> dict:
        """The state of a run once it tells what `key` asks for."""
        until = time.monotonic() + PATIENCE
        while not (state := self.state(path))[key]:
            assert time.monotonic() < until, f"the run tells no {key!r}"
            time.sleep(0.1)
        return state

    def get(self, path: str, token: str = "", **headers: str) -> tuple[int, str]:
        return self.ask(urllib.request.Request(self.url + path + (f"?token={token}" if token else ""), headers=headers))

    def post(self, path: str, form: dict[str, str], file: tuple[str, bytes] | None = None, **headers: str):
        mark = "-----eventwindow-test"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in form.items()
        ]
        if file:
            head = f'--{mark}\r\nContent-Disposition: form-data; name="prices"; filename="{file[0]}"\r\n\r\n'
            parts.append(head.encode() + file[1] + b"\r\n")
        body = b"".join([*parts, f"--{mark}--\r\n".encode()])
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        return self.ask(urllib.request.Request(self.url + path, data=body, headers=kind | headers))

    @staticmethod
    def ask(request: urllib.request.Request) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.url + "\n" + answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")

    def ended(self, path: str) -> dict:
        """The state of a run once it has ended."""
        return self.until(path, "ended")

    def started(self, path: str) -> int:
        """The number of the process of a run that is held, once it has begun and told its first step."""
        self.until(path, "step")
        return int((self.folder / path.rpartition("/")[2] / "pid").read_text())

    def release(self) -> None:
        """Let the runs of a held server end."""
        (self.folder / "go").touch()

    def hold(self) -> None:
        """Let those that begin from now on be held."""
        (self.folder / "go").unlink()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    held = Server(tmp_path_factory.mktemp("runs") / "all")
    yield held
    held.stop()


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """A server whose runs last until they are released; the last test that asks for it stops it."""
    server = Server(tmp_path_factory.mktemp("held") / "runs", python=HELD)
    yield server
    server.stop()


def path_of(answer: tuple[int, str]) -> str:
    return re.search(r"/runs/\w+", answer[1])[0]


@pytest.fixture(scope="module")
def done(server):
    """The path of a run of two securities with two sentences, which has ended."""
    form = {"symbols": "nvda, TSM", "date": "2025-01-27", "sentences": "Nvidia fell 17 %\nIt was a hard day"}
    path = path_of(server.post("/ask/quick", form))
    assert server.ended(path)["state"] == "done"
    return path


def test_securities_and_a_day_give_a_report_and_a_study(server, done):
    page = server.get(done)[1]
    assert "It was a hard day: no statement about a market was read in it" in page
    assert "It was a hard day：其中沒有讀出" in server.get(done, **{"Accept-Language": "zh-Hant"})[1]
    for words, code in (
        ("What held: 1 of 1", "en"),
        ("成立項數：1 項中 1 項", "zh-Hant"),
        ("成立项数：1 项中 1 项", "zh-Hans"),
    ):
        page = server.get(done, **{"Accept-Language": code})[1]
        assert words in page.partition("<details")[0], page
    assert "NVDA, TSM" in server.get("/")[1]
    status, report = server.get(f"{done}/out/report.html")
    assert status == 200
    assert "Nvidia" in report
    assert "輝達" in server.get(f"{done}/out/report.zh-Hant.html")[1]
    with urllib.request.urlopen(server.url + done + "/study.zip") as answer:
        packed = zipfile.ZipFile(io.BytesIO(answer.read()))
    assert {"study.toml", "claims.toml"} <= set(packed.namelist())


def test_an_article_is_read_and_judged(server):
    text = "Nvidia shares fell 17% on Monday, 27 January 2025, wiping out billions. TSMC fell 13.3% on the same day."
    path = path_of(server.post("/ask/article", {"article": text, "article_date": "2025-01-28"}))
    assert server.ended(path)["state"] == "done"
    assert "· holds ·" in server.get(path)[1]


def test_prices_that_are_sent_are_those_that_are_used(server):
    from eventwindow.study.library import shipped_figures

    text = shipped_figures(["NVDA", "SPY"])
    path = path_of(server.post("/ask/quick", {"symbols": "NVDA", "date": "2025-01-27"}, ("p.csv", text.encode())))
    assert server.ended(path)["state"] == "done"
    page = server.get(path, **{"Accept-Language": "zh-Hant"})[1]
    assert "from your file" in page
    assert "下跌百分之 17" in page.partition("<details")[0]  # without a statement: the opening of the report


@pytest.mark.parametrize(
    ("kind", "form", "field"),
    [
        ("quick", {"symbols": "", "date": "2025-01-27"}, "symbols"),
        ("quick", {"symbols": "NVDA nvda", "date": "2025-01-27"}, "symbols"),
        ("quick", {"symbols": "TSM Nvidia", "date": "2025-01-27"}, "symbols"),
        ("quick", {"symbols": "輝達", "date": "2025-01-27"}, "symbols"),
        ("quick", {"symbols": "NVDA", "date": "2025-13-27"}, "date"),
        ("quick", {"symbols": "NVDA", "date": "2199-01-28"}, "date"),
        ("quick", {"symbols": "NVDA", "date": "1500-01-28"}, "date"),
        ("quick", {"symbols": "NVDA", "date": "2025-01-27", "time": "25:00"}, "time"),
        ("quick", {"symbols": "NVDA", "date": "2025-01-27", "time": "9:00", "zone": "Mars"}, "zone"),
        ("quick", {"symbols": "NVDA", "date": "2025-01-27", "benchmark": "SPY QQQ"}, "benchmark"),
        ("quick", {"symbols": "NVDA", "date": "2025-01-27", "sentences": "up\n" * 41}, "sentences"),
        ("article", {"article": " "}, "article"),
        ("article", {"article": "It fell. " * 200_000}, "article"),
        ("article", {"article": "Nvidia fell 17 %.", "article_date": "yesterday"}, "article_date"),
        ("article", {"article": "Nvidia fell 17 %.", "article_date": "2199-01-28"}, "article_date"),
        ("shipped", {"study": "../../etc"}, "study"),
    ],
)
def test_a_fault_is_told_at_its_field_and_what_was_written_is_kept(server, kind, form, field):
    status, page = server.post(f"/ask/{kind}", form)
    assert status == 422
    assert f'id="{field}-fault"' in page
    if form.get("symbols"):
        assert f'value="{form["symbols"]}"' in page


def test_a_file_that_is_no_table_is_refused_by_its_name(server):
    forms = {
        "prices": ("quick", {"symbols": "NVDA", "date": "2025-01-27"}),
        "article-prices": ("article", {"article": "x"}),
    }
    for field, (kind, form) in forms.items():
        status, page = server.post(f"/ask/{kind}", form, ("p.exe", b"MZ"))
        assert status == 422
        assert f'id="{field}-fault"' in page


def test_what_is_written_is_inert(server):
    status, page = server.post("/ask/quick", {"symbols": "<script>alert(1)</script>", "date": "x"})
    assert status == 422
    assert "<script>alert" not in page.lower()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", ""])
def test_another_name_for_the_server_is_refused(server, host):
    assert server.get("/", Host=host)[0] == 421


@pytest.mark.parametrize(
    "headers",
    [
        *({"Origin": o} for o in ("http://evil.example", "null", "http://[", "https://127.0.0.1")),
        *({"Sec-Fetch-Site": site} for site in ("cross-site", "same-site")),
    ],
)
def test_a_form_of_another_site_is_refused(server, headers):
    assert server.post("/ask/shipped", {"study": "outage-2024"}, **headers)[0] == 403


def test_a_body_that_is_too_large_is_refused_before_it_is_read(server):
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=PATIENCE)
    for length in ("9000000", "-1", "much"):
        connection.request("POST", "/ask/quick", headers={"Content-Length": length, "Content-Type": "text/plain"})
        assert connection.getresponse().status in (400, 413)
        connection.close()


def half_sent(server) -> socket.socket:
    """A connection over which half a form was sent."""
    host, port = server.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)))
    head = f"POST /ask/quick HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 90\r\n"
    connection.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\nsymbols=".encode())
    return connection


def test_a_browser_that_is_closed_while_it_sends_leaves_no_traceback(tmp_path):
    server = Server(tmp_path / "runs", stderr=subprocess.PIPE)
    half_sent(server).close()
    assert server.get("/")[0] == 200
    server.stop()
    assert "Traceback" not in server.process.stderr.read()


@pytest.mark.parametrize("around", [lambda app: app, ServerErrorMiddleware])
@pytest.mark.parametrize(("stopping", "status"), [(False, 408), (True, 503)])
def test_what_is_sent_too_slowly_is_refused(around, stopping, status):
    """Once, and by the guard alone, though the application takes it for a fault of its own."""

    async def never() -> dict:
        await asyncio.Event().wait()

    async def app(scope, receive, send) -> None:
        await Request(scope, receive).form()

    async def send(message) -> None:
        answers.append(message.get("status"))

    answers: list = []
    form = {"host": "here:1", "content-length": "90", "content-type": "application/x-www-form-urlencoded"}
    headers = [(name.encode(), value.encode()) for name, value in form.items()]
    scope = {"type": "http", "method": "POST", "path": "/ask/quick", "query_string": b"", "headers": headers}
    guard = Guard(around(app), frozenset({"here:1"}), within=0)
    guard.stopping = lambda: stopping
    asyncio.run(guard(scope, never, send))
    assert answers == [status, None]


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_a_page_that_is_stopped_amid_an_upload_says_so_in_a_line(tmp_path):
    server = Server(tmp_path / "runs", stderr=subprocess.PIPE)
    host = server.url.removeprefix("http://")
    head = ("POST /ask/quick HTTP/1.1", f"Host: {host}", "Content-Type: multipart/form-data; boundary=x")
    name, port = host.rsplit(":", 1)
    with socket.create_connection((name, int(port))) as sent:
        sent.sendall("\r\n".join([*head, "Content-Length: 100000", "", "--x\r\n"]).encode())
        server.get("/web.css")  # the page has taken what came before
        server.stop()
        assert b" 503 " in sent.recv(1000)
    assert server.process.stderr.read() == "eventwindow: interrupted; nothing was half-written\n"


async def served(connection: type, app, say) -> None:
    """What `say` does with a client of a server whose connections are of that kind."""
    config = uvicorn.Config(app, http=connection, lifespan="off", timeout_keep_alive=10_000, log_level="critical")
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: connection(config, state, {}), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        await asyncio.wait_for(say(reader, writer), PATIENCE)
        writer.close()


WHOLE = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


async def much(scope, receive, send) -> None:
    """An answer of 64 MB."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"67108864")]})
    for left in reversed(range(64)):
        await send({"type": "http.response.body", "body": bytes(1 << 20), "more_body": left > 0})


async def little(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.mark.parametrize("sent", [b"", WHOLE[:-2]])
def test_a_head_that_comes_too_slowly_ends_the_connection(sent):
    async def say(reader, writer) -> None:
        writer.write(sent)
        with suppress(ConnectionResetError):
            assert await reader.read() == b""

    asyncio.run(served(type("Hasty", (Connection,), {"head": 0}), little, say))


def test_the_head_of_a_further_request_may_not_come_slowly_either():
    class Hasty(Connection):
        def _await_head(self) -> None:
            self.head = 10_000 if self.cycle is None else 0
            super()._await_head()

    async def say(reader, writer) -> None:
        writer.write(WHOLE)
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
        with suppress(ConnectionError):
            writer.write(WHOLE[:-2])
            assert await reader.read() == b""

    asyncio.run(served(Hasty, little, say))


def test_an_answer_that_is_not_taken_ends_the_connection():
    gone = []

    class Hasty(Connection):
        taken = 0

        def connection_lost(self, exc) -> None:
            super().connection_lost(exc)
            gone.append(self.loop.create_task(asyncio.sleep(0)))

    async def say(reader, writer) -> None:
        writer.write(WHOLE)
        while not gone:  # nothing is read
            await asyncio.sleep(0.01)

    asyncio.run(served(Hasty, much, say))
    assert gone


def test_a_request_that_is_answered_slowly_is_answered():
    """The limit is on what a client sends and takes, not on our own work."""

    async def slow(scope, receive, send) -> None:
        await asyncio.sleep(0.05)
        await little(scope, receive, send)

    async def say(reader, writer) -> None:
        writer.write(WHOLE)
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")

    class Hasty(Connection):
        def handle_events(self) -> None:
            super().handle_events()
            if self.cycle is not None:
                self._late(None)

    asyncio.run(served(Hasty, slow, say))


def test_no_path_leads_out_of_a_run(server, done):
    for outside in ("/out/../run.json", "/out/..%2frun.json", "/out/%2e%2e/run.json", "/out//etc/passwd", "/out/"):
        assert server.get(done + outside)[0] == 404
    assert server.get("/runs/../all")[0] == 404
    assert server.get("/app.py")[0] == 404


def test_the_policy_of_every_page_forbids_what_is_not_ours(server):
    with urllib.request.urlopen(server.url + "/") as answer:
        policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_run_that_is_cancelled_leaves_no_process_and_the_next_one_begins(held):
    first = path_of(held.post("/ask/shipped", {"study": "deepseek-2025"}))
    process = held.started(first)
    second = path_of(held.post("/ask/quick", {"symbols": "KO", "date": "2025-01-27"}))
    assert json.loads(held.get(f"{second}/state")[1].partition("\n")[2])["state"] == "waiting for the run before it"
    held.post(f"{first}/cancel", {"cancel": "1"})
    assert held.ended(first)["state"] == "cancelled"
    assert not alive(process)
    held.started(second)
    held.release()
    assert held.ended(second)["state"] == "done"


def test_a_study_that_ships_is_run_once_and_a_server_that_is_stopped_leaves_no_process(held):
    """Nor does an upload that never ends keep it alive."""
    held.release()
    first = path_of(held.post("/ask/shipped", {"study": "outage-2024"}))
    assert held.ended(first)["state"] == "done"
    assert path_of(held.post("/ask/shipped", {"study": "outage-2024"})) == first
    held.hold()
    process = held.started(path_of(held.post("/ask/shipped", {"study": "deepseek-2025"})))
    with half_sent(held):
        held.stop()
    assert held.process.returncode is not None
    assert not alive(process)


def test_the_page_speaks_the_browsers_language(server):
    assert 'lang="zh-Hant"' in server.get("/", **{"Accept-Language": "zh-TW,zh;q=0.9"})[1]
    assert 'lang="zh-Hans"' in server.get("/", **{"Accept-Language": "zh-CN"})[1]
    assert 'lang="zh-Hant"' in server.get("/?lang=zh_Hant")[1]
    assert '<html lang="en"' in server.get("/", **{"Accept-Language": "fr"})[1]


def test_symbols_are_completed_by_symbol_and_by_name(server):
    for begun in ("nvda", "nvid", "輝"):
        with urllib.request.urlopen(f"{server.url}/complete?q={urllib.parse.quote(begun)}") as answer:
            assert "NVDA" in [row["symbol"] for row in json.load(answer)]


def test_a_server_killed_at_any_moment_starts_again_with_every_run_that_it_acknowledged(tmp_path):
    chance, folder, acknowledged = random.Random(22), tmp_path / "runs", []

    def ask(server):
        with suppress(OSError, http.client.HTTPException):
            while True:
                acknowledged.append(path_of(server.post("/ask/quick", {"symbols": "KO", "date": "2025-01-27"})))

    for _ in range(3):
        server = Server(folder, python=HELD)
        acknowledged.append(path_of(server.post("/ask/quick", {"symbols": "NVDA", "date": "2025-01-27"})))
        asker = threading.Thread(target=ask, args=(server,))
        asker.start()
        time.sleep(chance.uniform(0.0, 1.0))
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait(PATIENCE)
        asker.join()
    Server.release(server)
    again = Server(folder)
    try:
        assert {path for path in acknowledged if again.get(path)[0] != 200} == set()
        assert all(again.state(path)["ended"] for path in acknowledged)
        first = acknowledged[0]
        assert "interrupted" in again.get(first)[1]
        again.post(f"{first}/remove", {"remove": "1"})
        assert again.get(first)[0] == 404
    finally:
        again.stop()


def test_other_machines_need_a_token(tmp_path, capsys):
    assert main(["serve", "--host", "0.0.0.0", "--folder", str(tmp_path)]) == 2
    assert "--token" in capsys.readouterr().err
    server = Server(tmp_path / "runs", "--token", "open-sesame")
    try:
        assert server.get("/")[0] == 403
        assert server.get("/", token="wrong")[0] == 403
        assert server.get("/", token="open-sesame")[0] == 200
        assert server.get("/", Cookie="eventwindow-token=open-sesame")[0] == 200
    finally:
        server.stop()


def test_a_record_of_another_version_or_a_torn_one_is_not_listed(tmp_path):
    for name, text in {"a": "{", "b": json.dumps(asdict(Run("b", "t", ("run",), 1.0)) | {"version": "0"})}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / jobs.RECORD).write_text(text)
    held = asdict(Run("c", "t", ("run",), 1.0, state=jobs.DONE)) | {"version": __version__}
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / jobs.RECORD).write_text(json.dumps(held))
    runs = Runs(tmp_path)
    assert [run.key for run in runs.all()] == ["c"]
    runs.close()


def test_what_a_killed_page_was_preparing_is_taken_away_and_nothing_else(tmp_path):
    held, half = "fedcba9876543210", "0123456789abcdef"
    for name in (held, half, "0123456789abcdeg", "letters"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "article.txt").write_text("a text")
    (tmp_path / held / jobs.RECORD).write_text("of another version")
    Runs(tmp_path).close()
    assert {path.name for path in tmp_path.iterdir()} == {held, "0123456789abcdeg", "letters"}


def test_a_second_page_over_the_same_folder_is_refused(server, capsys):
    """It would tell the runs of the first as interrupted."""
    assert main(["serve", "--port", "0", "--folder", str(server.folder)]) == 2
    assert "another page keeps its runs in" in capsys.readouterr().err


def test_a_form_with_a_fault_leaves_no_folder(tmp_path):
    runs = Runs(tmp_path)
    sent = Upload("p.csv", b"date,symbol,close\n")
    for ask, form in (
        (asked.quick, {"symbols": "NVDA NVDA", "date": "2025-01-27"}),
        (asked.article, {"article": "Nvidia fell 17 %."}),
    ):
        with pytest.raises(Fault):
            ask(runs, form, sent if ask is asked.quick else Upload("p.exe", b"MZ"))
    assert (list(tmp_path.iterdir()), runs.all()) == ([], [])
    runs.close()


def test_a_run_that_takes_too_long_ends(tmp_path):
    runs = Runs(tmp_path, limit=0.3)
    with runs.prepared() as (key, _):
        run = runs.add(key, "slow", ("run", "deepseek-2025", "--prices", "shipped", "--out", "out"))
    until = time.monotonic() + PATIENCE
    while not runs.get(run.key).ended and time.monotonic() < until:
        time.sleep(0.1)
    assert (runs.get(run.key).state, runs.get(run.key).said) == ("failed", "no answer within 0 seconds")
    runs.close()
