"""FHIR R4 Patient resources (NDJSON of a bulk export, or a Bundle) as rows of a fixed table. Pure.

Source of the elements: https://hl7.org/fhir/R4/patient.html. Nothing but Patient is read.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from beckon.people.normal.fields import Field, RawRow
from beckon.people.normal.mapping import Column

_SEVERAL = 4
_FIELDS: tuple[Field, ...] = (
    Field.RECORD_NUMBER,
    Field.GIVEN_NAME,
    Field.MIDDLE_NAME,
    Field.FAMILY_NAME,
    Field.NAME_SUFFIX,
    Field.BIRTH_DATE,
    Field.SEX,
    Field.LANGUAGE,
    Field.DECEASED,
    Field.ADDRESS_LINE1,
    Field.ADDRESS_LINE2,
    Field.CITY,
    Field.STATE,
    Field.POSTAL_CODE,
    Field.GUARDIAN_NAME,
    Field.GUARDIAN_PHONE,
    *(
        f
        for f in (Field.MOBILE_PHONE, Field.HOME_PHONE, Field.WORK_PHONE, Field.PHONE, Field.EMAIL)
        for _ in range(_SEVERAL)
    ),
)
_FIRST = {f: _FIELDS.index(f) for f in _FIELDS}
_PHONE_OF_USE = {"mobile": Field.MOBILE_PHONE, "home": Field.HOME_PHONE, "work": Field.WORK_PHONE}
_GUARDIANS = frozenset({"N", "GUARD", "PRN", "MTH", "FTH", "guardian", "parent", "mother", "father"})


def fhir_columns() -> list[Column]:
    """The fixed columns a resource is spread over; headers are element names."""
    return [Column(index, f"{f.value}{index - _FIRST[f] or ''}", f) for index, f in enumerate(_FIELDS)]


def read_resources(text: str, first_line: int) -> Iterator[RawRow | tuple[int, str, str]]:
    """Rows of NDJSON lines, or (line, text, reason) for a line that is no Patient. Blank lines are none."""
    for offset, line in enumerate(text.split("\n")):
        if line.strip():
            yield _read_line(line, first_line + offset)


def read_bundle(text: str) -> Iterator[str]:
    """The Patient resources of a Bundle as JSON texts, one line each. Raises ValueError for broken JSON."""
    bundle = json.loads(text)
    for entry in bundle.get("entry", []) if isinstance(bundle, dict) else []:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and resource.get("resourceType") == "Patient":
            yield json.dumps(resource)


def _read_line(line: str, number: int) -> RawRow | tuple[int, str, str]:
    try:
        resource = json.loads(line)
    except (ValueError, RecursionError):
        return number, line, "not a line of JSON"
    if isinstance(resource, dict) and "resourceType" not in resource and isinstance(resource.get("resource"), dict):
        resource = resource["resource"]  # a line of our own rejects file
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if kind != "Patient":
        return number, line, f"not a Patient but {str(kind)[:40] if kind else 'something else'}"
    return RawRow(number, row_of(resource), line)


def row_of(patient: Mapping[str, Any]) -> list[str]:
    """The values of one Patient in the order of `fhir_columns`. Elements of a wrong type count as absent."""
    row = [""] * len(_FIELDS)
    _put(row, Field.RECORD_NUMBER, _record_number(patient))
    name = _best(_dicts(patient.get("name")), ("official", "usual", ""))
    given = [_text(part) for part in _list(name.get("given"))]
    _put(row, Field.GIVEN_NAME, given[0] if given else "")
    _put(row, Field.MIDDLE_NAME, " ".join(given[1:]))
    _put(row, Field.FAMILY_NAME, _text(name.get("family")))
    _put(row, Field.NAME_SUFFIX, " ".join(_text(part) for part in _list(name.get("suffix"))))
    if not (name.get("family") or given):
        _put(row, Field.FAMILY_NAME, _text(name.get("text")))
    _put(row, Field.BIRTH_DATE, _text(patient.get("birthDate")))
    _put(row, Field.SEX, _text(patient.get("gender")))
    _put(row, Field.LANGUAGE, _language(patient))
    dead = patient.get("deceasedDateTime") or ("yes" if patient.get("deceasedBoolean") is True else "")
    _put(row, Field.DECEASED, _text(dead)[:10])
    _address(row, _best(_dicts(patient.get("address")), ("home", "", "work")))
    _telecom(row, _dicts(patient.get("telecom")))
    _guardian(row, _dicts(patient.get("contact")))
    return row


def _put(row: list[str], field: Field, value: str) -> None:
    """Into the next free column of the field; a phone or e-mail beyond the last joins the generic phones."""
    for index in range(_FIRST[field], len(_FIELDS)):
        if _FIELDS[index] is not field:
            break
        if not row[index]:
            row[index] = value
            return
    if field not in (Field.PHONE, Field.EMAIL) and field in _PHONE_OF_USE.values():
        _put(row, Field.PHONE, value)


def _record_number(patient: Mapping[str, Any]) -> str:
    for identifier in _dicts(patient.get("identifier")):
        kind = identifier.get("type")
        codings = _dicts(kind.get("coding")) if isinstance(kind, dict) else []
        if any(coding.get("code") == "MR" for coding in codings):
            return _text(identifier.get("value"))
    return _text(patient.get("id"))


def _language(patient: Mapping[str, Any]) -> str:
    spoken = _dicts(patient.get("communication"))
    first = next((s for s in spoken if s.get("preferred") is True), spoken[0] if spoken else {})
    concept = first.get("language")
    codings = _dicts(concept.get("coding")) if isinstance(concept, dict) else []
    return _text(codings[0].get("code")) if codings else ""


def _address(row: list[str], address: Mapping[str, Any]) -> None:
    lines = [_text(line) for line in _list(address.get("line"))]
    _put(row, Field.ADDRESS_LINE1, lines[0] if lines else "")
    _put(row, Field.ADDRESS_LINE2, ", ".join(lines[1:]))
    _put(row, Field.CITY, _text(address.get("city")))
    _put(row, Field.STATE, _text(address.get("state")))
    _put(row, Field.POSTAL_CODE, _text(address.get("postalCode")))


def _telecom(row: list[str], telecom: list[dict[str, Any]]) -> None:
    ranked = sorted(telecom, key=lambda t: t["rank"] if isinstance(t.get("rank"), int) else 99)
    for point in ranked:
        if point.get("use") == "old":
            continue
        if point.get("system") in ("phone", "sms"):
            use = "mobile" if point["system"] == "sms" else str(point.get("use"))
            _put(row, _PHONE_OF_USE.get(use, Field.PHONE), _text(point.get("value")))
        elif point.get("system") == "email":
            _put(row, Field.EMAIL, _text(point.get("value")))


def _guardian(row: list[str], contacts: list[dict[str, Any]]) -> None:
    for contact in contacts:
        codes = {c.get("code") for kind in _dicts(contact.get("relationship")) for c in _dicts(kind.get("coding"))}
        if codes & _GUARDIANS:
            given_name = contact.get("name")
            name = given_name if isinstance(given_name, dict) else {}
            words = [_text(part) for part in _list(name.get("given"))] + [_text(name.get("family"))]
            _put(row, Field.GUARDIAN_NAME, " ".join(word for word in words if word) or _text(name.get("text")))
            phones = [t for t in _dicts(contact.get("telecom")) if t.get("system") == "phone"]
            _put(row, Field.GUARDIAN_PHONE, _text(phones[0].get("value")) if phones else "")
            return


def _best(items: list[dict[str, Any]], uses: tuple[str, ...]) -> dict[str, Any]:
    for use in uses:
        for item in items:
            if item.get("use", "") == use:
                return item
    return items[0] if items else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in _list(value) if isinstance(item, dict)]


def _text(value: Any) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    return " ".join(str(value).encode("utf-8", "replace").decode().split())  # JSON can hold half a character
