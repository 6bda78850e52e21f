"""Runs one command as the command line does, against the organization `test`."""

import argparse
from types import ModuleType


def run(command: ModuleType, *words: str) -> int:
    """The command's exit code; what it printed is in `capsys`."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    code: int = command.run(parser.parse_args([*words, "--org", "test"]))
    return code
