"""What the fast reader reads beside its loop: calls and lambdas, lists, literals that are words, and long chains."""

import functools
import itertools
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

from odatafilter import _functions
from odatafilter._names import is_plain_name
from odatafilter._parse.failure import Left
from odatafilter._parse.levels import Levels, Operator, levels
from odatafilter._parse.names import FIXED, read_path, read_segments
from odatafilter._parse.nodes import Nodes
from odatafilter._parse.patterns import (
    AFTER,
    ARGUMENT,
    MIXED,
    NAME,
    NUMBER,
    OTHERS,
    PATH,
    SECOND,
    STRINGS,
    VALUE_IS_PATH,
    WORD,
    Match,
    Patterns,
)
from odatafilter._parse.stack import A_GROUP, CALL, LAMBDA, MEMBERS, THE_COMMA, Open, Stack, canonical_call
from odatafilter._parse.tables import load
from odatafilter.tree import Array, Call, Function, Lambda, List, Literal, Named, Path, Property

# Characters of the parts of a text in which many comparisons are read at once.
PART: Final = 8_192
# Nodes of names, and of literals, that are remembered while one text is read.
MOST: Final = 10_000
# Literals of at most as many characters have one node in a chain, since a node takes more memory than its text.
_SHORT: Final = 4
_QUANTIFIERS: Final = frozenset({"any", "all"})
_SIGNS_OF_A_GUID: Final = 4  # a number has two at most

_nodes: Final = Nodes()
_blanks: Final[Callable[..., Any]] = re.compile(r"[ \t]*+").match
# The operator in what stands before an operand, its level, how many parentheses are closed there, and what is opened.
Joint: TypeAlias = tuple[Operator | None, int, int, tuple[Open, ...]]
Make: TypeAlias = Callable[[str], Any]


class _Words(dict[str, Operator | None]):
    """The operators that do not repeat, by their words in any case; None for another word."""

    def __missing__(self, word: str) -> Operator | None:
        return self.get(word.lower())


class _Joints(dict[str, Joint]):
    """What stands before an operand, by its text: the spellings that are met most, and all others by `__missing__`."""

    def __init__(self, operators: Levels) -> None:
        super().__init__()
        self._infix = {**operators.infix, ",": THE_COMMA}
        inversion = operators.prefix["_NOT"]
        self._inverts = Open(inversion.level, [], inversion)
        words = ("", ",", ", ", *(f"{close} {word} " for word in operators.infix for close in ("", ")")))
        for word, opens in itertools.product(words, ("", "(", "((", "( ", "not ", "not (")):
            self[word + opens] = self[word + opens]

    def __missing__(self, text: str) -> Joint:
        word, *opened = _tokens(text.strip(" \t)").lower()) or [""]
        operator = self._infix.get(word)
        if operator is None and word:
            opened.insert(0, word)
        # Blanks and closing parentheses come before an operator only.
        if (operator is None and text.startswith((" ", "\t", ")"))) or not {"(", "not"}.issuperset(opened):
            raise Left
        opens = tuple([A_GROUP if one == "(" else self._inverts for one in opened])
        return operator, 0 if operator is None else operator.level, text.count(")"), opens


_tokens: Final = re.compile("[a-z]+|[(,]").findall


class Machine:
    """What is made of the grammar, once; what only some texts need, when it is needed."""

    def __init__(self) -> None:
        tables = load()
        self.operators = operators = levels(tables)
        self.patterns = patterns = Patterns(tables, operators)
        # By the groups of a literal's pattern, and by those of the patterns of operands.
        self.of_kind: list[Make] = [getattr(_nodes, patterns.methods[kind]) for kind in patterns.literals]
        self.of_item = [*self.of_kind, _nodes.string]
        self.makers: list[Make] = [_nodes.string] * (NUMBER + 1)
        self.makers[MIXED + 1 : OTHERS] = self.of_kind[: OTHERS - MIXED - 1]
        self.makers[OTHERS] = self.other_literal
        self.makers[PATH], self.makers[NUMBER] = operand_of, _nodes.number
        self.words = patterns.words()
        self.chains: dict[str, Callable[..., list[Any]]] = {}
        # By their names in lower case: their names, and how many arguments they take.
        self.functions = {low: (name, *_functions.arity(name)) for low, name in _functions.BY_LOWER_CASE.items()}
        # What has no key: lambda operators, and the canonical functions, which take values.
        self.no_keys = _QUANTIFIERS.union(self.functions)
        # Those that take values, by both spellings where they take one value, and two.
        self.simple = {low for low, function in self.functions.items() if function[0] not in _functions.TYPE_FUNCTIONS}
        self.of_one, self.of_two = (
            {
                spelt: function
                for low, (function, least, most) in self.functions.items()
                if low in self.simple and least <= count <= most
                for spelt in (low, function)
            }
            for count in (1, 2)
        )
        self.negation = operators.prefix["_MINUS"]
        self.joints = _Joints(operators)
        self.compared = _Words({word: one for word, one in operators.infix.items() if not one.repeats})

    @functools.cached_property
    def type_arguments(self) -> Match:
        return self.patterns.type_arguments()

    @functools.cached_property
    def list_after_in(self) -> Match:
        return self.patterns.list_after_in()

    @functools.cached_property
    def key(self) -> tuple[Match, Any, Match]:
        """A key or named values, the pattern of one of them, and the segments after it."""
        return self.patterns.values(), self.patterns.value(), self.patterns.segments()

    @functools.cached_property
    def array(self) -> tuple[Match, Any]:
        """An array of literals, and what finds them; `of_item` has the makers by the groups of that."""
        return self.patterns.array(), self.patterns.item().finditer

    @functools.cached_property
    def any_literal(self) -> Any:
        return self.patterns.any_literal()

    @functools.cached_property
    def strings(self) -> Callable[..., list[str]]:
        return self.lists[self.patterns.literals.index("STRING") + 1]

    @functools.cached_property
    def lists(self) -> dict[int, Callable[..., list[str]]]:
        """What finds the literals in a list of one kind, by the group of the kind."""
        kinds = self.patterns.literals
        return {kinds.index(kind) + 1: found.findall for kind, found in self.patterns.list_literals()}

    def remember(self, names: dict[str, Any], name: str) -> Any:
        """The node of a name, put among those that are remembered while the text is read."""
        if len(names) > MOST:
            names.clear()
        node = names[name] = operand_of(name)
        return node

    def list_of(self, text: str, group: int, start: int, end: int) -> List:
        """The list in a part of `text` that a group of the patterns of operands has found."""
        if group == STRINGS:
            return List(tuple(map(_nodes.string, self.strings(text, start, end))))
        if group == MIXED:
            return self.mixed_list(text, start, end)
        kind = cast("int", self.any_literal.match(text, start).lastindex)
        if self.patterns.literals[kind - 1] == "GUID":  # all in lower case at once: both spellings of each take memory
            return List(tuple([Literal("Guid", one) for one in self.lists[kind](text[start:end].lower())]))
        return List(tuple(map(self.of_kind[kind - 1], self.lists[kind](text, start, end))))

    def mixed_list(self, text: str, start: int, end: int) -> List:
        """The list in a part of `text` that holds literals of any kinds, and nothing else."""
        several = self.any_literal.finditer(text, start, end)
        return List(tuple([self.of_kind[one.lastindex - 1](one[0]) for one in several]))

    def chain(self, text: str, position: int, joint: Operator, names: dict[str, Any], held: list[Any]) -> int:
        """Appends the comparisons that follow, each after the same operator, and gives the end of the last of them.

        Many are found at once, in parts of the text. A part ends before the operator; where that was a word inside a
        literal, the comparison before it is not found and the chain ends there, as it does before a name that is none.
        """
        between = f" {joint.word} "
        if (find := self.chains.get(joint.word)) is None:
            find = self.chains[joint.word] = self.patterns.chain(joint.word).findall
        compared, words, string_of, number_of = self.compared, self.words, _nodes.string, _nodes.number
        right: Any
        size = len(text)
        while position < size:
            if len(names) > MOST:
                names.clear()
            count = len(held)
            end = text.rfind(between, position + 1, position + PART) if size - position > PART else size
            for name, word, string, guid, number, rest in find(text, position, max(end, position)):
                if rest:
                    return end - len(rest)
                operator, left = compared[word], names.get(name)
                if operator is None or (left is None and name in words):
                    del held[count:]
                    return position
                if left is None:
                    left = names[name] = operand_of(name)
                literal = string or number
                if not literal:
                    right = _nodes.guid(guid)
                elif len(literal) > _SHORT:
                    right = string_of(string) if string else number_of(number)
                elif (right := names.get(literal)) is None:
                    right = names[literal] = string_of(string) if string else number_of(number)
                held.append(operator.make(left, operator.word, right))
            if end < position:
                break
            position = end
        return position

    def member_list(self, stack: Stack, text: str, position: int) -> tuple[List | None, int]:
        """The list in the parentheses after an `in` that is open; or None, and the parentheses are open."""
        if stack[-1].what is not self.operators.infix["in"]:
            raise Left
        found = self.list_after_in(text, position)
        if found is None:
            stack.append(Open(MEMBERS, [], None))
            return None, _blanks(text, position + 1).end()
        return self.mixed_list(text, *found.span(1)), found.end()

    def odd_operand(self, text: str, position: int) -> tuple[Any, int]:
        """The operand there that is no name, and where it ends."""
        if text[position] != "[":
            return self.literal_at(text, position)
        match, items = self.array
        found = match(text, position)
        if found is None:
            raise Left
        of_item = self.of_item
        several = items(text, *found.span(1))
        return Array(tuple([of_item[one.lastindex - 1](one[0]) for one in several])), found.end()

    def literal_at(self, text: str, position: int) -> tuple[Any, int]:
        """The literal that a word is there, and where it ends."""
        found = self.any_literal.match(text, position)
        if found is None:
            raise Left
        return self.of_kind[cast("int", found.lastindex) - 1](found[0]), found.end()

    def other_literal(self, text: str) -> Any:
        """The literal that `text` is, of one of the kinds that have no group."""
        return self.literal_at(text, 0)[0]

    def closed_call(self, found: re.Match[str], name: str, argument: str) -> Any:
        """A call of a canonical function with a path or a literal, and perhaps one more literal; or a path with a key.

        None for any other call.
        """
        second = found[SECOND]
        function = (self.of_one if second is None else self.of_two).get(name)
        if function is None or argument in self.words or found[AFTER]:
            return self.any_closed_call(name.lower(), name, argument, second, found[AFTER])
        if second is None:
            return Call(function, (operand_of(argument),))
        return Call(function, (operand_of(argument), _literal(second)))

    def any_closed_call(self, lower: str, name: str, argument: str, second: str | None, after: str | None) -> Any:
        """The same, however the function and its arguments are spelt."""
        if argument in self.words:
            return None
        if lower in self.simple and not after:
            return canonical_call(self.functions[lower], _arguments(argument, second))
        if second is None and _is_literal(argument):
            return self.keyed_path(name, (_literal(argument),), after or "")
        if lower in self.functions:
            return None
        before, _, last = name.rpartition("/")
        return self.path_with_call(before, last, _arguments(argument, second), after or "")

    def keyed_path(self, name: str, arguments: tuple[Any, ...], after: str) -> Any:
        """The path in which what `name` ends with has a key or named values."""
        names, at = f"{name}{after}".split("/"), name.count("/")
        start = FIXED.get(names[0]) if at else None
        # These may stand among properties: nothing is left to judge.
        plain = "_".join(names if start is None else names[1:])
        if plain.isascii() and plain.isidentifier() and names[at].lower() not in self.no_keys:
            segments: list[Any] = [*map(Property, names)]
            segments[at] = Function(names[at], arguments)
            if start is not None:
                segments[0] = start
            return Path(tuple(segments)) if len(segments) > 1 else segments[0]
        before, _, last = name.rpartition("/")
        return self.path_with_call(before, last, arguments, after)

    def path_with_call(self, before: str, name: str, arguments: tuple[Any, ...], after: str) -> Any:
        """The path in which something that the service defines, or a lambda operator, is called with arguments."""
        if name[0] in "@$":  # a name is called, and no alias, annotation or variable
            raise Left
        name = _nodes.name(name)
        if not before:
            called = _nodes.call(name, arguments)
            return _nodes.path_of((called, *read_segments(after))) if after else called
        return _nodes.path_of((*read_segments(before), _nodes.bound(name, arguments), *read_segments(after)))

    def end_of_left(self, found: re.Match[str]) -> int:
        """Where what stands before the word ends: a name, or a call."""
        if found[ARGUMENT] is None:
            return found.end(NAME)
        return found.end(AFTER) if found[AFTER] else found.string.rindex(")", 0, found.start(WORD)) + 1

    def call(self, stack: Stack, text: str, name: str, position: int) -> tuple[Any, int]:
        """A call whose parentheses hold nothing, a type or a key; or None, and it is open."""
        function = self.functions.get(name) or self.functions.get(name.lower())
        if function is None:
            return self.path_with_closed_call(text, name, position)
        if function[0] in _functions.TYPE_FUNCTIONS:
            return self.typed_call(function[0], text, position)
        if text.startswith(")", position):
            return canonical_call(function, ()), position + 1
        stack.append(Open(CALL, [], function))
        return None, position

    def typed_call(self, function: str, text: str, position: int) -> tuple[Any, int]:
        """A call whose last argument is a type."""
        found = self.type_arguments(text, position)
        if found is None or found[2] in self.words or found[1] in self.words:
            raise Left
        type_name = _nodes.type_name(found[2]) if found[3] is None else _nodes.string(found[3])
        arguments = (type_name,) if found[1] is None else (operand_of(found[1]), type_name)
        return cast("Call", _nodes.call(function, arguments)), found.end()

    def path_with_closed_call(self, text: str, name: str, position: int) -> tuple[Any, int]:
        """A path with a whole call: of nothing, a key or named values, by a lambda operator or a function's name."""
        values, value, segments = self.key
        found = values(text, position)
        if found is None:
            raise Left
        arguments: tuple[Any, ...] = ()
        if found.lastindex:
            several = value.finditer(text, *found.span(1))
            arguments = tuple([self.argument_of(one) for one in several])
        if (after := segments(text, found.end())) is None:
            raise Left
        if arguments and type(arguments[0]) is Named:
            return self.keyed_path(name, arguments, after[0]), after.end()
        before, _, last = name.rpartition("/")
        return self.path_with_call(before, last, arguments, after[0]), after.end()

    def argument_of(self, found: re.Match[str]) -> Any:
        """The argument that a match of `value` is, with its name if it has one."""
        path, kind = found[VALUE_IS_PATH], cast("int", found.lastindex)
        value = self.of_kind[kind - VALUE_IS_PATH - 1](found[kind]) if path is None else operand_of(path)
        return value if found[1] is None else _nodes.named(found[1], value)

    def open_lambda(self, stack: Stack, name: str, variable: str) -> None:
        """Opens a lambda whose variable has been read."""
        head, _, quantifier = name.rpartition("/")
        quantifier = quantifier.lower()
        if not head or quantifier not in _QUANTIFIERS or variable in self.words:
            raise Left
        path = operand_of(head)
        segments = path.segments if type(path) is Path else (path,)
        if type(segments[-1]) is not Property:
            _nodes.path_of((*segments, Lambda("any")))  # judges whether one may stand there
        if not variable.isascii():
            _nodes.name(variable)
        stack.append(Open(LAMBDA, [variable], (segments, quantifier)))


def _is_literal(text: str) -> bool:
    """Whether what the pattern of operands has found is no path: what has a sign in it is a literal."""
    return text[0] in "'+0123456789" or "-" in text


def _literal(text: str) -> Any:
    """The string, GUID or number that a text is."""
    if text[0] == "'":
        return _nodes.string(text)
    return _nodes.guid(text) if text.count("-") == _SIGNS_OF_A_GUID else _nodes.number(text)


def _arguments(argument: str, second: str | None) -> tuple[Any, ...]:
    return (operand_of(argument),) if second is None else (operand_of(argument), _literal(second))


def operand_of(text: str) -> Any:
    """The node of a path, or of a string, a GUID or a number, that is an operand."""
    if text.isascii():  # then the pattern leaves nothing to judge in a name
        if text.isidentifier():
            return Property(text)
        if text.replace("/", "_").isidentifier():
            return Path(tuple(map(Property, text.split("/"))))
    elif is_plain_name(text):
        return Property(text)
    if _is_literal(text):
        return _literal(text)
    node = read_path(text)
    if node is None:
        raise Left
    return node
