"""`python -m beckon.ops.bench.one NAME ORGANIZATION PEOPLE FOLDER`: runs one measure in this process."""

import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from beckon.core.errors import BeckonError
from beckon.ops.bench.context import Bench, say
from beckon.ops.bench.values import Figures, measures_named


def main(name: str, slug: str, people: str, folder: str) -> int:
    """Tells figures, or why there are none. Anything unforeseen is a traceback on standard error and code 1."""
    from beckon.core.tenancy import get_organization

    measure = measures_named(name)[0]
    module = import_module(f"beckon.ops.bench.measures.{measure.module}")
    bench = Bench(get_organization(slug), int(people), Path(folder))
    try:
        module.prepare(bench)
        bench.tell("measuring")
        figures: Figures = module.measure(bench)
    except BeckonError as error:
        say({"failed": str(error)})
        return 0
    say({"figures": asdict(figures)})
    return 0


if __name__ == "__main__":
    import django

    django.setup()
    sys.exit(main(*sys.argv[1:]))
