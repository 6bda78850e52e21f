"""`beckon demo-clock`, which `beckon demo` starts beside the pages."""

import argparse
import os
import signal
from types import FrameType

from beckon.lab.sample import demo
from beckon.lab.sample.living import live_on

HELP = "Let the sample practice live: its clock runs at the speed set on the pages, people answer, colleagues call."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: speed is set on the pages."""


def run(args: argparse.Namespace) -> int:
    """Runs until SIGTERM or Ctrl-C, or until its parent is gone."""
    stop = False

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        nonlocal stop
        stop = True

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    parent = os.getppid()
    world, _ = demo.launch_campaign(demo.start())
    world.agents = world.agents[:1]
    live_on(world, stopped=lambda: stop or os.getppid() != parent)
    return 0
