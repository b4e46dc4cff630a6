"""Arguments of public functions of the language half that are of a wrong type."""

from types import UnionType

from odatafilter._safe_text import show
from odatafilter.errors import FilterTypeError


def check_type(name: str, value: object, kind: type | UnionType, wanted: str) -> None:
    """Raises FilterTypeError where the argument `name` of a public function is not of its `kind`."""
    if not isinstance(value, kind):
        raise FilterTypeError(f"{name} is {show(value)}: {wanted} is wanted")
