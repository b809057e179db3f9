"""`eventwindow serve`: start the page on this machine, and say where it is."""

from __future__ import annotations

import argparse
import ipaddress
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from eventwindow.errors import SourceError, StudyError, needs_library
from eventwindow.scratch import locked

if TYPE_CHECKING:
    from eventwindow.cli.web.jobs import Runs


def serve_command(options: argparse.Namespace) -> None:
    """Serve until interrupted; the run in progress ends with it."""
    try:
        import uvicorn

        from eventwindow.cli.web.app import application
    except ImportError:
        raise needs_library("`eventwindow serve`", "starlette", "uvicorn", "python-multipart") from None
    from eventwindow.cli.web.guard import Connection, Guard

    token = _token(options)
    listening = _socket(options.host, options.port)
    port = listening.getsockname()[1]
    named = f"[{options.host}]" if ":" in options.host else options.host
    hosts = frozenset({f"{named}:{port}", *(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))})
    with closing(listening), _kept(options.folder or _folder()) as runs:
        print(f"http://{named}:{port}/{f'?token={token}' if token else ''}", flush=True)
        guard = Guard(application(runs), hosts, token)
        config = uvicorn.Config(
            guard,
            http=Connection,
            ws="none",
            log_level="warning",
            lifespan="off",
            timeout_keep_alive=5,
            timeout_graceful_shutdown=3,  # an upload that never ends does not keep the page alive
            limit_concurrency=200,
            server_header=False,
        )
        server = uvicorn.Server(config)
        guard.stopping = lambda: server.should_exit
        server.run(sockets=[listening])


@contextmanager
def _kept(folder: Path) -> Iterator[Runs]:
    """The runs of a folder, which no other page may look after at the same time."""
    from eventwindow.cli.web.jobs import Runs

    folder.mkdir(parents=True, exist_ok=True)
    with locked(Path(os.path.realpath(folder))) as alone:
        if alone is False:
            remedy = "Use that one, or give another --folder."
            raise StudyError(f"another page keeps its runs in {folder}", remedy=remedy)
        with closing(Runs(folder)) as runs:
            yield runs


def _token(options: argparse.Namespace) -> str | None:
    """A page that other machines can reach asks for a token."""
    token: str | None = options.token
    if not token and not _is_loopback(options.host):
        remedy = f"Give a token that they must know, such as --token {secrets.token_urlsafe(18)}"
        raise StudyError(f"--host {options.host} lets other machines reach the page", where="--token", remedy=remedy)
    return token


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _socket(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":  # on Windows it would share a port that another program serves
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        remedy = "Give another --port, or 0 for any."
        raise SourceError(f"{host}:{port} cannot be used ({error})", remedy=remedy) from None
    return listening


def _folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("eventwindow") / "runs"
