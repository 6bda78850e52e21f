"""`python -m beckon.ops.bench.agents ORGANIZATION QUEUE FIRST LAST ROUNDS PAUSE`: some agents of the `next_call` bench.

Each asks for a call every PAUSE seconds and disposes it half-way, as told by the clock and not by the answers before:
what is late because the process was busy counts as waiting. Prints "ready", waits for a line, prints what happened.
"""

import json
import sys
import time
from typing import TYPE_CHECKING

from beckon.core.draws import uniform
from beckon.ops.bench.days import CALL_DAY

if TYPE_CHECKING:
    from beckon.core.actors import Actor
    from beckon.core.models import Organization
    from beckon.desk.values import Served


class Floor:
    """The agents of this process, on one database connection."""

    def __init__(self, organization: "Organization", queue_id: int) -> None:
        self._organization, self._queue_id = organization, queue_id
        self._holding: dict[str, Served] = {}
        self.waits: list[float] = []
        self.spent: list[float] = []
        self.people: list[int] = []

    def ask(self, agent: "Actor") -> bool:
        """Take the next call; False when there is none."""
        from beckon.core.tenancy import org_scope
        from beckon.desk.actions import take_next

        with org_scope(self._organization):
            served = take_next(agent, [self._queue_id], by=agent, now=CALL_DAY)
        for one in served:
            self._holding[agent.key] = one
            self.people.append(one.person_id)
        return bool(served)

    def dispose(self, agent: "Actor") -> None:
        """Nobody answered."""
        from beckon.core.tenancy import org_scope
        from beckon.desk.actions import dispose
        from beckon.desk.values import Outcome

        held = self._holding.pop(agent.key, None)
        if held is None:
            return
        outcome = Outcome(f"bench:{held.task_id}", agent, "NOANS", CALL_DAY, task_id=held.task_id)
        with org_scope(self._organization):
            dispose([outcome], by=agent, now=CALL_DAY)

    def work(self, agents: "list[Actor]", rounds: int, pause: float) -> int:
        """Everything in its time; returns how often nobody was served."""
        plan: list[tuple[float, int, bool]] = []
        for place, agent in enumerate(agents):
            first = pause * uniform(1, agent.key)
            for turn in range(rounds):
                plan.append((first + turn * pause, place, True))
                plan.append((first + (turn + 0.5) * pause, place, False))
        began, empty = time.perf_counter(), 0
        for due, place, is_ask in sorted(plan):
            time.sleep(max(0.0, began + due - time.perf_counter()))
            if is_ask:
                asked = time.perf_counter()
                empty += not self.ask(agents[place])
                self.waits.append(1000 * (time.perf_counter() - began - due))
                self.spent.append(1000 * (time.perf_counter() - asked))
            else:
                self.dispose(agents[place])
        return empty


def main(slug: str, queue: str, first: str, last: str, rounds: str, pause: str) -> int:
    """{"waits": [ms, ...], "work": [ms, ...], "people": [id, ...], "empty": n} on the last line."""
    from beckon.core.actors import simulated_agent
    from beckon.core.tenancy import get_organization

    floor = Floor(get_organization(slug), int(queue))
    newcomer = simulated_agent(f"warm-{first}")
    floor.ask(newcomer)
    floor.dispose(newcomer)
    print("ready", flush=True)
    sys.stdin.readline()
    agents = [simulated_agent(f"bench-{number}") for number in range(int(first), int(last))]
    empty = floor.work(agents, int(rounds), float(pause))
    told = {"waits": floor.waits, "work": floor.spent, "people": floor.people, "empty": empty}
    print(json.dumps(told), flush=True)
    return 0


if __name__ == "__main__":
    import django

    django.setup()
    sys.exit(main(*sys.argv[1:]))
