"""The system query options of a request, parsed and judged by one schema: `$filter`, `$orderby`, `$top` and so on.

URL Conventions §5.1: the undecoded query is split at `&`, each part at its first `=`, and both are decoded once.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, Protocol, Self, TypeVar, cast
from urllib.parse import quote, unquote_to_bytes

from odatafilter import _parse, _read
from odatafilter._arguments import check
from odatafilter._declared import words
from odatafilter._names import LONGEST
from odatafilter._rewrite.bind import parameters
from odatafilter._rewrite.rebuild import rebuilt
from odatafilter._shown import shorten, shown
from odatafilter._suggest import listed, nearest
from odatafilter.errors import FilterError, FilterSyntaxError, FilterTypeError, OptionProblem, QueryOptionsError
from odatafilter.facts import SchemaFacts
from odatafilter.filter import Filter, documented
from odatafilter.handle import Handle
from odatafilter.keyset import Bound, Keyset
from odatafilter.limits import CEILING, DEFAULT, Limits, measure
from odatafilter.order import OrderBy, read_orderby, read_select
from odatafilter.tree import (
    Alias,
    Annotation,
    AnyNode,
    Array,
    Expression,
    Function,
    In,
    List,
    Literal,
    Path,
    Property,
    Variable,
    nodes,
)

if TYPE_CHECKING:
    from odatafilter.schema import Schema

T = TypeVar("T")
N = TypeVar("N", bound=AnyNode)
Span = tuple[int, int]

OPTIONS: Final = ("$filter", "$orderby", "$top", "$skip", "$count", "$select")
# What OData has beside these (Protocol §11.2, URL Conventions §5.1).
_OTHERS: Final = frozenset(
    {
        *("$apply", "$compute", "$deltatoken", "$expand", "$format", "$id", "$index", "$levels"),
        *("$schemaversion", "$search", "$skiptoken"),
    }
)
_MOST: Final = 2**63 - 1  # items that can be asked for or skipped: what databases count to
_DIGITS: Final = re.compile("[0-9]+")
_BEYOND_ASCII: Final = re.compile(r"[^!-~]+")
_PLAIN: Final = "'(),:$@*!/;?"  # left alone in a parameter, as OData URLs are written
# What a parameter cannot stand for: its value is the same wherever the parameter stands.
_VARYING: Final = (Property, Variable, Alias, Annotation, Function, Path)


class PageBounds(Protocol):
    """What is read of a PageSize."""

    @property
    def name(self) -> str: ...
    @property
    def min(self) -> int: ...
    @property
    def max(self) -> int | None: ...
    @property
    def default(self) -> int | None: ...


class ServedPage(NamedTuple, Generic[T]):
    """The items of one page, and the URL of the next one, or None after the last."""

    items: list[T]
    next_link: str | None


@dataclass(frozen=True, kw_only=True)
class QueryOptions:
    """System query options that their schema allows; None, False or empty where nothing is said.

    `select` is empty for `*`, too. `page_size` are the items of a page: `$top` within a PageSize, else its default or
    maximum, else that of the Keyset. With a Keyset, `order` is the whole order, the key last, and `after` the filter
    for the items from the start of the page on, at the place that `bounds` say; None on the first page.
    """

    filter: Filter | None = None
    orderby: tuple[OrderBy, ...] = ()
    top: int | None = None
    skip: int | None = None
    count: bool = False
    select: tuple[str, ...] = ()
    page_size: int | None = None
    order: tuple[OrderBy, ...] = ()
    bounds: tuple[Bound, ...] = ()
    after: Filter | None = None
    _keyset: Keyset | None = field(default=None, repr=False, compare=False)
    _top_is_page_size: bool = field(default=False, repr=False, compare=False)
    _parts: tuple[tuple[str, str], ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def parse(
        cls,
        query: str | bytes | Mapping[str, str] | Iterable[tuple[str, str]],
        *,
        schema: "type[Schema]",
        page_size: PageBounds | None = None,
        allow: str | Iterable[str] = ("$filter",),
        keyset: Keyset | None = None,
        limits: Limits | None = None,
    ) -> Self:
        """The options of a query string, or of pairs of decoded names and values: those with a `$` and in `allow`.

        With `page_size`, `$top` is a page size within its bounds; without, it bounds the whole result. `keyset` reads a
        continuation token. `@p=…` binds the parameter p to a value that does not depend on the item. Raises
        QueryOptionsError with all problems of all options, FilterError for an argument that is wrong.
        """
        # Names are judged in any letter case; those without a `$` are the service's own.
        facts = documented(schema)
        if limits is not None:
            check("limits", limits, Limits, "a Limits such as Limits(depth=50)")
        allowed = _checked_options(allow, page_size, keyset)
        parts = _split_query(query)
        reading = _Reading(facts, allowed, page_size, keyset, limits or DEFAULT)
        found = reading.read(parts)
        if reading.problems:
            raise QueryOptionsError(reading.texts_of_problems(), tuple(reading.problems))
        raw = tuple((part.name, part.raw) for part in parts)
        return cls(**found, _keyset=keyset, _top_is_page_size=page_size is not None, _parts=raw)

    @property
    def limit(self) -> int | None:
        """How many items to ask for: one more than the page holds, to see whether there is a next one; None for all."""
        size = self._size
        return None if size is None else size + 1

    def page(self, items: Iterable[T], url: object) -> ServedPage[T]:
        """The page that is made of up to `limit` items in the order of `order`, and its next link.

        `url` is that of the request; its query is replaced by that of the next page. Raises FilterError where these
        options were read without a Keyset, and where an item has a value that no token can hold.
        """
        if self._keyset is None:
            raise FilterError("these options were read without a Keyset, which next links need: give keyset=")
        size = self._size
        found = list(items)
        if size is None or len(found) <= size or size == 0:
            return ServedPage(found if size is None else found[:size], None)
        if not self._top_is_page_size and self.top == size:
            return ServedPage(found[:size], None)  # all that was asked for
        token = self._keyset.token(self.filter, self.orderby, found[size - 1])
        return ServedPage(found[:size], f"{str(url).partition('?')[0]}?{self._next_query(token, size)}")

    def sort(self, items: Iterable[T]) -> list[T]:
        """The items in the order of `order`, for a service without a database. Raises FilterError without a Keyset, and
        for a value that is not of its kind.
        """
        if self._keyset is None:
            raise FilterError("these options were read without a Keyset, which says the whole order: give keyset=")
        return self._keyset.sort(items, self.orderby)

    @property
    def _size(self) -> int | None:
        """How many items the page holds at most."""
        if self._top_is_page_size or self.top is None:
            return self.page_size
        return self.top if self.page_size is None else min(self.top, self.page_size)

    def _next_query(self, token: str, done: int) -> str:
        """The query of the next page: the same but for the token, what was skipped, and what is left of `$top`."""
        keyset = cast("Keyset", self._keyset)
        dropped = {keyset.parameter, "$skip"} | (set() if self._top_is_page_size else {"$top"})
        parts = [raw for name, raw in self._parts if name not in dropped]
        if self.top is not None and "$top" in dropped:
            parts.append(f"$top={self.top - done}")
        return "&".join([*parts, f"{keyset.parameter}={token}"])


# --- the query ------------------------------------------------------------------------------------------------------


class _Part(NamedTuple):
    """One `name=value` of a query: the name as it is judged, what the part says, decoded, and how it was written."""

    name: str
    value: str
    raw: str
    is_text: bool = True


def _split_query(query: object) -> list[_Part]:
    """The parts of a query string, or of pairs that are decoded already. Raises FilterTypeError for anything else."""
    if isinstance(query, str | bytes):
        encoding, text = ("latin-1", query.decode("latin-1")) if isinstance(query, bytes) else ("utf-8", query)
        # Characters that no URL has are written as one would have them, so that the next link is one.
        text = _BEYOND_ASCII.sub(lambda found: quote(found.group(), "", encoding, "replace"), text.removeprefix("?"))
        return [_split_part(part) for part in text.split("&") if part]
    if type(query) is dict:
        query = query.items()
    elif isinstance(query, Mapping):
        raise FilterTypeError(
            f"the query is {shown(query)}, which hides an option that stands twice: give the query string, or pairs"
        )
    if not isinstance(query, Iterable):
        raise FilterTypeError(f"the query is {shown(query)}: a query string is wanted, or pairs of texts")
    parts = []
    for pair in query:
        if not (isinstance(pair, tuple | list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)):  # noqa: PLR2004
            raise FilterTypeError(f"the query holds {shown(pair)}: pairs of texts are wanted")
        name, value = pair
        parts.append(_Part(_option_name(name), value, f"{_quoted(name)}={_quoted(value)}"))
    return parts


def _split_part(raw: str) -> _Part:
    name, _, value = raw.partition("=")
    try:
        return _Part(_option_name(_decoded(name)), _decoded(value), raw)
    except UnicodeDecodeError:
        shown_name = unquote_to_bytes(name.replace("+", " ")).decode("utf-8", "replace")
        shown_value = unquote_to_bytes(value.replace("+", " ")).decode("utf-8", "replace")
        return _Part(_option_name(shown_name), shown_value, raw, is_text=False)


def _decoded(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")


def _quoted(text: str) -> str:
    return quote(text, safe=_PLAIN, errors="replace")


def _option_name(name: str) -> str:
    """The name of a system query option in lower case; any other name as it is."""
    return name.strip().lower() if name.strip().startswith("$") else name


def _checked_options(allow: object, page_size: object, keyset: object) -> tuple[str, ...]:
    """The names of the options that the service supports. Raises FilterError for a wrong argument."""
    found = [word.lower() for word in words("allow", cast("Iterable[str]", allow))]
    if unknown := [word for word in found if word not in OPTIONS]:
        raise FilterError(f"allow holds {listed(map(repr, unknown))}: {listed(OPTIONS, 'or')} is wanted")
    if page_size is not None:
        if not all(hasattr(page_size, name) for name in ("name", "min", "max", "default")):
            raise FilterTypeError(f"page_size is {shown(page_size)}: a PageSize such as PageSize(max=1000) is wanted")
        if (name := cast("PageBounds", page_size).name).lower() != "$top":
            raise FilterError(f"page_size is that of {shown(name)}: one of '$top' is wanted, as others are not judged")
        found.append("$top")
    if keyset is not None:
        check("keyset", keyset, Keyset, "a Keyset")
    return tuple(option for option in OPTIONS if option in found)


# --- reading --------------------------------------------------------------------------------------------------------


class _Reading:
    """One query while it is read, and all that is wrong with it."""

    def __init__(
        self,
        schema: SchemaFacts,
        allowed: Sequence[str],
        page_size: PageBounds | None,
        keyset: Keyset | None,
        limits: Limits,
    ) -> None:
        self.problems: list[OptionProblem] = []
        self._texts: dict[str, str] = {}
        self._given: dict[str, str] = {}
        self._schema = schema
        self._allowed = allowed
        self._page_size = page_size
        self._keyset = keyset
        self._limits = limits

    def read(self, parts: Sequence[_Part]) -> dict[str, Any]:
        """The fields of QueryOptions, of which nothing is used where there are problems."""
        self._given = given = self._collect(parts)
        found: dict[str, Any] = {}
        for option, read in (
            ("$filter", self._read_filter),
            ("$orderby", self._read_orderby),
            ("$top", self._read_top),
            ("$skip", self._read_whole),
            ("$count", self._read_count),
            ("$select", self._read_select),
        ):
            if option in given:
                found[option[1:]] = read(option, given[option])
        if (bounds := self._page_size) is not None:
            size = found.get("top") if found.get("top") is not None else bounds.default
            found["page_size"] = bounds.max if size is None else size
        elif self._keyset is not None:
            found["page_size"] = self._keyset.page_size
        if self._keyset is not None and not self.problems:
            found |= self._read_place(self._keyset, found, given)
        return found

    def texts_of_problems(self) -> dict[str, str]:
        """The value of each option that has a problem."""
        return {problem.target: self._texts.get(problem.target, "") for problem in self.problems}

    def _add(self, target: str, message: str, code: str, span: Span | None = None, meant: str | None = None) -> None:
        whole = (0, len(self._texts.setdefault(target, "")))
        self.problems.append(OptionProblem(message, span or whole, code, meant, target=target))

    def _collect(self, parts: Sequence[_Part]) -> dict[str, str]:
        """The values of the options and parameters to be read, by name; the first where one stands twice."""
        token = self._keyset.parameter if self._keyset is not None else None
        given: dict[str, str] = {}
        counts: dict[str, int] = {}
        for part in parts:
            name = shorten(part.name, LONGEST + 1)  # with its mark
            if name[:1] not in {"$", "@"} and name != token:
                continue
            counts[name] = counts.get(name, 0) + 1
            if counts[name] > 1:
                continue
            self._texts[name] = part.value
            if name[0] == "$" and name != token and name not in self._allowed:
                self._refuse(name)
            elif not part.is_text:
                self._add(name, f"{name} is no UTF-8 once it is decoded", "encoding")
            elif len(part.value) > self._limits.length:
                size = len(part.value)
                message = f"{name} has {size} characters; the limit 'length' is {self._limits.length}"
                self._add(name, message, "limit", (self._limits.length, size))
            else:
                given[name] = part.value
        for name, count in counts.items():
            if count > 1:
                self._add(name, f"{name} stands {count} times in the query, and may stand there once", "repeated")
        return given

    def _refuse(self, name: str) -> None:
        supported = f"this service supports {listed(self._allowed)}" if self._allowed else "this service supports none"
        if name in OPTIONS or name in _OTHERS:
            self._add(name, f"{name} is not supported; {supported}", "unsupported-option")
            return
        meant = nearest(name, self._allowed)
        hint = f"did you mean {meant}?" if meant else supported
        self._add(name, f"OData has no query option {name:.60}; {hint}", "unknown-option")

    # --- the single options

    def _read_orderby(self, target: str, text: str) -> tuple[OrderBy, ...]:
        if self._has_too_many_items(target, text):
            return ()
        found, problems = read_orderby(text, self._schema)
        self.problems += problems
        if self._keyset is not None and not problems:
            try:
                self._keyset.order(found)
            except FilterError as error:
                self._add(target, str(error), "limit")
        return tuple(found)

    def _read_select(self, target: str, text: str) -> tuple[str, ...]:
        if self._has_too_many_items(target, text):
            return ()
        found, problems = read_select(text, self._schema)
        self.problems += problems
        return tuple(found)

    def _has_too_many_items(self, target: str, text: str) -> bool:
        count = text.count(",") + 1
        if count > self._limits.items:
            self._add(target, f"{target} has {count} items; the limit 'items' is {self._limits.items}", "limit")
        return count > self._limits.items

    def _read_top(self, target: str, text: str) -> int | None:
        if (bounds := self._page_size) is None:
            return self._read_whole(target, text)
        return self._read_whole(target, text, bounds.min, bounds.max)

    def _read_whole(self, target: str, text: str, least: int = 0, most: int | None = None) -> int | None:
        top = _MOST if most is None else most
        # A number of thousands of digits cannot be read, and need not be: it is out of bounds.
        value = int(text) if _DIGITS.fullmatch(text) and len(text.lstrip("0")) <= len(str(top)) else -1
        if least <= value <= top:
            return value
        is_larger = _DIGITS.fullmatch(text) and value < 0
        wanted = f"a whole number from {least}" + (f" to {top}" if most is not None or is_larger else "")
        self._add(target, f"{target} is {shown(text)}: {wanted} is wanted", "value")
        return None

    def _read_count(self, target: str, text: str) -> bool:
        if text.lower() not in {"true", "false"}:
            self._add(target, f"{target} is {shown(text)}: true or false is wanted", "value")
        return text.lower() == "true"

    def _read_place(self, keyset: Keyset, found: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
        """Where the page starts."""
        orderby = found.get("orderby", ())
        place: dict[str, Any] = {"order": keyset.order(orderby)}
        token = given.get(keyset.parameter)
        if token is None:
            return place
        try:
            bounds = keyset.bounds(found.get("filter"), orderby, token)
        except FilterError as error:
            self._add(keyset.parameter, str(error), "token")
            return place
        return {**place, "bounds": bounds, "after": keyset.after(bounds)}

    # --- $filter and its parameters

    def _read_filter(self, target: str, text: str) -> Filter | None:
        given = {name[1:]: value for name, value in self._given.items() if name.startswith("@")}
        try:
            tree = _read.read(text, self._limits, self._schema)
        except FilterSyntaxError as error:
            self._add_syntax_error(target, error)
            return None
        wanted = tuple(dict.fromkeys(parameters(tree)))
        values: dict[str, Expression] = {}
        wrong = set()
        for name in wanted:
            if name in given and (value := self._read_value(name, given[name])) is not None:
                values[name] = value
            elif name in given:
                wrong.add(name)
        bound = _Bound(tree, values, self._schema)
        if (problem := bound.size_problem(self._limits)) is not None:
            self._add(target, problem, "limit")
            return None
        made = bound.substituted()
        if len(values) < len(wanted) or bound.path_starts or self._findings(made):
            self._explain(target, text, values, wrong)
            return None
        return Filter._of(made, self._schema)

    def _read_value(self, name: str, text: str) -> Expression | None:
        """The value of a parameter, which is the same wherever the parameter stands."""
        target = f"@{name}"
        try:
            value = _read.read(text, self._limits, self._schema)
        except FilterSyntaxError as error:
            self._add_syntax_error(target, error)
            return None
        varying = next((node for node in nodes(value) if isinstance(node, _VARYING)), None)
        if varying is None:
            return value
        hint = "a text stands in quotes" if isinstance(value, Property) else "one that is the same for all items"
        self._add(target, f"{target} is bound to a value, and {shown(text)} is none: {hint}", "value")
        return None

    def _add_syntax_error(self, target: str, error: FilterSyntaxError) -> None:
        self._add(target, error.message, "syntax", error.span, error.suggestion)

    def _findings(self, tree: Expression) -> "list[Any]":
        from odatafilter import _validate  # noqa: PLC0415  # as in filter.py

        return list(_validate.findings(tree, self._schema))

    def _explain(self, target: str, text: str, values: Mapping[str, object], wrong: Container[str]) -> None:
        """Adds the problems of a filter, each at its place in the text or in the value of a parameter.

        Of parameters whose values are `wrong` that is known already.
        """
        tree, trace = _parse.traced(text)
        traced = {name: _parse.traced(self._texts[f"@{name}"]) for name in values}
        bound = _Bound(tree, {name: value for name, (value, _) in traced.items()}, self._schema)
        made = bound.substituted()
        places: dict[int, tuple[str, Span]] = {}
        for name, (value, value_trace) in traced.items():
            for node in nodes(value):
                places[id(node)] = (f"@{name}", value_trace[node])
        found: list[tuple[str, Span, str, str, str | None]] = []
        for node in bound.path_starts:
            message = f"the parameter @{node.name} starts a path, where no value can stand"
            found.append((target, trace[node], message, "type", None))
        without = {id(node): node for node in bound.unbound}
        for node in without.values():
            if node.name in wrong:
                continue
            message = f"the parameter @{node.name} has no value; it is given as @{node.name}=… beside $filter"
            found.append((target, trace[node], message, "unbound-parameter", None))
        for finding in self._findings(made):
            if any(finding.node is node for node in (*bound.unbound, *bound.path_starts)):
                continue
            node = bound.origins.get(id(finding.node), finding.node)
            at, span = places.get(id(node)) or (target, trace[node])
            found.append((at, span, finding.message, finding.code, finding.suggestion))
        for at, span, message, code, meant in sorted(found, key=lambda one: (one[0] != target, one[0], one[1])):
            self._add(at, message, code, span, meant)


class _Bound:
    """A tree with values in the place of its parameters. `origins` are the nodes of the tree by what became of them,
    `unbound` its parameters without a value, `path_starts` those with one that stand where none can.
    """

    def __init__(self, tree: Expression, values: Mapping[str, Expression], schema: SchemaFacts) -> None:
        self.origins: dict[int, AnyNode] = {}
        self.unbound: list[Alias] = []
        self.path_starts: list[Alias] = []
        self._made: list[AnyNode] = []  # kept alive, as they are told apart by identity
        self._tree = tree
        self._values = values
        self._schema = schema

    def size_problem(self, limits: Limits) -> str | None:
        """What is wrong where the values make the tree too large."""
        if not self._values:
            return None
        uses = [node.name for node in nodes(self._tree) if isinstance(node, Alias) and node.name in self._values]
        depth, count, _ = measure(self._tree)
        sizes = {name: measure(value) for name, value in self._values.items()}
        count += sum(sizes[name][1] for name in uses)
        depth += max((size[0] for size in sizes.values()), default=0)
        if count > limits.nodes:
            return f"the filter has {count} nodes with its parameters; the limit 'nodes' is {limits.nodes}"
        if depth > min(limits.depth, CEILING):
            return f"the filter has {depth} levels with its parameters; the limit 'depth' is {limits.depth}"
        return None

    def substituted(self) -> Expression:
        return cast("Expression", self._changed(self._tree))

    def _changed(self, node: AnyNode) -> AnyNode:
        match node:
            case Alias(name=name) if name in self._values:
                return self._values[name]
            case Alias():
                self.unbound.append(node)
                return node
            case Path(segments=(Alias(name=name) as start, *_)) if name in self._values:
                self.path_starts.append(start)
                return node
            case In(operand=operand, collection=Alias(name=name)) if name in self._values:
                changed: AnyNode = In(cast("Expression", self._changed(operand)), self._list(self._values[name]))
            case _:
                changed = rebuilt(node, self._changed)
        return changed if changed is node else self._noted(changed, node)

    def _list(self, value: Expression) -> List | Expression:
        """An array of literals as the list that the schema wants after `in`."""
        if not isinstance(value, Array) or self._schema.lists != "()":
            return value
        items = tuple(item for item in value.items if isinstance(item, Literal))
        return self._noted(List(items), value) if len(items) == len(value.items) else value

    def _noted(self, made: N, origin: AnyNode) -> N:
        """What was `made` of the node `origin`."""
        self.origins[id(made)] = origin
        self._made.append(made)
        return made


# --- writing --------------------------------------------------------------------------------------------------------


def write_orderby(items: object, schema: SchemaFacts | None) -> str:
    """The text of `$orderby` for one item or several: `OrderBy`s, handles and texts such as "name desc"; "" for none.

    Raises QueryOptionsError where the schema does not allow it, FilterTypeError for what is no item.
    """
    text = _joined("orderby", items)
    _raise_for("$orderby", text, read_orderby(text, schema)[1] if text else ())
    return text


def write_select(items: object, schema: SchemaFacts | None) -> str:
    """The text of `$select` for one property or several: handles and paths. Raises as `write_orderby` does."""
    text = _joined("select", items)
    _raise_for("$select", text, read_select(text, schema)[1] if text else ())
    return text


def _joined(name: str, items: object) -> str:
    several = (items,) if isinstance(items, str | OrderBy | Handle) else items
    if not isinstance(several, Iterable):
        raise FilterTypeError(f"{name} is {shown(items)}: a property or its name is wanted, or several of them")
    texts = []
    for item in several:
        if not isinstance(item, str | OrderBy | Handle):
            raise FilterTypeError(f"{name} holds {shown(item)}: a property or its name is wanted")
        texts.append(str(item))
    return ",".join(texts)


def _raise_for(target: str, text: str, problems: Sequence[OptionProblem]) -> None:
    if problems:
        raise QueryOptionsError({target: text}, tuple(problems))
