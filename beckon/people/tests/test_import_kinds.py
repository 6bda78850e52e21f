"""Other kinds of files through the same import: spreadsheets, FHIR patients."""

import json
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from beckon.people.models import Person, PersonIdentifier
from beckon.people.tests.conftest import Importer
from beckon.people.tests.test_importing import counts


def test_a_spreadsheet_is_read_with_its_dates_and_numbers(take_in: Importer, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "mm/dd/yyyy"})
    sheet.write_row(0, 0, ["First Name", "Last Name", "DOB", "Cell Phone", "Zip"])
    sheet.write_row(1, 0, ["Ana", "Ruiz"])
    sheet.write_datetime(1, 2, datetime(1987, 7, 14), day)  # noqa: DTZ001 - spreadsheets know no zones
    sheet.write_number(1, 3, 6175550101)
    sheet.write_number(1, 4, 2115)
    sheet.write_row(3, 0, ["Luis", "Paz", 31972, "4.15556E+09", "02115"])
    book.close()
    result = take_in(path)
    assert counts(result) == (2, 1, 0, 0, 0, 1)
    ana = Person.objects.get()
    assert (ana.birth_date, ana.postal_code) == (date(1987, 7, 14), "02115")
    assert '02115,4,"no usable phone' in Path(result.rejects_file).read_text()


def test_fhir_patients_come_through_the_same_pipeline(take_in: Importer, tmp_path: Path) -> None:
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"use": "official", "family": "Ruiz", "given": ["Ana", "Luz"]}],
        "telecom": [
            {"system": "phone", "use": "mobile", "value": "617-555-0101"},
            {"system": "email", "value": "a@example.org"},
        ],
        "gender": "female",
        "birthDate": "1987-07-14",
        "address": [{"line": ["1 Elm St"], "city": "Boston", "state": "MA", "postalCode": "02115"}],
        "communication": [{"language": {"coding": [{"code": "es"}]}}],
    }
    lines = [
        json.dumps(patient),
        "{broken",
        json.dumps({"resourceType": "Observation"}),
        "",
        json.dumps({**patient, "id": "p2", "telecom": 5, "name": "x"}),
    ]
    path = tmp_path / "Patient.ndjson"
    path.write_text("\n".join(lines))
    result = take_in(path)
    assert counts(result) == (4, 1, 0, 0, 0, 3)
    person = Person.objects.get()
    assert (person.given_name, person.middle_name, person.language, person.sex) == ("Ana", "Luz", "es", "female")
    assert PersonIdentifier.objects.get().value == "p1"
    assert counts(take_in(path)) == (4, 0, 0, 1, 0, 3)
    rejects = Path(result.rejects_file)
    assert [json.loads(line)["line"] for line in rejects.read_text().splitlines()] == [2, 3, 5]
    assert counts(take_in(rejects, source="again")) == (3, 0, 0, 0, 0, 3)


def test_the_bulk_patients_of_the_shared_data_are_all_taken_in(take_in: Importer, prospects_file: Path) -> None:
    result = take_in(prospects_file.parent.parent / "fhir/bulk/Patient.000.ndjson")
    assert counts(result) == (13, 13, 0, 0, 0, 0)
    assert result.contact_points_rejected == 13  # Synthea's phones begin with 555, which is no area code
    assert Person.objects.exclude(deceased_at=None).count() > 0
