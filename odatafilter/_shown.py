"""What was found where something else is wanted, as an error shows it."""

from types import UnionType

from odatafilter.errors import FilterTypeError

_LONGEST = 60  # characters


def shown(value: object) -> str:
    """`value`, cut where it is long."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  # a number of thousands of digits, or a class of the caller's
        return typed(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def typed(value: object) -> str:
    """The type of a `value` that may be a secret."""
    return f"a value of the type '{type(value).__name__}'"


def check(name: str, value: object, kind: type | UnionType, wanted: str) -> None:
    """Raises FilterTypeError where the argument `name` of a public function is not of its `kind`."""
    if not isinstance(value, kind):
        raise FilterTypeError(f"{name} is {shown(value)}: {wanted} is wanted")
