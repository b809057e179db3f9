"""`eventwindow serve` whose runs last until the file `go` stands in its folder: no test of a run in progress waits for luck.

python tests/held_server.py serve --port 0 --folder DIR
"""

from __future__ import annotations

import subprocess
import sys

from eventwindow.cli.main import main
from eventwindow.cli.web import jobs

CHILD = """
import os, pathlib, sys, time
pathlib.Path("pid").write_text(str(os.getpid()))
print("1 ms  eventwindow: getting prices", file=sys.stderr, flush=True)
while not pathlib.Path("../go").exists():
    time.sleep(0.02)
"""


def start(_, folder):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", CHILD], cwd=folder, start_new_session=True, **pipes)


if __name__ == "__main__":
    jobs._start = start
    sys.exit(main())
