"""What pydantic finds wrong with a field, in words that say what it must be. Knows no statuses and no routes."""

from collections.abc import Sequence
from typing import Any

_SAID = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "string_type": "it must be text",
    "string_too_short": "it is empty",
    "string_too_long": "it has more than {max_length:,} characters",
    "string_pattern_mismatch": "it must match {pattern}",
    "int_type": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "greater_than_equal": "it must be at least {ge:,}",
    "less_than_equal": "it must be at most {le:,}",
    "bool_type": "it must be true or false",
    "literal_error": "it must be {expected}",
    "list_type": "it must be a list",
    "model_type": "it must be an object with fields",
    "model_attributes_type": "it must be an object with fields",
}


def fault(errors: Sequence[Any]) -> tuple[str, str]:
    """Return the name of a wrong field ("" for the whole) and what is wrong with it.

    Of pydantic's `errors` the one that lies deepest: of a field that may be text or a list, where the list is wrong.
    """
    worst = max(errors, key=lambda error: len(error["loc"]))
    words = _SAID.get(worst["type"])
    said = words.format(**worst.get("ctx", {})) if words else worst["msg"].removeprefix("Value error, ")
    return ".".join(str(part) for part in worst["loc"] if part != "str" and "list[" not in str(part))[:80], said
