"""Edits of a playbook's definition, one part at a time. Pure: a new definition comes back, checked by nobody yet."""

from copy import deepcopy
from typing import Any

Definition = dict[str, Any]
NEW_STEPS: dict[str, dict[str, Any]] = {
    "wait": {"kind": "wait", "days": 7},
    "send": {"kind": "send"},
    "call": {"kind": "call"},
    "goal": {"kind": "goal"},
    "exit": {"kind": "exit", "reason": "exhausted"},
}


def with_wording(definition: Definition, name: str, words: dict[str, dict[str, str]]) -> Definition:
    """The wording `name` with new words: language -> body, subject, back; empty parts are left out."""
    found = deepcopy(definition)
    for language, parts in words.items():
        kept = {part: text for part, text in parts.items() if text or part == "body"}
        found["templates"][name][language] = kept
    return found


def with_new_wording(definition: Definition, name: str, like: str) -> Definition:
    """A further wording that begins as `like` does."""
    found = deepcopy(definition)
    found["templates"][name] = deepcopy(found["templates"][like])
    return found


def with_script(definition: Definition, name: str, texts: dict[str, str]) -> Definition:
    """The script `name` with new texts by language."""
    found = deepcopy(definition)
    found["scripts"][name] = texts
    return found


def place_of(definition: Definition, step: str) -> int:
    """Where a step stands, from 0. Raises KeyError."""
    for place, one in enumerate(definition["steps"]):
        if one["id"] == step:
            return place
    raise KeyError(step)


def with_step(definition: Definition, step: str, changes: dict[str, Any]) -> Definition:
    """The step with other fields; a field given as None is taken out."""
    found = deepcopy(definition)
    place = place_of(found, step)
    merged = {**found["steps"][place], **changes}
    found["steps"][place] = {name: value for name, value in merged.items() if value is not None}
    return found


def moved(definition: Definition, step: str, by: int) -> Definition:
    """The step one up (-1) or down (1); at the end it stays."""
    found = deepcopy(definition)
    place = place_of(found, step)
    other = place + by
    if 0 <= other < len(found["steps"]):
        steps = found["steps"]
        steps[place], steps[other] = steps[other], steps[place]
    return found


def without_step(definition: Definition, step: str) -> Definition:
    """The journey without the step."""
    found = deepcopy(definition)
    del found["steps"][place_of(found, step)]
    return found


def tidied(definition: Definition) -> Definition:
    """Without the wordings and scripts that no step uses any more; they stay in the earlier versions."""
    found = deepcopy(definition)
    used = {
        name
        for step in found["steps"]
        for way in step.get("ways", ())
        for variant in way["variants"].values()
        for name in variant["templates"]
    }
    scripts = {step["script"] for step in found["steps"] if "script" in step}
    found["templates"] = {name: words for name, words in found.get("templates", {}).items() if name in used}
    found["scripts"] = {name: words for name, words in found.get("scripts", {}).items() if name in scripts}
    return found


def with_step_after(definition: Definition, step: str, kind: str) -> tuple[Definition, str]:
    """A new step of `kind` below `step`, with whatever wording or script comes first; and its id. Raises KeyError."""
    found = deepcopy(definition)
    known = {one["id"] for one in found["steps"]}
    number = 1
    while (name := f"{kind}_{number}") in known:
        number += 1
    new = {"id": name, **deepcopy(NEW_STEPS[kind])}
    if kind == "send":
        template, described = next(iter(found["templates"].items()))
        new["ways"] = [{"channel": described["channel"], "variants": {"a": {"templates": [template]}}}]
    if kind == "call":
        new["script"] = next(iter(found["scripts"]))
    found["steps"].insert(place_of(found, step) + 1, new)
    return found, name
