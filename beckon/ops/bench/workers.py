"""`python -m beckon.ops.bench.workers ORGANIZATION WARM_UP`: advances whoever is due, as a worker's job does.

Steps WARM_UP enrollments, prints "ready", waits for a line, works until nobody is due, prints what it did.
"""

import json
import sys
import time

from beckon.ops.bench.days import ADVANCE_DAY


def main(slug: str, warm_up: str) -> int:
    """{"advanced": n, "messages": n, "warmed": n, "cpu_seconds": s} on the last line."""
    from beckon.campaigns.actions import advance_all, advance_due
    from beckon.core.actors import SYSTEM
    from beckon.core.tenancy import get_organization, org_scope

    organization = get_organization(slug)
    with org_scope(organization):
        warmed = advance_due(now=ADVANCE_DAY, limit=int(warm_up), by=SYSTEM)
    print("ready", flush=True)
    sys.stdin.readline()
    worked = time.process_time()
    done = advance_all(organization, now=ADVANCE_DAY, by=SYSTEM)
    told = {
        "advanced": done.advanced, "messages": done.messages, "warmed": warmed.advanced,
        "cpu_seconds": time.process_time() - worked,
    }  # fmt: skip
    print(json.dumps(told), flush=True)
    return 0


if __name__ == "__main__":
    import django

    django.setup()
    sys.exit(main(*sys.argv[1:]))
