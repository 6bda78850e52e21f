"""The gate: the order of its checks, the consent table cell by cell, and times that are neither early nor late."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beckon.channels.models import Channel as StoredChannel
from beckon.consent.facts import Ask, Basis, Channel, Mark, PersonFacts, Policy, Purpose
from beckon.consent.law.hours import UNKNOWN_PLACE, Place
from beckon.consent.reasons import Reason, sentence
from beckon.consent.rules import explain_contact, forget_gates, may_contact
from beckon.consent.tests.oracle import is_legal
from beckon.consent.tests.samples import CALL, DROP, MONDAY_NOON, SELLING_TEXT, TEXT, entry, facts, point
from beckon.consent.verdict import Allowed, Check, Later, Refused

NOON = MONDAY_NOON
NIGHT = datetime(2026, 11, 17, 4, 0, tzinfo=UTC)  # Monday 23:00 in New York


def reason_of(person: PersonFacts, ask: Ask = TEXT, now: datetime = NOON, **policy: Any) -> Reason | None:
    """The gate's reason, None where it allows."""
    verdict = may_contact(person, ask, now, Policy(**policy))
    return None if isinstance(verdict, Allowed) else verdict.reason


def test_a_person_with_consent_is_reached_at_the_number_on_record() -> None:
    assert may_contact(facts(), TEXT, NOON) == Allowed(point())


# Each obstacle by itself, in the documented order; whatever comes later is also in the way in the pair tests.
OBSTACLES: list[tuple[Check, Reason, dict[str, Any], dict[str, Any]]] = [
    (Check.RECORD, Reason.MERGED, {"is_merged": True}, {}),
    (Check.RECORD, Reason.RETIRED, {"is_retired": True}, {}),
    (Check.DECEASED, Reason.DECEASED, {"is_deceased": True}, {}),
    (Check.DO_NOT_CONTACT, Reason.DO_NOT_CONTACT, {"is_do_not_contact": True}, {}),
    (Check.MINOR, Reason.MINOR, {"birth_date": date(2012, 1, 1)}, {}),
    (Check.REACHABLE, Reason.WRONG_PERSON, {}, {"is_ended": True}),
    (Check.REACHABLE, Reason.DEAD_NUMBER, {}, {"is_dead": True}),
    (Check.LINE_TYPE, Reason.LANDLINE, {}, {"line_type": "landline"}),
    (Check.OPT_OUT, Reason.OPTED_OUT, {"entries": (entry(), entry(Mark.REVOKED))}, {}),
    (Check.SUPPRESSION, Reason.SUPPRESSED, {}, {"suppressed": frozenset({("complaint", "all")})}),
    (Check.CONSENT, Reason.NO_CONSENT, {"entries": ()}, {}),
    (Check.PREFERENCE, Reason.OTHER_CHANNEL, {"preferred_channel": "email"}, {}),
    (Check.PREFERENCE, Reason.OTHER_HOUR, {"preferred_hour": 17}, {}),
    (Check.CAPS, Reason.DAY_CAP, {"recent_contacts": (NOON - timedelta(hours=2),)}, {}),
]


def with_obstacles(*chosen: tuple[Check, Reason, dict[str, Any], dict[str, Any]]) -> PersonFacts:
    """A person with these obstacles and no others."""
    person: dict[str, Any] = {}
    address: dict[str, Any] = {}
    for _check, _reason, person_changes, point_changes in reversed(chosen):
        person |= person_changes
        address |= point_changes
    return facts(**({"points": (point(**address),)} | person))


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda obstacle: obstacle[1])
def test_each_obstacle_alone_gives_its_own_reason(obstacle: Any) -> None:
    assert reason_of(with_obstacles(obstacle)) is obstacle[1]
    failed = [finding for finding in explain_contact(with_obstacles(obstacle), TEXT, NOON) if finding.reason]
    assert (failed[0].check, failed[0].reason) == obstacle[:2]
    # Consent given before a stop is void, so that the page shows both; nothing else is ever in the way.
    assert [finding.reason for finding in failed[1:]] == [Reason.NO_CONSENT] * (obstacle[1] is Reason.OPTED_OUT)


# A stop and a lack of consent are both about the ledger and cannot be set apart.
PAIRS = [
    pair for pair in combinations(OBSTACLES, 2) if {pair[0][1], pair[1][1]} != {Reason.OPTED_OUT, Reason.NO_CONSENT}
]


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=lambda obstacle: obstacle[1])
def test_of_two_obstacles_the_earlier_check_gives_the_reason(first: Any, second: Any) -> None:
    assert reason_of(with_obstacles(first, second)) is first[1]


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda obstacle: obstacle[1])
def test_legal_hours_are_asked_last(obstacle: Any) -> None:
    late = with_obstacles(obstacle)._replace(recent_contacts=(NIGHT - timedelta(hours=2),))
    if obstacle[0] is not Check.CAPS:
        assert reason_of(late, now=NIGHT) is obstacle[1]
    assert reason_of(facts(), now=NIGHT) is Reason.HOURS


def test_no_address_of_the_kind_is_a_reason_of_its_own() -> None:
    assert reason_of(facts(), Ask(Channel.EMAIL, Purpose.INFORMATIONAL)) is Reason.NO_CONTACT_POINT
    assert reason_of(facts(), TEXT._replace(contact_point_id=12)) is Reason.NO_CONTACT_POINT
    assert reason_of(facts(points=())) is Reason.NO_CONTACT_POINT


# -- which address ------------------------------------------------------------------------------------------


def test_the_next_number_is_taken_where_the_first_will_not_do() -> None:
    second = point(contact_point_id=12, number_id=22, rank=2)
    for obstacle in ({"is_dead": True}, {"is_ended": True}, {"line_type": "landline"}):
        assert may_contact(facts(points=(point(**obstacle), second)), TEXT, NOON) == Allowed(second)
    assert may_contact(facts(points=(second, point())), TEXT, NOON) == Allowed(point())


def test_of_two_refused_numbers_the_one_that_got_furthest_gives_the_reason() -> None:
    landline = point(line_type="landline")
    suppressed = point(contact_point_id=12, number_id=22, rank=2, suppressed=frozenset({("opt_out", "phone")}))
    assert reason_of(facts(points=(landline, suppressed))) is Reason.SUPPRESSED
    assert reason_of(facts(points=(suppressed, landline))) is Reason.SUPPRESSED


def test_a_number_that_opens_later_goes_before_one_that_is_refused() -> None:
    western = point(contact_point_id=12, number_id=22, rank=2, place=Place(frozenset({"CA"})))
    verdict = may_contact(facts(points=(point(is_dead=True), western)), TEXT, NOON - timedelta(hours=3))
    assert isinstance(verdict, Later)
    assert verdict.not_before == datetime(2026, 11, 16, 16, 0, tzinfo=UTC)


# -- minors -------------------------------------------------------------------------------------------------


def test_a_minor_is_reached_through_the_guardian_only() -> None:
    own, guardian = point(), point(contact_point_id=31, number_id=41, owner_id=9, is_guardian=True)
    child = facts(birth_date=date(2012, 5, 1), points=(own, guardian))
    assert may_contact(child, TEXT, NOON) == Allowed(guardian)
    assert reason_of(child._replace(points=(own,))) is Reason.MINOR
    grown = child._replace(birth_date=date(2008, 11, 14))
    assert may_contact(grown, TEXT, NOON) == Allowed(own)
    assert reason_of(child._replace(entries=(entry(), entry(Mark.REVOKED, person_id=9)))) is Reason.OPTED_OUT


@pytest.mark.parametrize(
    ("born", "is_reached"),
    [(date(2008, 11, 16), True), (date(2008, 11, 17), False), (date(2008, 2, 29), True), (None, True)],
)
def test_a_birthday_counts_once_it_has_begun_everywhere(born: date | None, is_reached: bool) -> None:
    at = datetime(2026, 11, 16, 20, 0, tzinfo=UTC)
    assert isinstance(may_contact(facts(birth_date=born), TEXT, at), Allowed) is is_reached


# -- consent ------------------------------------------------------------------------------------------------

NONE, EXPRESS, WRITTEN = Basis.NONE, Basis.EXPRESS, Basis.WRITTEN
LINES = {"mobile": 0, "voip": 0, "unknown": 0, "toll_free": 0, "landline": 1}
NEEDED = {  # (channel, purpose, health care) -> least consent on a wireless line, on a landline; facts 1.2
    ("sms", "informational", False): (EXPRESS, None),
    ("sms", "telemarketing", False): (WRITTEN, None),
    ("sms", "telemarketing", True): (EXPRESS, None),
    ("sms", "appointment", False): (EXPRESS, None),
    ("voicemail", "informational", False): (EXPRESS, EXPRESS),
    ("voicemail", "telemarketing", False): (WRITTEN, WRITTEN),
    ("voicemail", "telemarketing", True): (EXPRESS, EXPRESS),
    ("voicemail", "appointment", False): (EXPRESS, EXPRESS),
    ("voice", "informational", False): (NONE, NONE),
    ("voice", "telemarketing", False): (NONE, NONE),
    ("voice", "telemarketing", True): (NONE, NONE),
    ("voice", "callback", False): (NONE, NONE),
}


@pytest.mark.parametrize("held", list(Basis))
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(("channel", "purpose", "health"), NEEDED)
def test_consent_is_enough_exactly_where_the_table_says(
    channel: str, purpose: str, health: bool, line: str, held: Basis
) -> None:
    needed = NEEDED[channel, purpose, health][LINES[line]]
    ask = Ask(Channel(channel), Purpose(purpose), hipaa_class="treatment" if health else "prospect")
    entries = () if held is NONE else (entry(basis=held),)
    got = reason_of(facts(points=(point(line_type=line),), entries=entries), ask)
    if needed is None:
        assert got is Reason.LANDLINE
    else:
        lacks = Reason.NO_CONSENT if held is Basis.NONE else Reason.CONSENT_NOT_WRITTEN
        assert got is (None if held.strength >= needed.strength else lacks)


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.POSTAL])
def test_mail_needs_no_consent_and_knows_no_hours(channel: Channel) -> None:
    person = facts(points=(point(kind=channel.kind),), entries=())
    assert isinstance(may_contact(person, Ask(channel, Purpose.TELEMARKETING), NIGHT), Allowed)


@pytest.mark.parametrize(
    "entries",
    [
        (entry(channel="voice"),),
        (entry(channel="email"),),
        (entry(number_id=99),),
        (entry(person_id=2),),
        (entry(purpose="newsletter"),),
        (entry(), entry(Mark.REVOKED, channel="sms")),
        (entry(person_id=2, number_id=21),),
    ],
)
def test_consent_for_something_else_is_no_consent(entries: Any) -> None:
    assert reason_of(facts(entries=entries)) in (Reason.NO_CONSENT, Reason.OPTED_OUT)


@pytest.mark.parametrize(
    "granted", [entry(channel="phone"), entry(channel="sms", number_id=21), entry(purpose="telemarketing")]
)
def test_consent_reaches_as_far_as_it_says(granted: Any) -> None:
    assert reason_of(facts(entries=(granted,))) is None


def test_state_law_may_ask_for_more_than_federal_law() -> None:
    selling_call = Ask(Channel.VOICE, Purpose.TELEMARKETING, hipaa_class="treatment")
    in_connecticut = facts(points=(point(place=Place(frozenset({"CT"}))),), entries=(entry(basis=EXPRESS),))
    verdict = may_contact(in_connecticut, selling_call, NOON)
    assert verdict == Refused(
        Reason.CONSENT_NOT_WRITTEN, "written needed, express on record: CT CGS 42-288a(c); PA 23-98"
    )
    assert reason_of(facts(entries=()), selling_call) is None


def test_an_organization_may_set_a_cell_of_the_table() -> None:
    person = facts(points=(point(line_type="landline"),), entries=())
    assert reason_of(person, DROP) is Reason.NO_CONSENT
    assert reason_of(person, DROP, overrides={"voicemail.landline.informational": "none"}) is None


# -- opt-outs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("revoked", "stopped"),
    [
        ({}, {"sms", "voice", "sms/telemarketing"}),
        ({"channel": "sms"}, {"sms", "sms/telemarketing"}),
        ({"channel": "phone"}, {"sms", "voice", "sms/telemarketing"}),
        ({"channel": "email"}, set()),
        ({"purpose": "telemarketing"}, {"sms/telemarketing"}),
        ({"purpose": "informational"}, {"sms", "voice", "sms/telemarketing"}),
        ({"person_id": None, "number_id": 21}, {"sms", "voice", "sms/telemarketing"}),
        ({"person_id": 2, "number_id": 21}, {"sms", "voice", "sms/telemarketing"}),
        ({"person_id": 2, "number_id": 22}, set()),
    ],
)
def test_a_stop_reaches_as_far_as_it_says(revoked: dict[str, Any], stopped: set[str]) -> None:
    person = facts(entries=(entry(), entry(Mark.REVOKED, **revoked)))
    asks = {"sms": TEXT, "voice": CALL, "sms/telemarketing": SELLING_TEXT}
    found = {
        name for name, ask in asks.items() if reason_of(person, ask) in (Reason.OPTED_OUT, Reason.NUMBER_OPTED_OUT)
    }
    assert found == stopped


def test_a_stop_of_one_category_stops_that_category_and_what_names_none() -> None:
    person = facts(entries=(entry(), entry(Mark.REVOKED, purpose="reminders")))
    assert reason_of(person, TEXT._replace(category="reminders")) is Reason.OPTED_OUT
    assert reason_of(person, TEXT._replace(category="flu_shots")) is None
    assert reason_of(person, TEXT) is Reason.OPTED_OUT


def test_an_opt_out_may_be_confirmed_once_within_five_minutes() -> None:
    person = facts(entries=(entry(), entry(Mark.REVOKED)))
    notice = Ask(Channel.SMS, Purpose.OPT_OUT_NOTICE, requested_at=NIGHT)
    assert reason_of(person, notice, NIGHT + timedelta(minutes=5)) is None
    assert reason_of(person, notice, NIGHT + timedelta(minutes=5, seconds=1)) is Reason.NOTICE_TOO_LATE
    assert reason_of(person, notice._replace(requested_at=None), NIGHT) is Reason.NOTICE_TOO_LATE
    assert reason_of(person, notice._replace(channel=Channel.VOICE), NIGHT) is Reason.NOTICE_TOO_LATE
    assert reason_of(person._replace(is_do_not_contact=True), notice, NIGHT) is Reason.DO_NOT_CONTACT


def test_a_do_not_call_list_stops_soliciting_and_not_what_the_person_booked() -> None:
    listed = facts(points=(point(suppressed=frozenset({("do_not_call", "phone")})),))
    assert reason_of(listed, CALL) is Reason.SUPPRESSED
    assert reason_of(listed, Ask(Channel.VOICE, Purpose.APPOINTMENT)) is None
    assert reason_of(listed, Ask(Channel.VOICE, Purpose.CALLBACK)) is None
    elsewhere = facts(points=(point(suppressed=frozenset({("opt_out", "email")})),))
    assert reason_of(elsewhere, CALL) is None


# -- replies and what the person asked for ------------------------------------------------------------------


def test_a_reply_within_minutes_goes_out_at_any_hour_without_consent_of_its_own() -> None:
    person = facts(entries=(), recent_contacts=(NIGHT - timedelta(hours=1),) * 9, preferred_channel="email")
    reply = Ask(Channel.SMS, Purpose.REPLY, requested_at=NIGHT)
    assert reason_of(person, reply, NIGHT + timedelta(minutes=15)) is None
    assert reason_of(person, reply, NIGHT + timedelta(minutes=16)) is Reason.NO_CONSENT
    assert reason_of(person, reply, NIGHT - timedelta(minutes=1)) is Reason.NO_CONSENT
    assert reason_of(person, reply._replace(requested_at=None), NIGHT) is Reason.NO_CONSENT
    assert reason_of(person._replace(entries=(entry(Mark.REVOKED),)), reply, NIGHT) is Reason.OPTED_OUT


def test_reminders_and_callbacks_are_outside_the_caps_and_inside_the_hours() -> None:
    busy = facts(recent_contacts=(NOON - timedelta(hours=1),) * 5, last_call_at=NOON - timedelta(hours=1))
    reminder = Ask(Channel.SMS, Purpose.APPOINTMENT)
    callback = Ask(Channel.VOICE, Purpose.CALLBACK)
    assert reason_of(busy, reminder) is None
    assert reason_of(busy, callback) is None
    assert reason_of(facts(), reminder, NIGHT) is Reason.HOURS
    assert reason_of(facts(), callback, NIGHT) is Reason.HOURS


# -- caps and times -----------------------------------------------------------------------------------------


def test_one_call_attempt_a_week_unless_they_asked() -> None:
    called = facts(last_call_at=NOON - timedelta(days=6, hours=23))
    verdict = may_contact(called, CALL, NOON)
    assert verdict == Later(NOON + timedelta(hours=1), Reason.CALL_GAP, "one call in 7 days", point())
    assert reason_of(called, TEXT) is None
    assert reason_of(facts(last_call_at=NOON - timedelta(days=7)), CALL) is None


def test_the_caps_count_all_channels_over_rolling_days() -> None:
    monday = tuple(NOON - timedelta(days=days) for days in (6, 4, 2))
    assert reason_of(facts(recent_contacts=monday)) is Reason.WEEK_CAP
    verdict = may_contact(facts(recent_contacts=monday), TEXT, NOON)
    assert isinstance(verdict, Later)
    assert verdict.not_before == NOON + timedelta(days=1)
    assert reason_of(facts(recent_contacts=monday), max_per_week=4) is None


def test_florida_allows_three_contacts_a_day_however_lax_the_policy() -> None:
    recent = tuple(NOON - timedelta(hours=hours) for hours in (20, 10, 1))
    lax = {"max_per_day": 9, "max_per_week": 9}
    here = facts(recent_contacts=recent)
    there = here._replace(points=(point(place=Place(frozenset({"NY", "FL"}))),))
    assert reason_of(here, **lax) is None
    verdict = may_contact(there, TEXT, NOON, Policy(**lax))
    assert verdict == Later(NOON + timedelta(hours=4), Reason.STATE_CAP, "3 in 24 hours", there.points[0])


def test_an_hour_the_person_named_is_kept_and_the_law_goes_before_it() -> None:
    evening = facts(preferred_hour=17)
    verdict = may_contact(evening, CALL, NOON)
    assert verdict == Later(datetime(2026, 11, 16, 22, 0, tzinfo=UTC), Reason.OTHER_HOUR, "17:00", point())
    assert reason_of(evening, CALL, datetime(2026, 11, 16, 23, 59, tzinfo=UTC)) is None
    assert may_contact(facts(preferred_hour=22), CALL, NOON) == Refused(Reason.OTHER_HOUR, "22:00")


def test_an_unknown_place_says_so() -> None:
    lost = facts(place=UNKNOWN_PLACE, points=(point(place=UNKNOWN_PLACE),))
    verdict = may_contact(lost, TEXT, NOON)
    assert isinstance(verdict, Later)
    assert (verdict.reason, verdict.not_before) == (
        Reason.HOURS_UNKNOWN_PLACE,
        datetime(2026, 11, 16, 20, 0, tzinfo=UTC),
    )


def test_plain_information_may_leave_the_hours_only_where_the_policy_says_so() -> None:
    assert reason_of(facts(), TEXT, NIGHT, informational_hours=False) is None
    assert reason_of(facts(), SELLING_TEXT, NIGHT, informational_hours=False) is Reason.HOURS


places = st.sampled_from(
    [
        Place(),
        Place(frozenset({"FL"})),
        Place(frozenset({"NY"}), frozenset({"America/New_York"})),
        Place(frozenset({"RI", "HI"})),
        Place(frozenset({"AL", "UT"})),
        Place(frozenset({"ME"})),
    ]
)
minutes = st.integers(0, 700 * 24 * 60)
instants = st.builds(lambda count: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=count), minutes)
asks = st.builds(
    Ask,
    st.sampled_from([Channel.SMS, Channel.VOICEMAIL, Channel.VOICE]),
    st.sampled_from([Purpose.INFORMATIONAL, Purpose.TELEMARKETING, Purpose.APPOINTMENT, Purpose.CALLBACK]),
    hipaa_class=st.just(""),
    category=st.just(""),
    requested_at=st.none(),
    contact_point_id=st.none(),
)
policies = st.builds(Policy, st.integers(1, 3), st.integers(1, 5), st.integers(1, 14))


@settings(max_examples=250, deadline=None)
@given(
    places,
    instants,
    asks,
    policies,
    st.lists(st.integers(0, 400), max_size=6),
    st.none() | st.integers(0, 400),
    st.none() | st.integers(9, 16),
)
def test_not_before_is_allowed_lawful_and_the_earliest(
    place: Place, now: datetime, ask: Ask, policy: Policy, hours_ago: list[int], called: int | None, hour: int | None
) -> None:
    person = facts(
        place=place,
        points=(point(place=place),),
        preferred_hour=hour,
        recent_contacts=tuple(sorted(now - timedelta(hours=ago) for ago in hours_ago)),
        last_call_at=None if called is None else now - timedelta(hours=called),
    )
    verdict = may_contact(person, ask, now, policy)
    is_recorded = ask.channel is Channel.VOICEMAIL
    if isinstance(verdict, Allowed):
        assert is_legal(place.states, place.zones, now, is_recorded)
    if not isinstance(verdict, Later):
        return
    then = verdict.not_before
    assert then > now
    assert is_legal(place.states, place.zones, then, is_recorded)
    assert isinstance(may_contact(person, ask, then, policy), Allowed)
    step = (then - now) / 40
    for count in range(1, 40):
        assert not isinstance(may_contact(person, ask, now + count * step, policy), Allowed)
    assert not isinstance(may_contact(person, ask, then - timedelta(seconds=1), policy), Allowed)


@settings(max_examples=150, deadline=None)
@given(
    asks,
    instants,
    places,
    st.sampled_from(["person", "number"]),
    st.lists(st.sampled_from(list(Basis)), max_size=3),
    st.integers(0, 800),
)
def test_after_a_stop_no_later_decision_lets_anything_out(
    ask: Ask, now: datetime, place: Place, who: str, grants: list[Basis], days: int
) -> None:
    stop = entry(Mark.REVOKED) if who == "person" else entry(Mark.REVOKED, person_id=None, number_id=21)
    later = tuple(entry(basis=basis) for basis in grants if basis is not NONE)
    person = facts(place=place, points=(point(place=place),), entries=(entry(), stop, *later))
    verdict = may_contact(person, ask, now + timedelta(days=days))
    assert isinstance(verdict, Refused)
    assert verdict.reason in (Reason.OPTED_OUT, Reason.NUMBER_OPTED_OUT)


# -- what is remembered ---------------------------------------------------------------------------------------

ledgers = st.lists(
    st.builds(
        entry,
        st.sampled_from(list(Mark)),
        st.sampled_from(list(Basis)),
        person_id=st.sampled_from([None, 1, 2]),
        number_id=st.sampled_from([None, 21, 22]),
        channel=st.sampled_from(["all", "sms", "phone", "email"]),
        purpose=st.sampled_from(["all", "telemarketing", "informational"]),
    ),
    max_size=3,
).map(tuple)


def one_of(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Nothing changed, or one field."""
    return st.one_of(st.just({}), *(st.fixed_dictionaries({name: values}) for name, values in fields.items()))


address_changes = one_of(
    number_id=st.just(22),
    owner_id=st.just(2),
    line_type=st.sampled_from(["landline", "unknown"]),
    is_dead=st.just(True),
    is_ended=st.just(True),
    place=places,
    suppressed=st.sampled_from([frozenset({("do_not_call", "phone")}), frozenset({("complaint", "all")})]),
)
person_changes = one_of(
    person_id=st.just(2),
    entries=ledgers,
    preferred_channel=st.sampled_from(["sms", "email"]),
    preferred_hour=st.integers(9, 16),
    recent_contacts=st.lists(st.sampled_from([2, 30, 160, 167, 168, 200]), min_size=1, max_size=4).map(
        lambda hours: tuple(sorted(NOON - timedelta(hours=ago) for ago in hours))
    ),
    last_call_at=st.sampled_from([2, 6, 7, 9]).map(lambda days: NOON - timedelta(days=days)),
)
somebody = st.builds(
    lambda person, changed: facts(**{"points": tuple(point(**change) for change in changed)} | person),
    person_changes,
    st.lists(address_changes, min_size=1, max_size=2),
)
moments = st.just(NOON) | instants


@settings(max_examples=300, deadline=None)
@given(st.lists(somebody, min_size=2, max_size=8), asks, moments)
def test_who_was_asked_about_before_changes_nobodys_answer(people: list[PersonFacts], ask: Ask, now: datetime) -> None:
    together = [may_contact(person, ask, now) for person in people]
    alone = []
    for person in people:
        forget_gates()
        alone.append(may_contact(person, ask, now))
    assert together == alone


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_in_english_and_in_spanish(reason: Reason) -> None:
    english, spanish = sentence(reason), sentence(reason, "es-MX")
    assert english[-1] == spanish[-1] == "."
    assert english != spanish


def test_the_channels_are_those_of_the_channels_package() -> None:
    assert {channel.value for channel in Channel} == set(StoredChannel.values)
