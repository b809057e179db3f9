"""The pages: a form, a run, its files; every word from the catalogues, every answer escaped."""

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from eventwindow.cli.again import REPORT
from eventwindow.cli.web import asked
from eventwindow.cli.web.asked import Fault, Upload
from eventwindow.cli.web.guard import LIMIT
from eventwindow.cli.web.jobs import DONE, Run, Runs
from eventwindow.draft.listings import symbols_like
from eventwindow.report.html import environment
from eventwindow.report.language import LANGUAGES, language
from eventwindow.study.library import shipped_studies

HERE = Path(__file__).parent / "templates"
KINDS: dict[str, Callable[..., Run]] = {"quick": asked.quick, "article": asked.article, "shipped": asked.shipped}
STATIC = {"css": "text/css", "js": "text/javascript"}  # by ending; what a system's registry says may differ
SHOWN = 30  # earlier runs on the first page


def application(runs: Runs) -> Starlette:
    app = Starlette(
        routes=[
            Route("/", _front),
            Route("/ask/{kind}", _ask, methods=["POST"]),
            Route("/complete", _complete),
            Route("/runs/{key}", _run),
            Route("/runs/{key}/state", _state),
            Route("/runs/{key}/cancel", _cancel, methods=["POST"]),
            Route("/runs/{key}/remove", _remove, methods=["POST"]),
            Route("/runs/{key}/{part}.zip", _packed),
            Route("/runs/{key}/out/{path:path}", _file),
            Route("/web.{ending}", _static),
        ],
        exception_handlers={404: _missing},
    )
    app.state.runs = runs
    return app


async def _front(request: Request) -> Response:
    return _page(request, "front.html.j2", values={}, faults={})


async def _ask(request: Request) -> Response:
    """Start a run, or show the form again with the fault at its field."""
    if (begun := KINDS.get(request.path_params["kind"])) is None:
        raise HTTPException(404)
    async with request.form(max_files=1, max_fields=20, max_part_size=LIMIT) as form:
        values = {name: value for name, value in form.items() if isinstance(value, str)}
        upload = await _upload(form)
    try:
        run = await run_in_threadpool(begun, request.app.state.runs, values, upload)
    except Fault as fault:
        faults = {fault.name: fault.error}
        return _page(request, "front.html.j2", status=422, values=values, faults=faults)
    return RedirectResponse(_kept(request, f"/runs/{run.key}"), status_code=303)


async def _upload(form: FormData) -> Upload | None:
    sent = form.get("prices")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return None
    return Upload(Path(sent.filename).name, await sent.read())


async def _complete(request: Request) -> Response:
    found = symbols_like(request.query_params.get("q", "")[:40])
    return JSONResponse([{"symbol": home.symbol, "name": home.name, "exchange": home.exchange} for home in found])


async def _run(request: Request) -> Response:
    run = _held(request)
    files, found = (_files(request, run), _summary(request, run)) if run.state == DONE else ({}, "")
    return _page(request, "run.html.j2", run=run, files=files, found=found)


async def _state(request: Request) -> Response:
    run, said = _held(request), _language(request)
    return JSONResponse({"ended": run.ended, "state": said.text(f"web.{run.state}"), "step": run.step})


async def _cancel(request: Request) -> Response:
    await run_in_threadpool(request.app.state.runs.cancel, request.path_params["key"])
    return RedirectResponse(_kept(request, f"/runs/{request.path_params['key']}"), status_code=303)


async def _remove(request: Request) -> Response:
    await run_in_threadpool(request.app.state.runs.remove, request.path_params["key"])
    return RedirectResponse(_kept(request, "/"), status_code=303)


async def _packed(request: Request) -> Response:
    run, part = _held(request), request.path_params["part"]
    folder = request.app.state.runs.where(run.key)
    places = {"study": (folder / "study", folder / "out"), "results": (folder / "out" / REPORT, folder / "out")}
    root = next((f for f in places.get(part, ()) if f.is_dir()), None)
    if root is None:
        raise HTTPException(404)
    data = await run_in_threadpool(_zip, root)
    name = f'attachment; filename="{part}-{run.key}.zip"'
    return Response(data, media_type="application/zip", headers={"content-disposition": name})


def _zip(root: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(p for p in root.rglob("*") if p.is_file() and not p.is_symlink()):
            inside = path.relative_to(root)
            if inside.parts[0] != REPORT:
                packed.write(path, inside)
    return buffer.getvalue()


async def _file(request: Request) -> Response:
    """A file of a run's results; no path leads out of its folder."""
    root = (request.app.state.runs.where(_held(request).key) / "out").resolve()
    path = (root / request.path_params["path"]).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path)


async def _static(request: Request) -> Response:
    if (kind := STATIC.get(request.path_params["ending"])) is None:
        raise HTTPException(404)
    return FileResponse(HERE / f"web.{request.path_params['ending']}", media_type=kind)


async def _missing(request: Request, _: Exception) -> Response:
    return _page(request, "missing.html.j2", status=404)


def _held(request: Request) -> Run:
    run: Run | None = request.app.state.runs.get(request.path_params["key"])
    if run is None:
        raise HTTPException(404)
    return run


def _files(request: Request, run: Run) -> dict[str, str]:
    """What a run gives, by the key of its words: file below `out`."""
    wanted = {"report": "report.html", "appendix": "appendix.html", "workbook": "results.xlsx", "summary": "report.md"}
    found = {key: _written(request, run, name) for key, name in wanted.items()}
    return {key: name for key, name in found.items() if name}


def _summary(request: Request, run: Run) -> str:
    """What a run found, in the reader's language: its scorecard, without statements the opening of its report."""
    out: Path = request.app.state.runs.where(run.key) / "out"
    for name in ("results/scorecard.txt", "report.md"):
        if found := _written(request, run, name):
            return (out / found).read_text(encoding="utf-8").partition("\n## ")[0].removeprefix("# ").strip()
    return ""


def _written(request: Request, run: Run, name: str) -> str:
    """A file of the results below `out`, in the reader's language where there is such a one; "" where none is."""
    out = request.app.state.runs.where(run.key) / "out"
    base = f"{REPORT}/" if (out / REPORT).is_dir() else ""
    code, (stem, ending) = _language(request).code, name.rsplit(".", 1)
    names = (f"{stem}.{code}.{ending}", name)
    return next((base + n for n in names if (out / (base + n)).is_file()), "")


def _language(request: Request) -> Any:
    """The one asked for in the address, else the first of the browser's that there is, else English."""
    asked_for = [request.query_params.get("lang", "").replace("_", "-")]
    asked_for += [part.split(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    for code in asked_for:
        if chosen := next((c for c in LANGUAGES if code.lower() in _codes(c)), None):
            return language(chosen)
    return language("en")


def _codes(code: str) -> list[str]:
    """The codes by which browsers ask for a language: its own, and those that its catalogue names."""
    return [code.lower(), *language(code).text("web.browser_codes").split()]


def _kept(request: Request, path: str) -> str:
    """The address with the language that was asked for."""
    return f"{path}?lang={_language(request).code}" if "lang" in request.query_params else path


@cache
def _templates() -> Environment:
    """The pages of the web, by the rules of the report's."""
    return environment().overlay(loader=FileSystemLoader(HERE))


def _page(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    chosen = _language(request)
    shared = {
        "language": chosen,
        "languages": [language(code) for code in LANGUAGES],
        "say": chosen.say,
        "path": request.url.path if request.method == "GET" else "/",
        "kept": lambda path: _kept(request, path),
        "studies": shipped_studies(),
        "limit": LIMIT,
        "runs": request.app.state.runs.all()[:SHOWN],
    }
    return HTMLResponse(_templates().get_template(name).render(**shared | values), status_code=status)
