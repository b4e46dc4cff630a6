"""What is said where a module is imported whose extra is not installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from odatafilter.errors import MissingExtraError


@contextmanager
def name_missing_extra(extra: str) -> Iterator[None]:
    """Raises MissingExtraError with the name of the extra where the block imports a package that is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "a package").partition(".")[0]
        raise MissingExtraError(f"{package} is missing: install 'odatafilter[{extra}]'", name=error.name) from error
