"""Plan → Python source of a predicate of one item, for what most filters are made of.

The source reads each property once and looks at the class of its value. It calls `doubt()` for a value that it is not
made for: one of another class, a text that is no timestamp in the usual form, a collection of more elements than the
budget allows. The checked predicate then judges the whole item, so that both give the same answers and errors.

A form that no source is made for is a call of its checked function, where that need not take visits; else there is no
source for the whole filter. The source holds names of this module's choice only. Texts, names of properties and all
other values are passed beside it, and attributes get their names after it is compiled: nothing of a filter is read as
Python.
"""

import datetime as dt
import sys
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast

from odatafilter._comparisons import PYTHON_COMPARISONS, SWAPPED
from odatafilter._evaluate import values
from odatafilter._evaluate.budget import visits_of_condition
from odatafilter._evaluate.classes import ItemClass
from odatafilter._evaluate.predicate import check_of, check_of_false, constant_of
from odatafilter._evaluate.values import Enumerated, Guid, Instant
from odatafilter._kinds import family_of
from odatafilter._literals.times import MICROSECOND, MICROSECOND_DIGITS
from odatafilter._plan.forms import (
    COLLECTION,
    And,
    AnyOf,
    Apply,
    As,
    Bool,
    Condition,
    Const,
    CountOf,
    Element,
    Get,
    IsNull,
    Not,
    NotTrue,
    OneOf,
    Or,
    Plan,
    Test,
    TestOperator,
    Truth,
    Value,
    Where,
    below,
)
from odatafilter.facts import PropertyFacts

Predicate = Callable[[object], bool]

_MOST_FORMS: Final = 600  # a longer source takes longer to compile than it saves
_SIGNS: Final[dict[TestOperator, str]] = {"eq": "==", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_TEXTS: Final = {"tolower": "lower()", "toupper": "upper()", "trim": "strip(white)", "casefold": "casefold()"}
_SEARCHES: Final = {
    "contains": "{part} in {whole}",
    "startswith": "{whole}.startswith({part})",
    "endswith": "{whole}.endswith({part})",
}
_EXACT_AS_FLOAT: Final = 2**53
DIGITS: Final = 12  # of a second
READ_DIGITS: Final = MICROSECOND_DIGITS  # of a second that fromisoformat judges: what follows may be anything
FULL: Final = len("2024-06-24T13:00:00.") + DIGITS
# A value of one of these classes is never null, and takes no visits.
DATA: Final = frozenset({str, int, float, bool, dict})
FIELDS: Final = DATA | {uuid.UUID, dt.datetime, dt.date, Decimal}
MAKES_TWENTY_FOUR: Final = sys.version_info >= (3, 14)  # fromisoformat takes 24:00:00, which OData does not


class NoSourceError(Exception):
    """A form that no source is made for."""


class _Code(NamedTuple):
    """An expression that is True or False, and the facts that hold after it in either case: `v0` says that this
    variable is set, `v0 str` that its value is a str.
    """

    code: str
    if_true: frozenset[str]
    if_false: frozenset[str]


class _Read(NamedTuple):
    """How a value is read. The expression `guard` is False where the value is null, and calls `doubt()` where it is of
    another class than the source is made for. Where `guard` is True, the expression `code` is the value.
    """

    guard: str
    code: str
    known: frozenset[str]  # the facts that hold where `guard` is True
    seen: frozenset[str]  # and those that hold where it is False

    def and_also(self, code: str) -> _Code:
        """A condition that is True where the guard is and `code` is."""
        return _Code(f"({self.guard} and {code})" if self.guard else f"({code})", self.known, self.seen)


class Writer:
    """Writes the source of one plan, with the `names` that it reads and the `attributes` that get their names later."""

    def __init__(self, plan: Plan, visits: int, item_type: ItemClass | None) -> None:
        self.names: dict[str, Any] = {}
        self.attributes: dict[str, str] = {}
        self.functions: list[str] = []
        # The class of the item, and of the element of the loop that is written; None of a dict.
        self._item_class = item_type
        self._element_class: ItemClass | None = None
        self._variables: dict[tuple[int, str], str] = {}
        self._loop = 0  # the loop that is written
        every, loops = _count_forms(plan.condition)
        if every > _MOST_FORMS:
            raise NoSourceError
        self._room = visits // max(loops, 1)  # elements of each collection that is read, visits of each `concat`
        self._rooms = plan.loops

    # --- conditions

    def code_of(self, form: Condition, known: frozenset[str]) -> _Code:
        match form:
            case And(operands=operands):
                return self._join_codes("and", self.code_of, operands, known)
            case Or(operands=operands):
                return self._join_codes("or", self.code_of, operands, known)
            case Not(operand=operand):
                return self.code_of_false(operand, known)
            case NotTrue(operand=operand):
                return _negate_code(self.code_of(operand, known))
            case Bool(value=value):
                return _Code(str(value), known, known)
            case _:
                return self._write_leaf(form, known, wanted=True)

    def code_of_false(self, form: Condition, known: frozenset[str]) -> _Code:
        match form:
            case And(operands=operands):
                return self._join_codes("or", self.code_of_false, operands, known)
            case Or(operands=operands):
                return self._join_codes("and", self.code_of_false, operands, known)
            case Not(operand=operand):
                return self.code_of(operand, known)
            case Truth():
                return self._write_leaf(form, known, wanted=False)
            case _:
                return _negate_code(self.code_of(form, known))

    def _join_codes(
        self,
        word: str,
        ask: Callable[[Condition, frozenset[str]], _Code],
        operands: tuple[Condition, ...],
        known: frozenset[str],
    ) -> _Code:
        """Conditions joined by `and` or `or`: the facts that hold after one hold in the next."""
        codes: list[str] = []
        early: frozenset[str] | None = None
        for operand in operands:
            code, if_true, if_false = ask(operand, known)
            codes.append(code)
            known, ended = (if_true, if_false) if word == "and" else (if_false, if_true)
            early = ended if early is None else early & ended
        joined = f"({f' {word} '.join(codes)})"
        ended = early or frozenset()
        return _Code(joined, known, ended) if word == "and" else _Code(joined, ended, known)

    def _write_leaf(self, form: Condition, known: frozenset[str], *, wanted: bool) -> _Code:
        variables = dict(self._variables)
        try:
            return self._write_condition(form, known, wanted=wanted)
        except NoSourceError:
            self._variables = variables
        if self._loop or _takes_visits(form):
            raise NoSourceError
        name = self._new_name("s", self._checked_function(form, wanted=wanted))
        return _Code(f"{name}(item)", known, known)

    def _checked_function(self, form: Condition, *, wanted: bool) -> Predicate:
        """The checked function of one condition. It may take no visits, since they are counted for a whole item, but a
        share of them to join texts: the error that it raises where it needs more counts as a doubt.
        """
        holds = check_of(form) if wanted else check_of_false(form)
        room = [None] * self._rooms
        visits = self._room if any(map(_is_join, _forms_of(form))) else 0
        return lambda item: holds([item, [visits], None, *room])

    def _write_condition(self, form: Condition, known: frozenset[str], *, wanted: bool) -> _Code:
        match form:
            case Test(op=op, left=left, right=Const() as right):
                return self._write_comparison(op, left, right, known)
            case Test(op=op, left=Const() as left, right=right):
                return self._write_comparison(cast("TestOperator", SWAPPED[op]), right, left, known)
            case OneOf(operand=operand, values=several):
                return self._write_one_of(operand, several, known)
            case IsNull(operand=operand):
                return self._write_is_null(operand, known)
            case AnyOf():
                return self._write_loop(form, known)
            case Truth(operand=operand):
                read, code = self._write_truth(operand, known)
                return read.and_also(code if wanted else f"not {code}")
            case _:
                raise NoSourceError

    def _write_truth(self, operand: Value, known: frozenset[str]) -> tuple[_Read, str]:
        match operand:
            case Apply(function=function, operands=(whole, Const() as part)) if function in _SEARCHES:
                text = constant_of(part)
                if type(text) is not str:
                    raise NoSourceError
                read = self._read_text(whole, known)
                return read, f"({_SEARCHES[function].format(part=self._new_name('k', text), whole=read.code)})"
            case Get(kind="Boolean" | "Untyped"):
                read = self._read_value(operand, "bool", known)
                return read, read.code
            case _:
                raise NoSourceError

    def _write_comparison(self, op: TestOperator, operand: Value, const: Const, known: frozenset[str]) -> _Code:
        value = constant_of(const)
        match value:
            case Guid():
                return self._write_guid(operand, _SIGNS[op], value, known)
            case str():
                read = self._read_text(operand, known)
                return read.and_also(f"{read.code} {_SIGNS[op]} {self._new_name('k', value)}")
            case bool() if op == "eq" and operand.kind in {"Boolean", "Untyped"}:
                read = self._read_value(operand, "bool", known)
                return read.and_also(f"{read.code} is {value}")
            case int() | Decimal() if type(value) is not bool:
                return self._write_number(op, operand, value, known)
            case Instant() if isinstance(value.picoseconds, int):
                digits = len(const.literal.text.partition(".")[2].rstrip("Zz").partition("+")[0].partition("-")[0])
                return self._write_instant(op, operand, value.picoseconds, digits, known)
            case Enumerated() if op == "eq":
                return self._write_members(operand, (value,), known)
            case _:
                raise NoSourceError

    def _write_one_of(self, operand: Value, several: tuple[Const, ...], known: frozenset[str]) -> _Code:
        members = [constant_of(one) for one in several]
        kinds = set(map(type, members))
        if kinds == {str}:
            read = self._read_text(operand, known)
            return read.and_also(f"{read.code} in {self._new_name('k', frozenset(members))}")
        if kinds == {Guid}:
            return self._write_guid(operand, "in", frozenset(members), known)
        if kinds == {int} and all(map(_is_exact_as_float, members)) and family_of(operand.kind) in {"Int", "Untyped"}:
            read = self._read_value(operand, "number", known)
            return read.and_also(f"{read.code} in {self._new_name('k', frozenset(members))}")
        if kinds == {Enumerated}:
            return self._write_members(operand, tuple(members), known)
        raise NoSourceError

    def _write_guid(self, operand: Value, sign: str, value: Guid | frozenset[Guid], known: frozenset[str]) -> _Code:
        """A comparison with GUIDs: of the text in lower case, or of the number of a UUID, which has the same order."""
        several = value if isinstance(value, frozenset) else frozenset({value})
        texts: Any = frozenset(map(str, several)) if isinstance(value, frozenset) else str(value)
        seen = known
        numbers = ""
        if self._is_of_class(operand):
            first, name = self._read_variable(operand, known)
            of_all = [uuid.UUID(str(one)).int for one in several]
            number = self._new_name("k", frozenset(of_all) if isinstance(value, frozenset) else of_all[0])
            numbers = f"{name}.int {sign} {number} if type({first}) is UUID else "
            seen = known | {name}
        read = self._read_value(operand, "str", seen)
        code = read.and_also(f"{read.code}.lower() {sign} {self._new_name('k', texts)}")
        if not numbers:
            return code
        return _Code(f"({numbers}{code.code})", seen, seen)

    def _write_members(self, operand: Value, members: tuple[Enumerated, ...], known: frozenset[str]) -> _Code:
        """A comparison with members of an enumeration, one name each. Another name is that of another member; a text
        that is no name, such as several joined by commas, is a doubt.
        """
        words = [next(iter(one.names)) for one in members if len(one.names) == 1 and not one.number]
        if len(words) < len(members):
            raise NoSourceError
        read = self._read_value(operand, "str", known)
        name = self._new_name("k", frozenset(words))
        return read.and_also(f"({read.code} in {name} or not {read.code}.isidentifier() and doubt())")

    def _write_is_null(self, operand: Value, known: frozenset[str]) -> _Code:
        if not isinstance(operand, Get) or not _is_always_read(operand):
            raise NoSourceError
        first, name = self._read_property(operand, known)
        classes = "fields" if self._is_of_class(operand) else "data"
        is_short = "" if self._loop else f" and not ({self._is_short_list(name)})"
        code = f"({first} is None or type({name}) not in {classes}{is_short} and doubt())"
        return _Code(code, known | {name}, known | {name})

    def _write_number(self, op: TestOperator, operand: Value, value: int | Decimal, known: frozenset[str]) -> _Code:
        kind, sign = family_of(operand.kind), _SIGNS[op]
        if not _is_exact_as_float(value):
            raise NoSourceError
        if isinstance(operand, Apply):
            if operand.function != "length" or operand.operands[0].kind != "String":
                raise NoSourceError
            text = self._read_text(operand.operands[0], known)
            return text.and_also(f"len({text.code}) {sign} {self._new_name('k', value)}")
        read = self._read_value(operand, "number", known)
        if kind == "Double":
            return read.and_also(f"float({read.code}) {sign} {self._new_name('k', float(value))}")
        if kind == "Decimal" or (kind in {"Int", "Untyped"} and isinstance(value, Decimal)):
            return read.and_also(self._write_beside_decimal(op, read.code, kind, value))
        if kind in {"Int", "Untyped"}:
            return read.and_also(f"{read.code} {sign} {self._new_name('k', value)}")
        raise NoSourceError

    def _write_beside_decimal(self, op: TestOperator, name: str, kind: str, value: int | Decimal) -> str:
        """A comparison of a number with a Decimal. A double of an item stands for the Decimal of its digits where the
        property is a Decimal; else both are compared as doubles. Either way two doubles have the order of what they
        stand for, and only the double next to `value` is looked at again.
        """
        exact = f"{name} {_SIGNS[op]} {self._new_name('k', value)}"
        if kind == "Int":
            return f"({exact} if type({name}) is int else doubt())"  # a whole double is an Int
        double = float(value)
        beside = self._new_name("k", double)
        next_to = Decimal(repr(double)) if kind == "Decimal" else value
        strictly = {"eq": "False", "lt": f"{name} < {beside}", "le": f"{name} < {beside}"}
        of_double = strictly.get(op, f"{name} > {beside}")
        if PYTHON_COMPARISONS[op](next_to, value):
            of_double = f"({of_double} or {name} == {beside})"
        return f"({exact} if type({name}) is int else {of_double})"

    def _write_instant(self, op: TestOperator, operand: Value, exact: int, digits: int, known: frozenset[str]) -> _Code:
        """A comparison with a timestamp. A text of an item that is in UTC and has as many digits of a second as the
        literal is compared as a text; of any other the full text in UTC is.
        """
        of_class = ""
        seen = known
        if self._is_of_class(operand):
            first, name = self._read_variable(operand, known)
            is_one = f"type({first}) is datetime and type({name}.tzinfo) is timezone"
            of_class = f"{self._write_moment(op, name, exact)} if {is_one} else "
            seen = known | {name}
        read = self._read_value(operand, "str", seen)
        sign = _SIGNS[op]
        full = _utc_text(exact)
        full = full if "." in full else f"{full}."
        padded = f"{sign} {self._new_name('k', full.ljust(FULL, '0'))}"
        usual = "False"
        unit = 10 ** (DIGITS - digits)  # picoseconds of the last digit of a usual text
        whole, rest = divmod(exact, unit)
        if op != "eq" or not rest:
            # A text with fewer digits is before `value` where it is before what comes next with as many digits.
            near = (whole + (rest > 0 and op in {"lt", "ge"})) * unit
            usual = f"{read.code} {sign} {self._new_name('k', _utc_text(near, digits) + 'Z')}"
        is_usual, other = f"u{digits}{read.code}", f"w{digits}{read.code}"
        if is_usual in known:
            code = f"({usual} if {is_usual} else {other} {padded})"
        else:
            form = f"{read.code}[4::3] == utc"
            if digits:
                form = f"len({read.code}) == {FULL - DIGITS + digits + 1} and {read.code}[4:20:3] == dot"
                form += f" and {read.code}[-1] == zulu"
            if digits > READ_DIGITS:
                form += f" and {read.code}[20:-1].isdigit() and {read.code}.isascii()"
            late = f" and {read.code}[11:13] != midnight" if MAKES_TWENTY_FOUR else ""
            asked = f"({is_usual} := {form}{late} and iso({read.code}))"
            code = f"({usual} if {asked} else ({other} := full({read.code})) {padded})"
        answer = read.and_also(code)
        if of_class:
            return _Code(f"({of_class}{answer.code})", seen, seen)
        return answer._replace(if_true=answer.if_true | {is_usual})

    def _write_moment(self, op: TestOperator, name: str, exact: int) -> str:
        """A comparison of a datetime, which the field of a class has, with a timestamp."""
        ticks, rest = divmod(exact, MICROSECOND)
        near = _datetime_of(ticks + (rest > 0 and op in {"lt", "ge"}))
        if near is None:
            raise NoSourceError
        return "False" if op == "eq" and rest else f"{name} {_SIGNS[op]} {self._new_name('k', near)}"

    def _write_loop(self, form: AnyOf, known: frozenset[str]) -> _Code:
        """A loop: the source gets a function of the collection and the item, in which no other loop can stand."""
        of = form.collection
        if self._loop or not isinstance(of, Get) or not isinstance(of.of, Element):
            raise NoSourceError
        if not _is_always_read(of):
            raise NoSourceError
        first, name = self._read_collection(of, known)
        outside = self._variables
        self._loop, self._variables = form.loop, {}
        try:
            member = self._source_of_members(of)
            condition = self.code_of(form.condition, frozenset({f"e{form.loop}"})).code
        finally:
            self._loop, self._variables, self._element_class = 0, outside, None
        function = f"any{form.loop}"
        self.functions += [
            f"def {function}(several, item):",
            f"    for e{form.loop} in several:",
            *([f"        e{form.loop} = {member}"] if member else []),
            f"        if {condition}:",
            "            return True",
            "    return False",
        ]
        code = f"({function}({name}, item) if {self._is_short_list(name, first)} else {name} is not None and doubt())"
        return _Code(code, known | {name}, known | {name})

    def _is_short_list(self, name: str, first: str = "") -> str:
        """Whether a value is a list, and one of no more elements than may be visited."""
        return f"type({first or name}) is list and len({name}) <= {self._new_name('k', self._room)}"

    def _read_collection(self, of: Get, known: frozenset[str]) -> tuple[str, str]:
        """The expression that gives a collection, and the variable that holds it from then on. Elements of a class are
        read by attribute from then on.
        """
        collection = (
            _split_source(of)[0] if of.many else _source_name(of.name, of.facts, of_object=bool(self._item_class))
        )
        if self._item_class is not None:
            self._element_class = self._item_class.elements_of(collection)
        return self._read_property(Get(node=of.node, of=of.of, name=collection) if of.many else of, known)

    def _source_of_members(self, of: Get) -> str:
        """The expression that reads the value of each element of a property with several values; "" of all others."""
        member = _split_source(of)[1] if of.many else ""
        return self._read_element(member) if member else ""

    def _read_element(self, source: str) -> str:
        e = f"e{self._loop}"
        if self._element_class is None:
            return f"({e}.get({self._new_name('n', source)}) if type({e}) is dict else doubt())"
        known = self._new_name("c", self._element_class.type)
        return f"({e}.{self._new_attribute(self._element_class, source)} if type({e}) is {known} else doubt())"

    def _new_attribute(self, known: ItemClass, source: str) -> str:
        """The name that stands in the source for an attribute; after compiling, the real name takes its place."""
        if source not in known.fields:
            raise NoSourceError
        placeholder = f"a{len(self.attributes)}"
        self.attributes[placeholder] = source
        return placeholder

    # --- values

    def _read_text(self, form: Value, known: frozenset[str]) -> _Read:
        match form:
            case Apply(function=function, operands=(operand,)) if function in _TEXTS:
                read = self._read_text(operand, known)
                return read._replace(code=f"{read.code}.{_TEXTS[function]}")
            case _ if form.kind in {"String", "Untyped"}:
                return self._read_value(form, "str", known)
            case _:
                raise NoSourceError

    def _is_of_class(self, form: Value) -> bool:
        """Whether a value is an attribute of an item of a known class."""
        while isinstance(form, As):
            form = form.operand
        if isinstance(form, Element):
            return self._item_class is not None and form.loop == self._loop
        if not (isinstance(form, Get) and isinstance(form.of, Element)):
            return False
        return (self._element_class if form.of.loop else self._item_class) is not None

    def _read_variable(self, form: Value, known: frozenset[str]) -> tuple[str, str]:
        while isinstance(form, As):
            form = form.operand
        if isinstance(form, Element):
            return f"e{form.loop}", f"e{form.loop}"
        if not isinstance(form, Get):
            raise NoSourceError
        return self._read_property(form, known)

    def _read_value(self, form: Value, sort: str, known: frozenset[str]) -> _Read:
        """A property, or the element of the loop, as a value of some class."""
        if isinstance(form, As) and form.operand.kind not in {"String", "Untyped"}:
            raise NoSourceError
        while isinstance(form, As):
            form = form.operand
        if isinstance(form, Element) and form.loop == self._loop and self._loop:
            first = name = f"e{form.loop}"
        elif isinstance(form, Get):
            first, name = self._read_property(form, known)
        else:
            raise NoSourceError
        found = f"{name} {sort}"
        seen = known | {name}
        if found in known:
            return _Read("", name, known, seen)
        is_one = {
            "str": f"type({first}) is str",
            "bool": f"type({first}) is bool",
            "number": f"type({first}) is int or type({name}) is float",
        }[sort]
        guard = f"({is_one} or {name} is not None and doubt())"
        return _Read(guard, name, seen | {found}, seen)

    def _read_property(self, form: Get, known: frozenset[str]) -> tuple[str, str]:
        """The expression that gives a property, and the variable that holds it from then on."""
        of = form.of
        if not isinstance(of, Element) or form.many or of.loop not in {0, self._loop}:
            raise NoSourceError
        of_class = self._element_class if of.loop else self._item_class
        source = _source_name(form.name, form.facts, of_object=of_class is not None)
        key = (of.loop, source)
        name = self._variables.get(key)
        if name is None:
            name = f"v{len(self.names)}_{len(self._variables)}"
            self._variables[key] = name
            self.names[name] = None  # so that no other has it
        if name in known:
            return name, name
        if of.loop:
            read = self._read_element(source)
        elif self._item_class is None:
            read = f"item.get({self._new_name('n', source)})"
        else:
            read = f"item.{self._new_attribute(self._item_class, source)}"
        return f"({name} := {read})", name

    def _new_name(self, prefix: str, value: Any) -> str:
        name = f"{prefix}{len(self.names)}"
        self.names[name] = value
        return name


def _is_always_read(form: Get) -> bool:
    """Whether nothing that an item may hold as a property, or as an element of it, is refused."""
    return form.facts is None or (form.facts.element or form.facts).kind in values.ALWAYS_READ


def _source_name(name: str, facts: PropertyFacts | None, *, of_object: bool) -> str:
    """The key, or the attribute, that holds a property."""
    if facts is None:
        if of_object and name.startswith("_"):
            raise NoSourceError
        return name
    source = (facts.attribute if of_object else "") or facts.source or name
    if "." in source or "[]" in source:
        raise NoSourceError
    return source


def _split_source(of: Get) -> tuple[str, str]:
    """The names before and after the `[]` of a property that stands for several values."""
    collection, _, member = (of.facts.source if of.facts else "").partition("[]")
    if "[]" in member or "." in collection or "." in member[1:]:
        raise NoSourceError
    return collection, member[1:]


def _count_forms(form: Value) -> tuple[int, int]:
    """How many forms a form is made of, and into how many shares its visits are parted: what it takes if each of its
    collections, those in loops and those that are compared with null, has one element, and one for each `concat`.
    """
    every = loops = 0
    for one in _forms_of(form):
        every += 1
        if isinstance(one, AnyOf | Where | CountOf):
            loops += 1 + visits_of_condition(one.condition)
        if isinstance(one, IsNull) or _is_join(one):
            loops += 1
        if isinstance(one, Apply) and one.function == "now":
            return _MOST_FORMS + 1, loops  # `now` is one time for the whole item: its parts cannot read it each
    return every, loops


def _takes_visits(form: Value) -> bool:
    """Whether the checked function of a form takes visits for most items: then a part of the source cannot call it."""
    for one in _forms_of(form):
        if isinstance(one, AnyOf | Where | CountOf) or one.kind == COLLECTION:
            return True
        if isinstance(one, Apply) and one.function == "matchesPattern":
            return True
    return False


def _is_join(form: Value) -> bool:
    """Whether a form takes visits where its texts are long, which few are."""
    return isinstance(form, Apply) and form.function == "concat"


def _forms_of(form: Value) -> Iterator[Value]:
    """A form and all those below it, without a stack."""
    pending = [form]
    while pending:
        one = pending.pop()
        yield one
        pending += below(one)


def _negate_code(code: _Code) -> _Code:
    return _Code(f"(not {code.code})", code.if_false, code.if_true)


def _is_exact_as_float(value: int | Decimal) -> bool:
    """Whether a number is compared with doubles as Python does it."""
    return -_EXACT_AS_FLOAT <= value <= _EXACT_AS_FLOAT


def _utc_text(picoseconds: int, digits: int = 0) -> str:
    """The text of an instant in UTC, without the Z, with at least so many digits of a second."""
    text = values.json_text(Instant(picoseconds)) or ""
    if text[:1] == "-" or text[4:5] != "-":  # a year of more or fewer than four digits
        raise NoSourceError
    seconds, dot, fraction = text[:-1].partition(".")
    return f"{seconds}.{fraction.ljust(digits, '0')}" if digits or dot else seconds


def _datetime_of(ticks: int) -> dt.datetime | None:
    first = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    start = int(values.read_instant(first).picoseconds) // MICROSECOND
    try:
        return first + dt.timedelta(microseconds=ticks - start)
    except OverflowError:
        return None
