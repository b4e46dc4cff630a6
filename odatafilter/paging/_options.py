"""The options of `paginate`: each is declared once, with its type, its default and its rule."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple, TypedDict, cast, get_args

from odatafilter._walk_position import WalkPosition
from odatafilter.paging._rules import HOOK, ORIGINS, Rule, check_argument, one_of, whole_number
from odatafilter.paging.checkpoint import FileCheckpoint
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.events import Event
from odatafilter.paging.origins import Origins
from odatafilter.paging.rate import Rate
from odatafilter.paging.retry import Retry

if TYPE_CHECKING:
    from odatafilter.filter import Filter
    from odatafilter.handle import Handle
    from odatafilter.order import OrderBy


class Option(NamedTuple):
    """What an option is when it is not given, and what it may be; without a rule, who uses it judges it."""

    default: object = None
    rule: Rule | None = None


_BOUND: Final = Option(None, whole_number(0, or_none=True))
_PREFETCH: Final = Rule(
    lambda value: isinstance(value, int) and value in {0, 1}, "0 or 1 is wanted, as each page names the next"
)
_ON_BAD_ITEM: Final = Rule(
    lambda value: isinstance(value, str) and value in {"raise", "skip"}, "'raise' or 'skip' is wanted"
)


class Options(TypedDict, total=False):
    """What a walk can be told beside its client, listing, token and type of items."""

    filter: Annotated["Filter | str | None", Option()]
    params: Annotated[Mapping[str, str | int] | None, Option()]
    top: Annotated[int | None, Option()]
    orderby: Annotated["OrderBy | Handle[Any] | str | Iterable[OrderBy | Handle[Any] | str]", Option(())]
    select: Annotated["Handle[Any] | str | Iterable[Handle[Any] | str]", Option(())]
    expand: Annotated[str | Sequence[str] | None, Option()]
    count: Annotated[bool, Option(False, one_of(bool, "True or False"))]
    page_size: Annotated[int | None, Option()]
    max_items: Annotated[int | None, _BOUND]
    max_pages: Annotated[int | None, _BOUND]
    start: Annotated[WalkPosition | str | None, Option(None, one_of(Cursor | str | None, "a cursor or its text"))]
    retry: Annotated[Retry, Option(Retry(), one_of(Retry, "a Retry"))]
    origins: Annotated[Origins, Option(Origins.same(), ORIGINS)]
    prefetch: Annotated[int, Option(0, _PREFETCH)]
    on_bad_item: Annotated[Literal["raise", "skip"], Option("raise", _ON_BAD_ITEM)]
    rate: Annotated[Rate | None, Option(None, one_of(Rate | None, "a Rate"))]
    on_event: Annotated[Callable[[Event], object] | None, Option(None, HOOK)]
    checkpoint: Annotated[FileCheckpoint | None, Option(None, one_of(FileCheckpoint | None, "a FileCheckpoint"))]


def _read_declarations() -> dict[str, tuple[Any, Option]]:
    """The type and the declaration of each option."""
    return {name: (get_args(kind)[0], kind.__metadata__[0]) for name, kind in Options.__annotations__.items()}


_DECLARED: Final = _read_declarations()


def check_options(given: Mapping[str, object]) -> Options:
    """All options, with defaults for those not given. Raises `PagingValueError` for one that does not fit."""
    for name, value in given.items():
        if name not in _DECLARED:
            raise TypeError(f"paginate() got an unexpected keyword argument '{name}'")
        if (rule := _DECLARED[name][1].rule) is not None:
            check_argument(name, value, rule)
    defaults = {name: option.default for name, (_, option) in _DECLARED.items()}
    return cast("Options", {**defaults, **given})


def signature_with_options(function: Callable[..., object]) -> Signature:
    """The signature of `function`, which takes the options as `**options`, with each by its name."""
    found = signature(function)
    own = [each for each in found.parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=option.default, annotation=kind)
        for name, (kind, option) in _DECLARED.items()
    ]
    return found.replace(parameters=[*own, *options])
