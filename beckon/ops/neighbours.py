"""The demo's processes: pages, a worker for the jobs, and the sample practice's clock. They end together."""

import signal
import socket
import subprocess
import sys

from beckon import config
from beckon.ops.serving import collect_static, serve

NEIGHBOURS = (("worker",), ("demo-clock",))


def is_free(port: int) -> bool:
    """True when nothing listens on the port of this machine yet."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def serve_with_neighbours(port: int) -> None:
    """Serve the pages until Ctrl-C or SIGTERM; worker and clock run beside and write to BECKON_HOME/demo/*.log."""
    collect_static()
    folder = config.home() / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    running = []
    for words in NEIGHBOURS:
        with (folder / f"{words[0]}.log").open("ab") as log:
            command = [sys.executable, "-m", "beckon.ops.cli", *words]
            running.append(subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL))  # noqa: S603
    try:
        serve("127.0.0.1", port, workers=1)
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
