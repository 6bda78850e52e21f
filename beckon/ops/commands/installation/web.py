"""`beckon web`."""

import argparse

from beckon.ops.serving import collect_static, serve

HELP = "Serve the pages. Any number of hosts may, against one database; put a proxy with TLS in front in production."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen and with how many processes."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1; one per core is plenty)")


def run(args: argparse.Namespace) -> int:
    """Serves until it is stopped."""
    collect_static()
    print(f"pages on http://{'localhost' if args.host == '127.0.0.1' else args.host}:{args.port}/", flush=True)
    serve(args.host, args.port, args.workers)
    return 0
