"""Plan → Python predicate: functions that call each other, which read and check every value.

A condition is asked whether it is true or whether it is false, never for a third value: what is null is neither. Each
form becomes a function once, so that nothing but the item is looked at again for each item. These functions take a
frame: a list of the item, its budget, the time, and the elements that loops have come to.

Where the standard leaves it open: a collection of no declared kind that is compared with a single value holds if any of
its elements does, all of them are ordered, and a path through one gives the collection of what it gives for each.
"""

import functools
import time
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, Final, NoReturn, TypeAlias, assert_never

from odatafilter._comparisons import PYTHON_COMPARISONS
from odatafilter._emit import emit
from odatafilter._evaluate import calculate, values
from odatafilter._evaluate.budget import BudgetError, take_visits, visits_of_condition
from odatafilter._evaluate.compare import DIRECT, SEVERAL, comparer, is_member
from odatafilter._evaluate.navigate import annotation, elements, reader
from odatafilter._evaluate.values import NUMBER_CLASSES, Guid, Instant, in_words, read_untyped
from odatafilter._literals.times import EPOCH
from odatafilter._plan.forms import (
    BOOLEAN,
    And,
    Annotated,
    AnyOf,
    Apply,
    Array,
    As,
    Bool,
    Case,
    Cast,
    Condition,
    Const,
    CountOf,
    Element,
    Get,
    IsNull,
    IsOf,
    Not,
    NotTrue,
    Object,
    OneOf,
    Or,
    Plan,
    ServiceOnly,
    Test,
    Truth,
    Value,
    Where,
    below,
)
from odatafilter._suggest import word_list
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import ARITHMETIC
from odatafilter.tree import Path, Property, Variable

Frame: TypeAlias = list[Any]
Read: TypeAlias = Callable[[Frame], Any]
Check: TypeAlias = Callable[[Frame], bool]

_ITEM: Final = 0
_BUDGET: Final = 1
_NOW: Final = 2
_BEFORE_LOOPS: Final = 2  # the element of the first loop stands behind these

# Classes of which equal values, and no others, are found in a set.
_HASHED: Final = frozenset({str, int, Guid})
_BITS_A_VISIT: Final = 64


def predicate(plan: Plan) -> Callable[[object, int], bool]:
    """A function of an item, and of the visits that it may take, that says whether the condition of `plan` is true.

    Raises FilterError for what only a service can evaluate.
    """
    holds = check_of(plan.condition)
    room = [None] * plan.loops

    def is_match(item: object, visits: int) -> bool:
        try:
            return holds([item, [visits], None, *room])
        except BudgetError:
            message = f"the filter takes more visits to elements for an item than the limit 'visits' of {visits} allows"
            raise FilterError(message) from None

    return is_match


# --- conditions ------------------------------------------------------------------------------------------------------


def check_of(condition: Condition) -> Check:
    """Whether a condition is true."""
    match condition:
        case Test():
            return _check_of_test(condition)
        case IsNull(operand=operand):
            read = read_value(operand)
            return lambda frame: read(frame) is None
        case OneOf():
            return _check_of_one_of(condition)
        case AnyOf(collection=collection, condition=inner, loop=loop):
            return _check_of_any_of(collection, inner, loop)
        case NotTrue(operand=operand):
            return _opposite_check(check_of(operand))
        case Truth(operand=operand):
            return _check_of_truth(condition, read_value(operand), True)
        case And(operands=operands):
            return _check_of_all([check_of(operand) for operand in operands])
        case Or(operands=operands):
            return _check_of_any([check_of(operand) for operand in operands])
        case Not(operand=operand):
            return check_of_false(operand)
        case Bool(value=value):
            return lambda _: value
        case _:
            assert_never(condition)


def check_of_false(condition: Condition) -> Check:
    """Whether a condition is false, which of a null one is not so."""
    match condition:
        case Truth(operand=operand):
            return _check_of_truth(condition, read_value(operand), False)
        case And(operands=operands):
            return _check_of_any([check_of_false(operand) for operand in operands])
        case Or(operands=operands):
            return _check_of_all([check_of_false(operand) for operand in operands])
        case Not(operand=operand):
            return check_of(operand)
        case _:
            return _opposite_check(check_of(condition))


def _check_of_test(test: Test) -> Check:
    read, other, holds = read_value(test.left), read_value(test.right), comparer(test.op)
    kinds = {test.left.kind, test.right.kind}
    if BOOLEAN in kinds:
        read, other = _without_numbers(read, test), _without_numbers(other, test)
    python: Callable[[Any, Any], bool] = PYTHON_COMPARISONS[test.op]

    def compare(one: Any, two: Any, frame: Frame) -> bool:
        if type(one) is type(two) and type(one) in DIRECT:
            return python(one, two)
        try:
            return holds(one, two, frame[_BUDGET])
        except FilterError as error:
            _raise_named(error, test)

    if isinstance(test.right, Const) and BOOLEAN not in kinds:
        constant = constant_of(test.right)
        kind = type(constant) if type(constant) in DIRECT else None

        def compare_with_constant(frame: Frame) -> bool:
            one = read(frame)
            return python(one, constant) if type(one) is kind else compare(one, constant, frame)

        return compare_with_constant
    return lambda frame: compare(read(frame), other(frame), frame)


def _check_of_one_of(condition: OneOf) -> Check:
    read = read_value(condition.operand)
    members = [constant_of(one) for one in condition.values]
    known = frozenset(map(type, members))
    words: frozenset[Any] = frozenset(members) if known <= _HASHED else frozenset()
    quick = known if known <= _HASHED else frozenset[type]()
    truths = any(type(one) is bool for one in members)

    def is_listed(frame: Frame) -> bool:
        value = read(frame)
        if type(value) in quick:
            return value in words
        if value is None:
            return False
        if truths and type(value) in NUMBER_CLASSES:
            _raise_named(FilterTypeError(f"{in_words(value)} is neither true nor false"), condition)
        try:
            return is_member(value, members, frame[_BUDGET])
        except FilterError as error:
            _raise_named(error, condition)

    return is_listed


def _check_of_truth(condition: Truth, read: Read, wanted: bool) -> Check:
    def is_wanted(frame: Frame) -> bool:
        value = read(frame)
        if value is not None and type(value) is not bool:
            _raise_named(FilterTypeError(f"{in_words(value)} is neither true nor false"), condition)
        return value is wanted

    return is_wanted


def _check_of_any_of(collection: Value, condition: Condition, loop: int) -> Check:
    read_elements, at = _elements_of(read_value(collection), collection), loop + _BEFORE_LOOPS
    if isinstance(condition, Bool):
        return (lambda frame: len(read_elements(frame)) > 0) if condition.value else (lambda _: False)
    holds, visits = check_of(condition), visits_of_condition(condition)

    def any_holds(frame: Frame) -> bool:
        for element in read_elements(frame):
            if visits:
                take_visits(frame[_BUDGET], visits)
            frame[at] = element
            if holds(frame):
                return True
        return False

    return any_holds


# --- values ----------------------------------------------------------------------------------------------------------


def read_value(form: Value) -> Read:
    """What reads the value of a form."""
    match form:
        case Const():
            constant = constant_of(form)
            return lambda _: constant
        case Element(loop=loop):
            return _read_element(loop + _BEFORE_LOOPS if loop else _ITEM)
        case Get() | Annotated():
            return _read_path(form)
        case ServiceOnly(what=what, why=why):
            raise _no_evaluation(what, why)
        case Array(items=items):
            reads = [read_value(item) for item in items]
            return lambda frame: [read(frame) for read in reads]
        case Object(members=members):
            named = [(name, read_value(value)) for name, value in members]
            return lambda frame: {name: read(frame) for name, read in named}
        case Apply():
            return _read_apply(form)
        case As(operand=operand, kind=kind):
            return _read_converted(form, operand, kind)
        case Cast(operand=operand, to_kind=kind):
            return _call_function(functools.partial(_call_with_kind, calculate.cast, kind), [read_value(operand)], form)
        case IsOf(operand=operand, of_kind=kind):
            return _call_function(
                functools.partial(_call_with_kind, calculate.is_of, kind), [read_value(operand)], form
            )
        case Case(branches=branches):
            return _choose_branch([(check_of(condition), read_value(value)) for condition, value in branches])
        case Where(collection=collection, condition=condition, loop=loop):
            return _read_where(collection, condition, loop)
        case CountOf(collection=collection, condition=Bool(value=True)):
            read_elements = _elements_of(read_value(collection), collection)
            return lambda frame: len(read_elements(frame))
        case CountOf(collection=collection, condition=condition, loop=loop):
            read_chosen = _read_where(collection, condition, loop)
            return lambda frame: len(read_chosen(frame))
        case And() | Or() | Not() | Truth():
            return _truth_value(form)
        case _:
            return check_of(form)


def _truth_value(condition: Condition) -> Read:
    """A condition as a value, by Kleene's logic: each part is looked at once."""
    if not condition.nullable:
        return check_of(condition)
    match condition:
        case Truth(operand=operand):
            return read_value(operand)
        case And(operands=operands):
            return _join_kleene([_truth_value(operand) for operand in operands], False)
        case Or(operands=operands):
            return _join_kleene([_truth_value(operand) for operand in operands], True)
        case Not(operand=operand):
            read = _truth_value(operand)
            return lambda frame: None if (value := read(frame)) is None else not value
        case _:
            return check_of(condition)


def _read_element(at: int) -> Read:
    """What reads the item, or the element of a loop, which stands there in a frame."""

    def read_element(frame: Frame) -> Any:
        value = read_untyped(frame[at])
        if type(value) in SEVERAL:
            take_visits(frame[_BUDGET], len(value))
        return value

    return read_element


def _read_path(form: Get | Annotated) -> Read:
    """A property, or an annotation, at the end of a path, which is walked without a stack."""
    steps: list[tuple[Callable[[Any], Any], Get | Annotated]] = []
    of: Value = form
    while isinstance(of, Get | Annotated):
        read = reader(of.name, of.facts) if isinstance(of, Get) else annotation(of.term, of.name)
        steps.insert(0, (read, of))
        of = of.of
    at = None if not isinstance(of, Element) else of.loop + _BEFORE_LOOPS if of.loop else _ITEM
    if len(steps) == 1 and at is not None:
        only = steps[0][0]

        def read_one(frame: Frame) -> Any:
            try:
                value = only(frame[at])
            except FilterError as error:
                _raise_named(error, form)
            if (kind := type(value)) is list or kind is tuple:
                take_visits(frame[_BUDGET], len(value))
            return value

        return read_one
    start = (lambda frame: frame[at]) if at is not None else read_value(of)

    def read_path(frame: Frame) -> Any:
        value = start(frame)
        for step, one in steps:
            try:
                value = step(value)
            except FilterError as error:
                _raise_named(error, one)
            if type(value) in SEVERAL:
                take_visits(frame[_BUDGET], len(value))
        return value

    return read_path


def _read_where(collection: Value, condition: Condition, loop: int) -> Read:
    read_elements, at = _elements_of(read_value(collection), collection), loop + _BEFORE_LOOPS
    holds, visits = check_of(condition), visits_of_condition(condition)

    def read_chosen(frame: Frame) -> list[Any]:
        found = []
        for element in read_elements(frame):
            if visits:
                take_visits(frame[_BUDGET], visits)
            frame[at] = element
            if holds(frame):
                found.append(element)
        return found

    return read_chosen


def _read_converted(form: Value, operand: Value, kind: str) -> Read:
    convert = values.each(values.READER_OF_KIND[kind])
    read = read_value(operand)
    if isinstance(operand, Const):
        constant = convert(constant_of(operand))
        return lambda _: constant

    def read_and_convert(frame: Frame) -> Any:
        value = read(frame)
        try:
            return convert(value)
        except FilterError as error:
            _raise_named(error, form)

    return read_and_convert


def _read_apply(form: Apply) -> Read:
    name, operands = form.function, form.operands
    if name == "now":
        return _read_now
    if name == "casefold":
        read = read_value(operands[0])
        return lambda frame: _fold_case(read(frame))
    if name == "has":
        return _call_function(_flags_test(operands[1]), [read_value(operands[0])], form)
    reads = [read_value(operand) for operand in operands]
    if name == "negate":
        return _call_function(calculate.negate_value, reads, form)
    if name in ARITHMETIC:
        return _count_bits(_call_function(functools.partial(calculate.calculate, name), reads, form))
    if name in calculate.NOT_EVALUATED:
        raise _no_evaluation(name, calculate.NOT_EVALUATED[name])
    return _call_function(calculate.function(name), reads, form, bounded=name in calculate.BOUNDED)


# --- functions of a frame -------------------------------------------------------------------------------------------


def _without_numbers(read: Read, test: Test) -> Read:
    """An operand beside a Boolean: a number there is no truth value, as it is none by itself."""

    def read_and_check(frame: Frame) -> Any:
        value = read(frame)
        if type(value) in NUMBER_CLASSES:
            _raise_named(FilterTypeError(f"{in_words(value)} is neither true nor false"), test)
        return value

    return read_and_check


def _check_of_all(checks: list[Check]) -> Check:
    if len(checks) == 2:  # noqa: PLR2004 - most have two
        first, second = checks
        return lambda frame: first(frame) and second(frame)

    def all_hold(frame: Frame) -> bool:
        for check in checks:  # noqa: SIM110 - a generator takes twice as long
            if not check(frame):
                return False
        return True

    return all_hold


def _check_of_any(checks: list[Check]) -> Check:
    if len(checks) == 2:  # noqa: PLR2004 - most have two
        first, second = checks
        return lambda frame: first(frame) or second(frame)

    def any_holds(frame: Frame) -> bool:
        for check in checks:  # noqa: SIM110 - a generator takes twice as long
            if check(frame):
                return True
        return False

    return any_holds


def _elements_of(read: Read, collection: Value) -> Callable[[Frame], Any]:
    def read_elements(frame: Frame) -> Any:
        value = read(frame)
        if type(value) is list:
            return value
        try:
            return elements(value)
        except FilterError as error:
            _raise_named(error, collection)

    return read_elements


def _join_kleene(reads: list[Read], decides: bool) -> Read:
    """`or` where true decides, `and` where false does; null where nothing decides and one value is null."""

    def read_all(frame: Frame) -> Any:
        result: bool | None = not decides
        for read in reads:
            value = read(frame)
            if value is decides:
                return decides
            if value is None:
                result = None
            elif type(value) is not bool:
                raise FilterTypeError(f"{in_words(value)} is neither true nor false")
        return result

    return read_all


def _opposite_check(check: Check) -> Check:
    return lambda frame: not check(frame)


def _call_function(function: Callable[..., Any], reads: list[Read], form: Value, *, bounded: bool = False) -> Read:
    """A function of values, before which it takes the budget where it is `bounded`: null if one is (§5.1.1.4)."""

    def call_with_values(frame: Frame) -> Any:
        found = [frame[_BUDGET]] if bounded else []
        for read in reads:
            value = read(frame)
            if value is None:
                return None
            found.append(value)
        try:
            result = function(*found)
        except FilterError as error:
            _raise_named(error, form)
        if type(result) is list:
            take_visits(frame[_BUDGET], len(result))
        return result

    return call_with_values


def _call_with_kind(function: Callable[[Any, str], Any], kind: str, value: Any) -> Any:
    return function(value, kind)


def _count_bits(read: Read) -> Read:
    """The result of arithmetic: long numbers are visits, too, one for each word of the machine."""

    def read_and_count(frame: Frame) -> Any:
        value = read(frame)
        number = value.picoseconds if isinstance(value, values.Duration | Instant) else value
        if isinstance(number, int | Fraction):
            bits = number.numerator.bit_length() + number.denominator.bit_length()
            if bits > _BITS_A_VISIT * 2:
                take_visits(frame[_BUDGET], bits // _BITS_A_VISIT)
        return value

    return read_and_count


def _read_now(frame: Frame) -> Instant:
    """One time for all that is asked of an item."""
    if frame[_NOW] is None:
        frame[_NOW] = Instant(EPOCH + time.time_ns() * 1000)
    found: Instant = frame[_NOW]
    return found


def _choose_branch(branches: list[tuple[Check, Read]]) -> Read:
    def read_branch(frame: Frame) -> Any:
        for condition, value in branches:
            if condition(frame):
                return value(frame)
        return None

    return read_branch


def _fold_case(value: Any) -> Any:
    """A text as it is compared where its case does not matter."""
    if type(value) is list:
        return [one.casefold() if type(one) is str else one for one in value]
    return value.casefold() if type(value) is str else value


def constant_of(form: Const) -> Any:
    """What a literal means, as a value of its kind."""
    literal = form.literal
    if literal.kind in {"Geography", "Geometry"}:
        raise _no_evaluation(f"{literal.text:.60}", "it depends on a coordinate reference system")
    value = values.read_literal(literal.kind, literal.text)
    if literal.kind == "String" and form.kind in values.READER_OF_KIND:
        return values.READER_OF_KIND[form.kind](value)
    return value


def _flags_test(flags: Value) -> Callable[[Any], bool]:
    """Whether members of an enumeration are set (§5.1.1.1.10)."""
    wanted = values.read_members(constant_of(flags) if isinstance(flags, Const) else None)

    def has_flags(value: Any) -> bool:
        found = values.read_members(value)
        missing, bits = wanted.names - found.names, wanted.number & ~found.number
        if (missing and found.number) or (bits and found.names):
            raise FilterTypeError(f"only the service knows whether {in_words(found)} has {in_words(wanted)}")
        return not missing and not bits

    return has_flags


# --- errors ---------------------------------------------------------------------------------------------------------


def _no_evaluation(what: str, why: str) -> FilterError:
    return FilterError(f"{what} cannot be evaluated here: {why}")


def _property_name(form: Get | Annotated) -> str:
    """A property as the filter writes it."""
    node = form.node
    if isinstance(node, Property) or (
        isinstance(node, Path) and all(isinstance(one, Property | Variable) for one in node.segments)
    ):
        return emit(node)
    return "/".join(form.path) if isinstance(form, Get) else form.name


def _property_names(form: Value) -> Iterable[str]:
    """The properties of which the value of a form is made."""
    if isinstance(form, Get | Annotated):
        yield _property_name(form)
    else:
        for each in below(form):
            yield from _property_names(each)


def _raise_named(error: FilterError, form: Value) -> NoReturn:
    """Raises an error of evaluation with the names of the properties that it is about."""
    _raise_with_names(error, list(dict.fromkeys(_property_names(form))))


def _raise_with_names(error: FilterError, names: list[str]) -> NoReturn:
    if error.names_property or not names:
        raise error
    word = "property" if len(names) == 1 else "properties"
    named = type(error)(f"{word} {word_list([repr(name) for name in names])}: {error}")
    named.names_property = True
    raise named from None
