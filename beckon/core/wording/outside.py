"""What pydantic finds wrong with JSON or YAML from outside, in words of ours and in both languages."""

from collections.abc import Mapping
from typing import Any

from beckon.core.wording.words import Mistake, Words

_SAID: Mapping[str, Words] = {
    "missing": Words("is missing", "falta"),
    "extra_forbidden": Words("is not known here; take it out", "no se conoce aquí; quítelo"),
    "string_type": Words("give a text", "escriba un texto"),
    "string_too_short": Words("give at least {min_length} characters", "escriba al menos {min_length} caracteres"),
    "string_too_long": Words("give at most {max_length} characters", "escriba como máximo {max_length} caracteres"),
    "string_pattern_mismatch": Words(
        "use other characters: it must fit {pattern}", "use otros caracteres: debe ajustarse a {pattern}"
    ),
    "int_type": Words("give a whole number", "escriba un número entero"),
    "int_parsing": Words("give a whole number", "escriba un número entero"),
    "int_from_float": Words("give a whole number", "escriba un número entero"),
    "float_type": Words("give a number", "escriba un número"),
    "float_parsing": Words("give a number", "escriba un número"),
    "bool_type": Words("give true or false", "escriba true o false"),
    "bool_parsing": Words("give true or false", "escriba true o false"),
    "greater_than": Words("give more than {gt}", "escriba más de {gt}"),
    "greater_than_equal": Words("give at least {ge}", "escriba al menos {ge}"),
    "less_than": Words("give less than {lt}", "escriba menos de {lt}"),
    "less_than_equal": Words("give at most {le}", "escriba como máximo {le}"),
    "literal_error": Words("give one of {expected}", "escriba uno de estos: {expected}"),
    "enum": Words("give one of {expected}", "escriba uno de estos: {expected}"),
    "list_type": Words("give a list", "escriba una lista"),
    "tuple_type": Words("give a list", "escriba una lista"),
    "dict_type": Words("give names with values", "escriba nombres con sus valores"),
    "mapping_type": Words("give names with values", "escriba nombres con sus valores"),
    "model_type": Words("give names with values", "escriba nombres con sus valores"),
    "too_short": Words("give at least {min_length} of them", "escriba al menos {min_length}"),
    "too_long": Words("give at most {max_length} of them", "escriba como máximo {max_length}"),
}
_OTHER = Words("cannot be used as it is ({kind})", "no se puede usar así ({kind})")


def words_of(mistake: Mapping[str, Any]) -> Words:
    """One of `ValidationError.errors()` in words; a Mistake raised by a check of ours says its own."""
    raised = mistake.get("ctx", {}).get("error")
    if isinstance(raised, Mistake):
        return raised.words
    known = _SAID.get(mistake["type"])
    if known is None:
        return _OTHER.filled(kind=mistake["type"])
    expected = {name: str(value).replace(" or ", ", ") for name, value in mistake.get("ctx", {}).items()}
    return known.filled(**expected)
