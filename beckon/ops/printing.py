"""Figures as lines of text for the command line. Works nothing out."""

from collections.abc import Mapping

from beckon.reports.figures import Funnel
from beckon.reports.story import sentence

WIDTH = 34


def funnel_lines(funnel: Funnel, excluded: Mapping[str, int]) -> list[str]:
    """The funnel with a bar per stage, then who was left out and who left, each with its reason."""
    stages = (
        ("people on the list", funnel.people),
        ("enrolled", funnel.enrolled),
        ("contacted", funnel.contacted),
        ("answered", funnel.answered),
        ("goal met", funnel.goal_met),
        ("visit booked", funnel.booked),
        ("visit kept", funnel.kept),
    )
    most = max(1, funnel.people)
    lines = [f"{name:<20}{count:>8,}  {'█' * round(WIDTH * count / most)}" for name, count in stages]
    lines += _reasons("not taken in", excluded)
    lines += _reasons("left the campaign", funnel.left)
    lines.append(f"{'still under way':<20}{funnel.active:>8,}")
    return lines


def _reasons(title: str, counts: Mapping[str, int]) -> list[str]:
    total = sum(counts.values())
    lines = [f"{title:<20}{total:>8,}"]
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return lines + [f"{'':<4}{count:>10,}  {sentence(reason)}" for reason, count in ordered]
