"""Legal hours: may people in this place be reached at this instant, and if not, when. Pure; looks up no one.

Strictest wins: the rows of every state whose law may apply are met in every zone the person may be in.
An unknown place is every state and every zone of the fifty states and DC at once (design, invariant 3).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

from beckon.consent.law.table import Cap, HoursTable, Row, Window, hours_table

Interval = tuple[int, int]  # seconds since 1970, half open

_DAY = 86_400
_CHUNK = 8 * _DAY
_CHUNKS_AHEAD = 46  # a place that opens at no time within a year never does
_BUCKET = 900  # windows are whole hours and zones whole quarters of an hour, so an answer holds this long
_REMEMBERED = 200_000


class Place(NamedTuple):
    """Where a person may be. A NamedTuple, for its hash: places are the keys of all that is remembered here.

    `states`: two-letter codes whose law may apply, by ZIP and by area code; empty is unknown. `zones`: IANA
    zones they may be in; empty is every zone of the states. What does not exist counts as unknown.
    """

    states: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()

    @property
    def is_unknown(self) -> bool:
        """True where no state is known: the narrowest window holds."""
        return not self.states


UNKNOWN_PLACE = Place()


@dataclass(frozen=True)
class Answer:
    """Is contact legal now; if not, when it first is (None: never), and the rule that forbids it now."""

    is_open: bool
    opens_at: datetime | None = None
    rule: str = ""


OPEN = Answer(is_open=True)
_answers: dict[tuple[HoursTable, Place, bool, int], Answer] = {}


def hours_at(place: Place, now: datetime, *, is_recorded: bool = False, table: HoursTable | None = None) -> Answer:
    """May people in `place` be called, texted or left a message at `now` (aware)?

    `is_recorded` adds the rules for recorded messages and automatic devices. Source: law/hours.yaml.
    """
    table = table or hours_table()
    bucket = int(now.timestamp()) // _BUCKET
    key = (table, place, is_recorded, bucket)
    answer = _answers.get(key)
    if answer is None:
        if len(_answers) >= _REMEMBERED:
            _answers.clear()
        answer = _answers[key] = _answer(table, place, is_recorded, bucket * _BUCKET)
    return answer


def open_intervals(
    place: Place,
    start: datetime,
    end: datetime,
    *,
    is_recorded: bool = False,
    table: HoursTable | None = None,
) -> list[tuple[datetime, datetime]]:
    """Every legal span in [start, end), UTC, in order. For a page that shows the day, and for planning."""
    table = table or hours_table()
    first, last = int(start.timestamp()), int(end.timestamp())
    spans: list[Interval] = []
    for chunk in range(first // _CHUNK, last // _CHUNK + 1):
        spans += _chunk(table, place, is_recorded, chunk)
    return [
        (_utc(max(opens, first)), _utc(min(closes, last)))
        for opens, closes in _joined_up(spans)
        if closes > first and opens < last
    ]


def caps_of(place: Place, on: date, *, is_recorded: bool = False, table: HoursTable | None = None) -> tuple[Cap, ...]:
    """Every cap on contacts that binds in `place` on a day, of all its states."""
    table = table or hours_table()
    return _caps(table, place, on, is_recorded)


def consent_of(place: Place, channel: str, on: date, *, table: HoursTable | None = None) -> Row | None:
    """The row that asks most consent for telemarketing over `channel` in `place`, or None."""
    table = table or hours_table()
    return _consent(table, place, channel, on)


@lru_cache(maxsize=10_000)
def _caps(table: HoursTable, place: Place, on: date, is_recorded: bool) -> tuple[Cap, ...]:
    rows = _in_force(table.rules_for(_states(place, table), is_recorded=is_recorded), on)
    return tuple(sorted({row.cap for row in rows if row.cap}, key=lambda cap: (cap.hours, cap.count)))


@lru_cache(maxsize=10_000)
def _consent(table: HoursTable, place: Place, channel: str, on: date) -> Row | None:
    rows = _in_force(table.rules_for(_states(place, table), is_recorded=False), on)
    asking = [row for row in rows if row.consent and channel in row.consent_for]
    # "written" sorts after "express"
    return max(asking, key=lambda row: (row.consent or "", row.state), default=None)


def _states(place: Place, table: HoursTable) -> frozenset[str]:
    known = place.states.intersection(table.zones)
    return known if known and len(known) == len(place.states) else known | table.states


def _zones(place: Place, table: HoursTable) -> frozenset[str]:
    if place.zones and all(_is_zone(zone) for zone in place.zones):
        return place.zones
    states = _states(place, table)
    return frozenset().union(*(table.zones[state] for state in states))


@cache
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _answer(table: HoursTable, place: Place, is_recorded: bool, at: int) -> Answer:
    chunk = at // _CHUNK
    for ahead in range(_CHUNKS_AHEAD):
        spans = _chunk(table, place, is_recorded, chunk + ahead)
        index = bisect_right(spans, (at, 1 << 62))
        if index and spans[index - 1][1] > at:
            return OPEN
        if index < len(spans):
            return Answer(False, _utc(spans[index][0]), _why_closed(table, place, is_recorded, at))
    return Answer(False, None, _why_closed(table, place, is_recorded, at))


def _chunk(table: HoursTable, place: Place, is_recorded: bool, chunk: int) -> list[Interval]:
    """The legal spans that touch one 32-day chunk of time, clipped to it."""
    return _common_spans(table, *_bound(table, place, is_recorded), is_recorded, chunk)


@lru_cache(maxsize=100_000)
def _bound(table: HoursTable, place: Place, is_recorded: bool) -> tuple[frozenset[str], frozenset[str]]:
    """The states of a place that have rows of their own, and its zones: places alike in both share their answers."""
    return _states(place, table).intersection(_rows_by_state(table, is_recorded)), _zones(place, table)


@lru_cache(maxsize=20_000)
def _common_spans(
    table: HoursTable, states: frozenset[str], zones: frozenset[str], is_recorded: bool, chunk: int
) -> list[Interval]:
    """The spans of one chunk that suit the federal row and every state, each in every zone."""
    of_state = _rows_by_state(table, is_recorded)
    bound = [(state, row.zone or "") for state in (table.federal.state, *states) for row in of_state[state]]
    start = _utc(chunk * _CHUNK).date() - timedelta(days=1)
    days = [start + timedelta(days=offset) for offset in range(_CHUNK // _DAY + 3)]
    spans = [(chunk * _CHUNK, (chunk + 1) * _CHUNK)]
    for own_clock in sorted({clock for _state, clock in bound}):
        under_it = {state for state, clock in bound if clock == own_clock}
        windows = tuple(
            (day, _meeting([_state_window(table, s, own_clock, is_recorded, day) for s in under_it])) for day in days
        )
        spans = _intersection(spans, _in_every_zone(windows, frozenset({own_clock}) if own_clock else zones))
    return spans


def _meeting(windows: Iterable[Window]) -> Window:
    """What is inside all of them."""
    opens, closes = 0, 24 * 60
    for window in windows:
        if window is None:
            return None
        opens, closes = max(opens, window[0]), min(closes, window[1])
    return (opens, closes) if opens < closes else None


@cache
def _rows_by_state(table: HoursTable, is_recorded: bool) -> dict[str, list[Row]]:
    """Every row of a state, of any date; the federal one under its own name."""
    rows: dict[str, list[Row]] = {}
    for row in table.rules_for(frozenset(table.zones), is_recorded=is_recorded):
        rows.setdefault(row.state, []).append(row)
    return rows


@lru_cache(maxsize=50_000)
def _state_window(table: HoursTable, state: str, own_clock: str, is_recorded: bool, on: date) -> Window:
    """The hours of one state on a day: by its rows without a clock of their own, or by those that have `own_clock`."""
    rows = [row for row in _rows_by_state(table, is_recorded)[state] if (row.zone or "") == own_clock]
    return _meeting(_row_window(row, on) for row in _in_force(rows, on))


def _by_clock(rules: Sequence[Row], zones: Iterable[str]) -> list[tuple[list[str], list[Row]]]:
    """Rows read by the person's clocks, and rows read by a clock of their own (Mississippi)."""
    groups = [(sorted(zones), [row for row in rules if row.zone is None])]
    for fixed in sorted({row.zone for row in rules if row.zone is not None}):
        groups.append(([fixed], [row for row in rules if row.zone == fixed]))
    return groups


def _in_force(rules: Iterable[Row], on: date) -> list[Row]:
    """Per state and kind of rule, the newest row that has begun."""
    newest: dict[tuple[str, bool], Row] = {}
    for row in rules:
        if row.start <= on:
            newest[row.state, row.is_extra] = row
    return list(newest.values())


def _row_window(row: Row, on: date) -> Window:
    if (on.month, on.day) in row.also or any(on in _closed_days(name, on.year) for name in row.holidays):
        return None
    return row.window_on_weekday(on.weekday())


@cache
def _closed_days(calendar: str, year: int) -> frozenset[date]:
    """Holidays of a calendar (US, or a state) in a year, with the days they are observed on."""
    state = None if calendar == "US" else calendar
    return frozenset(holidays.country_holidays("US", subdiv=state, years=year))


@lru_cache(maxsize=5_000)  # most states share their windows, and the same zones are met in hundreds of places
def _in_every_zone(windows: tuple[tuple[date, Window], ...], zones: frozenset[str]) -> list[Interval]:
    first, *others = zones
    spans = _in_utc(windows, first)
    for zone in others:
        spans = _intersection(spans, _in_utc(windows, zone))
    return spans


@lru_cache(maxsize=5_000)
def _in_utc(windows: tuple[tuple[date, Window], ...], zone: str) -> list[Interval]:
    clock = ZoneInfo(zone)
    open_days = [(day, window) for day, window in windows if window is not None]
    return [(_instant(day, window[0], clock), _instant(day, window[1], clock)) for day, window in open_days]


def _instant(day: date, minutes: int, clock: ZoneInfo) -> int:
    # Daylight saving changes at 02:00, legal hours lie between 08:00 and 21:00: never ambiguous.
    if minutes == 24 * 60:
        day, minutes = day + timedelta(days=1), 0
    return int(datetime.combine(day, time(minutes // 60, minutes % 60), clock).timestamp())


def _intersection(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    common, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        opens, closes = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if opens < closes:
            common.append((opens, closes))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return common


def _joined_up(spans: Iterable[Interval]) -> list[Interval]:
    whole: list[Interval] = []
    for opens, closes in spans:
        if whole and whole[-1][1] == opens:
            whole[-1] = (whole[-1][0], closes)
        else:
            whole.append((opens, closes))
    return whole


def _why_closed(table: HoursTable, place: Place, is_recorded: bool, at: int) -> str:
    """The rule closed at `at` that opens last: state, citation, zone. The federal one only if alone."""
    if place.is_unknown:
        return "place unknown: the strictest hours of all states, in every zone"
    return _last_to_open(table, *_bound(table, place, is_recorded), is_recorded, at)


@lru_cache(maxsize=50_000)
def _last_to_open(table: HoursTable, states: frozenset[str], zones: frozenset[str], is_recorded: bool, at: int) -> str:
    of_state = _rows_by_state(table, is_recorded)
    latest: tuple[int, bool, str] = (0, False, "")
    for clocks, rows in _by_clock(table.rules_for(states, is_recorded=is_recorded), zones):
        for zone in clocks:
            clock = ZoneInfo(zone)
            today = datetime.fromtimestamp(at, clock).date()
            for row in rows:
                opens = _opens(of_state[row.state], row, today, clock, at)
                candidate = (opens, row.state != "US", f"{row.state} {row.cite} ({zone})")
                if opens > at and candidate[:2] > latest[:2]:
                    latest = candidate
    return latest[2] or "the hours of the candidate states and zones never meet"


def _opens(rules: Iterable[Row], row: Row, today: date, clock: ZoneInfo, at: int) -> int:
    """When `row` alone, one of its state's `rules`, next opens; `at` where it is open now or does not hold that day."""
    for offset in range(-1, 15):
        day = today + timedelta(days=offset)
        if not any(row is held for held in _in_force(rules, day)):
            if offset == 0:
                return at
            continue
        window = _row_window(row, day)
        if window is not None and _instant(day, window[1], clock) > at:
            return max(at, _instant(day, window[0], clock))
    return at


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
