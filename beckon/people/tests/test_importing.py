"""The import end to end: counts with known truth, who is the same person, what a second file changes, reports."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from beckon.core.actors import SYSTEM
from beckon.core.events.models import Event
from beckon.people.errors import ImportCancelled, ImportRefused, UnclearColumns, UnreadableFile
from beckon.people.importing import running
from beckon.people.importing.options import ImportOptions, parse_consent
from beckon.people.importing.undoing import undo_import
from beckon.people.models import (
    ContactPoint,
    Import,
    Number,
    Person,
    PersonIdentifier,
    Relationship,
    Source,
    SourceRecord,
)
from beckon.people.testing.malformed import malformed_file
from beckon.people.testing.messy_files import Mess, write_messy_file
from beckon.people.tests.conftest import Importer

HEAD = "First Name,Last Name,DOB,Cell Phone,Home Phone,Email,Address,City,ST,Zip,MRN\n"
ANA = "Ana,Ruiz,7/14/1987,617-555-0101,617-555-0102,ana@example.org,1 Elm St,Boston,MA,02115,\n"


def counts(result: Any) -> tuple[int, int, int, int, int, int]:
    assert result.rows == result.created + result.updated + result.unchanged + result.duplicates + result.rejected
    return result.rows, result.created, result.updated, result.unchanged, result.duplicates, result.rejected


def test_the_month_file_of_riverside_comes_to_the_counts_an_independent_script_found(
    take_in: Importer, prospects_file: Path
) -> None:
    first = take_in(prospects_file)
    assert counts(first) == (1501, 1410, 0, 0, 71, 20)
    assert (
        first.contact_points_rejected == 41
    )  # 14 phones in kept rows; two phones and an e-mail in each of nine rejected rows
    assert first.reject_reasons == {
        "no usable name": 10,
        "no usable phone, e-mail or postal address": 9,
        "a total line, not a person": 1,
    }
    assert Person.objects.filter(birth_date=None).count() == 11
    assert Person.objects.filter(do_not_contact_at__isnull=False).count() == 15
    assert not Person.objects.filter(time_zone="").exists()
    assert counts(take_in(prospects_file)) == (1501, 0, 0, 1410, 71, 20)


@pytest.mark.parametrize(
    ("seed", "delimiter", "encoding", "language", "newline"),
    [
        (1, ",", "utf-8", "en", "\n"),
        (2, ";", "cp1252", "es", "\r\n"),
        (3, "\t", "utf-16", "en", "\r\n"),
        (4, "|", "mac_roman", "es", "\r"),
        (5, ",", "utf-8-sig", "es", "\n"),
    ],
)
def test_a_messy_file_comes_to_its_known_truth(
    take_in: Importer, tmp_path: Path, seed: int, delimiter: str, encoding: str, language: str, newline: str
) -> None:
    path = tmp_path / "messy.csv"
    truth = write_messy_file(
        path,
        700,
        seed,
        delimiter=delimiter,
        encoding=encoding,
        language=language,
        newline=newline,
        mess=Mess(
            duplicates=0.1,
            households=0.1,
            bad_phones=0.05,
            bad_dates=0.03,
            quoted_line_ends=0.05 if newline == "\n" else 0,
        ),
    )
    result = take_in(path)
    assert counts(result) == (truth.rows, truth.created, 0, 0, truth.duplicates, truth.rejected)
    assert result.contact_points_rejected == truth.contact_points_rejected
    assert Person.objects.filter(birth_date=None).count() == truth.bad_birth_dates
    assert counts(take_in(path)) == (truth.rows, 0, 0, truth.created, truth.duplicates, truth.rejected)


def test_values_are_normalised(take_in: Importer) -> None:
    take_in(
        HEAD + " ANA ,RUÍZ,14-Jul-1987,(617) 555-0101 x12,,Ana@Example.org,1 elm street,BOSTON,Massachusetts,2115,\n"
    )
    person = Person.objects.get()
    assert (person.given_name, person.family_name, person.birth_date) == ("Ana", "Ruíz", date(1987, 7, 14))
    assert (person.state, person.postal_code, person.time_zone, person.time_zone_source) == (
        "MA",
        "02115",
        "America/New_York",
        "zip",
    )
    points = {
        p.number.value: (p.kind, p.extension, p.number.line_type) for p in ContactPoint.objects.select_related("number")
    }
    assert points == {
        "+16175550101": ("phone", "12", "mobile"),
        "ana@example.org": ("email", "", "unknown"),
        "02115|1 elm st": ("postal", "", "unknown"),
    }
    assert Number.objects.get(kind="phone").reversed_digits == 101055571610000
    assert Number.objects.get(kind="postal").postal["line1"] == "1 Elm Street"


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_file_is_read_as_it_was_found_before_the_import_and_found_out_again_where_that_is_lost(
    is_kept: bool, org: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setenv("BECKON_HOME", str(tmp_path / "home"))
    path = tmp_path / "people.csv"
    path.write_text("A;B;C\nAna;Ruiz;617-555-0101\n")
    options = ImportOptions(mapping={"A": "given_name", "B": "family_name", "C": "phone"})
    import_id = running.prepare_import(org, path, source_name="s", options=options, by=SYSTEM, now=now)
    (found,) = tmp_path.glob("home/imports/*/*/*inspection*")
    if not is_kept:
        found.write_bytes(b"cut off")
    looked, inspect = [], running.inspect
    monkeypatch.setattr(running, "inspect", lambda *given: looked.append(given) or inspect(*given))
    running.run_import(org, import_id, by=SYSTEM, now=now)
    assert Person.objects.get().given_name == "Ana"
    assert (len(looked), found.exists()) == (0 if is_kept else 1, False)


def test_the_same_phone_alone_is_a_household_that_shares_one_number(take_in: Importer) -> None:
    result = take_in(HEAD + ANA + "Luis,Ruiz,1/2/1985,617-555-0101,,,1 Elm St,Boston,MA,02115,\n")
    assert counts(result) == (2, 2, 0, 0, 0, 0)
    assert Number.objects.filter(kind="phone", value="+16175550101").count() == 1
    assert ContactPoint.objects.filter(number__value="+16175550101").count() == 2


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ("ANA,ruíz,1987-07-14,,,ana@example.org,,,,,\n", True),  # a shared e-mail
        ("Ana,Ruiz,1987-07-14,617-555-0177,,,,,,02115,\n", True),  # the ZIP
        ("Ana,Ruiz,1987-07-14,617-555-0177,,,,,,10001,\n", False),  # nothing shared
        ("Ana,Ruiz,1987-07-15,617-555-0101,,ana@example.org,1 Elm St,Boston,MA,02115,\n", False),  # another birth date
        ("Ana,Ruiz,,617-555-0101,,ana@example.org,1 Elm St,Boston,MA,02115,\n", False),  # no birth date is no agreement
        ("Anna,Ruiz,7/14/1987,617-555-0101,,ana@example.org,1 Elm St,Boston,MA,02115,\n", False),  # another name
    ],
)
def test_who_is_the_same_person_within_a_file_and_against_the_database(
    take_in: Importer, other: str, is_same: bool
) -> None:
    within = take_in(HEAD + ANA + other, source="within")
    assert counts(within) == (2, 2 - is_same, 0, 0, int(is_same), 0)
    ContactPoint.objects.all().delete()
    Person.objects.all().delete()
    SourceRecord.objects.all().delete()
    take_in(HEAD + ANA, source="first")
    assert take_in(HEAD + other, source="second").created == (not is_same)


def test_without_birth_dates_name_phone_and_zip_must_all_agree(take_in: Importer) -> None:
    row = "Ana,Ruiz,,617-555-0101,,,,,,{},\n"
    assert counts(take_in(HEAD + row.format("02115") + row.format("02116"), source="a")) == (2, 2, 0, 0, 0, 0)
    assert counts(take_in(HEAD + row.format("02115") + row.format("02115-9999"), source="b"))[1:] == (0, 0, 1, 1, 0)


def test_nicknames_are_one_name(take_in: Importer) -> None:
    row = "{},Ruiz,7/14/1987,617-555-0101,,,,,,02115,\n"
    assert counts(take_in(HEAD + row.format("Liz") + row.format("Elizabeth")))[4] == 1


def test_duplicates_collapse_first_value_wins_and_new_points_are_kept(take_in: Importer) -> None:
    take_in(
        HEAD
        + "Ana,Ruiz,7/14/1987,617-555-0101,,,,,,02115,\n"
        + "Ana,Ruiz,7/14/1987,617-555-0109,,ana@example.org,,,NY,02115,\n"
    )
    person = Person.objects.get()
    assert person.state == "NY"
    assert set(ContactPoint.objects.values_list("number__value", flat=True)) == {
        "+16175550101",
        "+16175550109",
        "ana@example.org",
    }


def test_a_chain_of_shared_points_is_one_person(take_in: Importer) -> None:
    row = "Ana,Ruiz,7/14/1987,{},{},,,,,,\n"
    phones = [f"617-555-01{n:02d}" for n in range(6)]
    text = HEAD + "".join(row.format(phones[n], phones[n + 1]) for n in (0, 4, 2, 1, 3))
    assert counts(take_in(text)) == (5, 1, 0, 0, 4, 0)


def test_two_people_of_a_file_who_are_one_known_person_are_joined(take_in: Importer) -> None:
    take_in(HEAD + ANA, source="first")
    row = "Ana,Ruiz,7/14/1987,{},,,,,,{},\n"
    result = take_in(HEAD + row.format("617-555-0101", "10001") + row.format("617-555-0102", "60601"), source="second")
    assert counts(result) == (2, 0, 1, 0, 1, 0)
    assert Person.objects.count() == 1


def test_a_changed_row_updates_and_keeps_old_contact_points(take_in: Importer) -> None:
    take_in(HEAD + ANA)
    result = take_in(HEAD + ANA.replace("617-555-0101", "617-555-0155").replace("1 Elm St", "9 Oak Ave"))
    assert counts(result) == (1, 0, 1, 0, 0, 0)
    assert ContactPoint.objects.filter(kind="phone", ended_at=None).count() == 3
    assert SourceRecord.objects.count() == 1
    assert counts(take_in(HEAD + ANA.replace("617-555-0101", "617-555-0155").replace("1 Elm St", "9 Oak Ave"))) == (
        1,
        0,
        0,
        1,
        0,
        0,
    )


def test_an_empty_value_never_erases_one(take_in: Importer) -> None:
    take_in(HEAD + ANA)
    take_in(HEAD + "Ana,Ruiz,7/14/1987,617-555-0101,,,,,,,\n")
    assert Person.objects.get().postal_code == "02115"


def test_replace_retires_the_missing_and_takes_the_returning_back(take_in: Importer) -> None:
    luis = "Luis,Paz,1/2/1985,617-555-0111,,,,,,02115,\n"
    take_in(HEAD + ANA + luis)
    result = take_in(HEAD + ANA, replace=True)
    assert (counts(result), result.retired) == ((1, 0, 0, 1, 0, 0), 1)
    gone = Person.objects.get(given_name="Luis")
    assert gone.retired_at is not None
    assert Event.objects.filter(kind="person.retired", person_id=gone.pk).count() == 1
    back = take_in(HEAD + ANA + luis, replace=True)
    assert (counts(back), back.retired) == ((2, 0, 1, 1, 0, 0), 0)
    assert Person.objects.get(given_name="Luis").retired_at is None


def test_replace_spares_those_another_source_still_has(take_in: Importer) -> None:
    take_in(HEAD + ANA, source="a")
    take_in(HEAD + ANA, source="b")
    take_in(HEAD + "Luis,Paz,1/2/1985,617-555-0111,,,,,,02115,\n", source="a", replace=True)
    assert Person.objects.get(given_name="Ana").retired_at is None


def test_a_record_number_is_the_same_person_unless_name_and_birth_date_differ(take_in: Importer) -> None:
    take_in(HEAD + "Ana,Ruiz,7/14/1987,617-555-0101,,,,,,02115,77\n")
    married = take_in(HEAD + "Ana,Paz,7/14/1987,617-555-0166,,,,,,10001,77\n")
    assert counts(married) == (1, 0, 1, 0, 0, 0)
    assert Person.objects.get().family_name == "Paz"
    other = take_in(HEAD + "Luis,Soto,1/2/1985,617-555-0167,,,,,,10001,77\n")
    assert counts(other) == (1, 1, 0, 0, 0, 0)
    assert PersonIdentifier.objects.count() == 1
    assert "belongs to somebody imported before" in Path(other.problems_file).read_text()


def test_a_family_account_number_does_not_make_one_person(take_in: Importer) -> None:
    result = take_in(
        HEAD + "Ana,Ruiz,7/14/1987,617-555-0101,,,,,,02115,77\n" + "Luis,Ruiz,1/2/1985,617-555-0101,,,,,,02115,77\n"
    )
    assert counts(result) == (2, 2, 0, 0, 0, 0)
    assert "belongs to the person on line 2" in Path(result.problems_file).read_text()


def test_rejected_rows_come_back_as_a_file_that_can_be_put_right_and_imported(take_in: Importer) -> None:
    result = take_in(
        HEAD
        + ANA
        + "\n"
        + ",,1/1/1980,617-555-0133,,,,,,02115,\n"
        + 'Luis,"So\nto",1/2/1985,N/A,,x,,,,,\n'
        + "a,b,c,d,e,f,g,h,i,j,k,l\n"
    )
    assert counts(result) == (4, 1, 0, 0, 0, 3)
    with Path(result.rejects_file).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Beckon line"], row["Beckon reason"]) for row in rows] == [
        ("4", "no usable name"),
        ("5", "no usable phone, e-mail or postal address"),
        ("7", "more values than columns"),
    ]
    assert rows[1]["Last Name"] == "So\nto"
    mended = Path(result.rejects_file).read_text().replace(",,1/1/1980", "Eva,Luz,1/1/1980")
    assert counts(take_in(mended, source="mended")) == (3, 1, 0, 0, 0, 2)


def test_a_single_bad_value_is_left_empty_and_reported_with_its_line(take_in: Importer) -> None:
    result = take_in(HEAD + ANA.replace("7/14/1987", "2/30/1980").replace("617-555-0102", "4.15556E+09"))
    assert counts(result) == (1, 1, 0, 0, 0, 0)
    assert result.contact_points_rejected == 1
    problems = Path(result.problems_file).read_text()
    assert "2,DOB,2/30/1980,there is no such day" in problems
    assert "its digits are lost" in problems


def test_a_dry_run_counts_the_same_and_changes_nothing(take_in: Importer, tmp_path: Path) -> None:
    path = tmp_path / "messy.csv"
    write_messy_file(path, 200, 9)
    tried = take_in(path, dry_run=True)
    assert (Person.objects.count(), Number.objects.count(), SourceRecord.objects.count()) == (0, 0, 0)
    assert Source.objects.get().mapping == {}
    assert counts(take_in(path)) == counts(tried)


def test_bought_people_start_without_consent_and_columns_or_evidence_give_it(take_in: Importer) -> None:
    take_in(HEAD + ANA, origin="bought", vendor="List House", price_cents=12_300)
    assert Person.objects.get().origin == "bought"
    assert Source.objects.get().price_cents == 12_300
    assert _ledger() == []
    take_in(
        "First Name,Last Name,DOB,Cell,Zip,OK to Text\n"
        "Eva,Luz,1/1/1980,617-555-0120,02115,Y\n"
        "Luis,Paz,1/1/1981,617-555-0121,02115,N\n",
        source="b",
    )
    assert [(row[1], row[2], row[3]) for row in _ledger()] == [("sms", "granted", "express"), ("sms", "revoked", "")]
    take_in(
        HEAD + "Rosa,Gil,1/1/1982,617-555-0122,617-555-0123,,,,,02115,\n",
        source="c",
        consent={"sms": "written"},
        evidence="form 7, drawer 2",
    )
    assert _ledger()[-1][1:] == ("sms", "granted", "written", "form 7, drawer 2")
    assert len(_ledger()) == 3  # one for the mobile, none for the landline


@pytest.mark.parametrize("consent", [{}, {"sms": "written"}])
def test_a_yes_in_a_bought_list_grants_nothing_and_a_no_is_honoured(take_in: Importer, consent: dict[str, str]) -> None:
    take_in(
        "First Name,Last Name,DOB,Cell,Zip,OK to Text,OK to Call\n"
        "Eva,Luz,1/1/1980,617-555-0120,02115,Y,Y\n"
        "Luis,Paz,1/1/1981,617-555-0121,02115,N,N\n",
        origin="bought",
        consent=consent,
        evidence="form 7, drawer 2" if consent else "",
    )
    entries = sorted(row[1:4] for row in _ledger())
    refused = [("sms", "revoked", ""), ("voice", "revoked", "")]
    assert entries == sorted([*refused, *([("sms", "granted", "written")] if consent else [])])


def _ledger() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number_id, channel, state, basis, evidence FROM consent_consententry ORDER BY id")
        return cursor.fetchall()


def test_consent_for_a_whole_list_needs_its_evidence() -> None:
    with pytest.raises(ImportRefused):
        ImportOptions(consent=parse_consent("sms=express")).check()
    with pytest.raises(ImportRefused):
        ImportOptions(consent=parse_consent("fax=express"), evidence="x").check()
    ImportOptions(consent=parse_consent("sms=express, voicemail=written"), evidence="form 7").check()


def test_flags_of_the_file_reach_the_person(take_in: Importer) -> None:
    take_in(
        "First Name,Last Name,Cell,Zip,Do Not Call,Deceased,Last Visit,Next Appt\n"
        "Ana,Ruiz,617-555-0101,02115,Y,,3/4/2026,12/24/2026 9:30\n"
        "Luis,Paz,617-555-0102,02115,,1/5/2020,,\n"
    )
    ana, luis = Person.objects.order_by("given_name")
    assert ana.do_not_contact_at is not None
    assert luis.deceased_at is not None
    assert luis.deceased_at.date() == date(2020, 1, 5)
    assert ana.last_encounter_at is not None
    assert ana.last_encounter_at.date() == date(2026, 3, 4)
    assert ana.next_appointment_at is not None
    assert ana.next_appointment_at.isoformat() == "2026-12-24T14:30:00+00:00"  # half past nine in New York


def test_a_minor_comes_with_the_guardian_who_may_be_contacted(take_in: Importer) -> None:
    text = (
        "First Name,Last Name,DOB,Zip,Phone,Guardian,Guardian Phone\n"
        "Tom,Ruiz,1/1/2015,02115,,Eva Ruiz,617-555-0101\n"
        "Ida,Ruiz,1/1/2017,02115,,Eva Ruiz,617-555-0101\n"
        "Bob,Paz,1/1/1980,02115,617-555-0102,Eva Paz,617-555-0103\n"
    )
    assert counts(take_in(text)) == (3, 3, 0, 0, 0, 0)
    guardian = Person.objects.get(given_name="Eva")
    assert list(
        Relationship.objects.filter(caregiver=guardian, may_be_contacted=True)
        .values_list("person__given_name", flat=True)
        .order_by("person__given_name")
    ) == ["Ida", "Tom"]
    assert ContactPoint.objects.get(person=guardian).number.value == "+16175550101"
    assert not Person.objects.filter(given_name="Eva", family_name="Paz").exists()
    assert counts(take_in(text)) == (3, 0, 0, 3, 0, 0)
    assert Person.objects.count() == 4


def test_the_mapping_is_remembered_for_the_source(take_in: Importer) -> None:
    text = "Vorname,Nachname,Handy\nAna,Ruiz,617-555-0101\n"
    with pytest.raises(UnclearColumns):
        take_in(text, source="german")
    take_in(
        text, source="german", mapping={"Vorname": "given_name", "Nachname": "family_name", "Handy": "mobile_phone"}
    )
    assert counts(take_in(text.replace("Ana", "Eva"), source="german")) == (1, 1, 0, 0, 0, 0)
    assert Number.objects.get().line_type == "mobile"


def test_an_undone_import_retires_its_people_and_puts_values_back(take_in: Importer, org: Any, now: datetime) -> None:
    take_in(HEAD + ANA)
    changed = take_in(
        HEAD
        + ANA.replace("02115", "10001").replace("617-555-0101", "617-555-0199")
        + "Luis,Paz,1/2/1985,617-555-0111,,,,,,02115,\n"
    )
    assert counts(changed) == (2, 1, 1, 0, 0, 0)
    undone = undo_import(org, changed.import_id, by=SYSTEM, now=now + timedelta(hours=1))
    assert (undone.retired, undone.restored) == (1, 1)
    ana = Person.objects.get(given_name="Ana")
    assert ana.postal_code == "02115"
    assert "+16175550199" not in ContactPoint.objects.filter(person=ana, ended_at=None).values_list(
        "number__value", flat=True
    )
    assert Person.objects.get(given_name="Luis").retired_at is not None
    with pytest.raises(ImportRefused):
        undo_import(org, changed.import_id, by=SYSTEM, now=now)


def test_a_request_to_stop_is_obeyed_and_the_import_can_go_on(
    take_in: Importer, org: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    path = tmp_path / "people.csv"
    truth = write_messy_file(path, 300, 4)
    import_id = running.prepare_import(org, path, source_name="s", options=ImportOptions(), by=SYSTEM, now=now)
    monkeypatch.setattr(running, "_SECONDS_BETWEEN_NOTES", 0)
    asked = []

    def ask(stage: str, done: int) -> None:
        asked.append(stage)
        running.cancel_import(org, import_id)

    with pytest.raises(ImportCancelled):
        running.run_import(org, import_id, by=SYSTEM, now=now, tell=ask)
    assert Import.objects.get(pk=import_id).status == "cancelled"
    assert asked[0] == "reading"
    assert running.run_import(org, import_id, by=SYSTEM, now=now).created == truth.created
    with pytest.raises(ImportRefused):
        running.run_import(org, import_id, by=SYSTEM, now=now)


def test_a_number_somebody_else_takes_in_meanwhile_is_shared(
    take_in: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = running.make_plan
    made: list[Number] = []

    def plan_and_be_overtaken(*args: Any) -> Any:
        result = plan(*args)
        if not made:
            made.append(Number.objects.create(kind="phone", value="+16175550101"))
        return result

    monkeypatch.setattr(running, "make_plan", plan_and_be_overtaken)
    assert counts(take_in(HEAD + ANA)) == (1, 1, 0, 0, 0, 0)
    assert ContactPoint.objects.filter(number=made[0]).count() == 1
    assert Number.objects.get(pk=made[0].pk).line_type == "mobile"


def test_quotes_and_backslashes_in_an_address_survive(take_in: Importer) -> None:
    take_in(HEAD + 'Ana,Ruiz,,,,,"1 ""The Elms"" \\ Rear",Boston,MA,02115,\n')
    assert Number.objects.get().postal["line1"] == '1 "The Elms" \\ Rear'


def test_when_it_is_done_only_the_reports_stay_on_disk(take_in: Importer) -> None:
    result = take_in(HEAD + ANA)
    folder = Path(result.rejects_file).parent
    assert sorted(path.name for path in folder.iterdir()) == ["problems.csv", "rejected.csv"]


@pytest.mark.parametrize("seed", range(1000, 1020))
def test_malformed_tables_end_in_counts_that_add_up_or_in_a_clear_error(
    take_in: Importer, tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(malformed_file(seed).data)
    try:
        counts(take_in(path))
    except (UnreadableFile, UnclearColumns):
        return  # a clear error
