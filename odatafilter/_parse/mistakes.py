"""The first mistake of a text that is no filter: where it stands, what was meant, and the text without it."""

import re
import urllib.parse
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from odatafilter import _functions, limits
from odatafilter._literals.strings import find_unwritable
from odatafilter._parse import habits, lalr, nodes
from odatafilter._parse.habits import BLANKS, INVISIBLE, NEAR, ODD, SEEN, Habit
from odatafilter._suggest import listed, nearest
from odatafilter.errors import FilterSyntaxError
from odatafilter.tree import Property

_WORD = re.compile(r"'[^']*(?:''[^']*)*'?|[^\s(),'\"\[\]{}]+|.", re.DOTALL)
_PIECE = re.compile(r"'[^']*(?:''[^']*)*'?|(?:[^\x00-\x20(),'\":;]|(?<=[0-9]):(?=[0-9]))+|[()]")
_INFIX = re.compile(rf"({'|'.join(habits.INFIX)})(?=[\W0-9]|$|(?:null|true|false)\b)", re.IGNORECASE)
_INFIX_BEFORE = re.compile(rf"(?:^|[(,]|[ \t](?:{'|'.join(habits.INFIX)}))[ \t]*$", re.IGNORECASE)
_CONDITION = re.compile(r"(?:not[ \t]+)?[\w/$]+[ \t]+(?:eq|ne|lt|le|gt|ge|in|has)[ \t(]|[\w/$.]+\(", re.IGNORECASE)
_COMPARED = re.compile(f"(?:{habits.COMPARED})$", re.IGNORECASE)
_SWALLOWED = re.compile(
    r"'(?P<value>[^']*?)[ \t]+(?:and|or)[ \t]+[\w/]+[ \t]+(?:eq|ne|lt|le|gt|ge|in)[ \t]*\(?[ \t]*'$", re.IGNORECASE
)
_UNCLOSED = re.compile(
    r"'(?:[^']|'')*?(?=[ \t]+(?:and|or)[ \t]+[\w/]+[ \t]+(?:eq|ne|lt|le|gt|ge|in)[ \t]|\)*$)", re.IGNORECASE
)
_MIXED = re.compile(r"'[^'\"“”‘’´`]*(?P<at>[\"“”‘’´`])(?=[\s),]|$)")
_FOREIGN = re.compile(rf"'[^']*'?|[{INVISIBLE}]*((?![ \t])[{BLANKS}])[{BLANKS}{INVISIBLE}]*|[{INVISIBLE}]+")
_STRAY = re.compile(rf"[ \t]*(?:{_INFIX.pattern}[ \t]*)?(?P<at>[{INVISIBLE}]|(?![ \t])[{BLANKS}])", re.IGNORECASE)
_ENCODED = re.compile(
    rf"[ \t]*(?:{_INFIX.pattern})?(?P<at>%[0-9a-f]{{2}}|\+(?=(?:{_INFIX.pattern})?\+))", re.IGNORECASE
)
_OPTION = re.compile(r"[^'(]*?(?:\$|%24)filter(?:=|%3D)|\??filter=", re.IGNORECASE)
_CALL = re.compile(r"(?:(?P<path>[\w./]+)[./])?(?P<name>\w+)\(")
_BRACKET = re.compile(r"'[^']*'?|[(\[{]|[)\]}]|(?<=[ \t)])(?:and|or)(?=[ \t(])", re.IGNORECASE)
_LISTS = re.compile(r"(?:[ \t]in[ \t]*|(?P<name>[\w.]+))$", re.IGNORECASE)
_ARGUMENTS = re.compile(rf"{habits.OPERAND}(?:[ \t]*,[ \t]*{habits.OPERAND})*")
_DOTTED = re.compile(r"[^\W\d][\w/]*(?:\.[^\W\d]\w*)+")
_NAME_ENDS = re.compile(rf"(?<!\w)(?!(?:{'|'.join(habits.INFIX)})$)\w+$", re.IGNORECASE)
_QUOTED_TYPE = re.compile(r"'((?:Collection\()?[^\W\d]\w*(?:\.[^\W\d]\w*)+\)?)'")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_CLOSING = {")": "_CLOSE", "]": "_CLOSE_ARRAY", "}": "_CLOSE_OBJECT"}
_OPERATORS = frozenset({"EQUALITY", "RELATION", "ADDITION", "MULTIPLICATION"})
_OPERANDS = frozenset({"NAME", "STRING", "JSON_STRING"})
_EXPECTATIONS = (
    ("_SLASH", "'/'"),
    ("_OPEN", "'('"),
    ("_COLON", "':'"),
    ("_EQUALS", "'='"),
    ("_COMMA", "','"),
    ("_SEMICOLON", "';'"),
    ("_CLOSE", "')'"),
    ("_CLOSE_ARRAY", "']'"),
    ("_CLOSE_OBJECT", "'}'"),
    ("_FILTER_IS", "'$filter='"),
    ("SEARCH", "'$search='"),
    ("END", "the end"),
)


class Finding(NamedTuple):
    """A mistake, and the text without it where that is known."""

    message: str
    span: tuple[int, int]
    mended: str | None = None


class _Place(NamedTuple):
    """Where the parser stands: it has read up to `position`, `here` is what follows behind blanks.

    `left` is where the operand before begins, or `here` if an operand is `expected`.
    """

    text: str
    position: int
    here: int
    left: int
    expected: frozenset[str]

    @property
    def before(self) -> str:
        return self.text[: self.here].rstrip(" \t")

    @property
    def rest(self) -> str:
        return self.text[self.here :]

    @property
    def behind_operand(self) -> bool:
        return not _OPERATORS.isdisjoint(self.expected)

    @property
    def operand(self) -> str:
        return self.text[self.left : self.position]

    @property
    def context(self) -> str:
        """The end of what stands before the operand."""
        return self.text[max(0, self.left - NEAR) : self.left]


def first(text: str) -> Finding | None:
    """The first mistake of `text`, or None: it is a filter, within the limits that hold where none are given."""
    if found := find_unwritable(text):
        return Finding(f"{found.group()!r} cannot be sent in a URL", found.span())
    trace = lalr.Trace()
    try:
        tree = lalr.tree_of(text, trace)
        limits.check_text(text, limits.DEFAULT)
        limits.check_tree(text, tree, limits.DEFAULT)
    except nodes.Refused as refused:
        return _refused(text, trace, refused)
    except lalr.Stuck:
        place = _place(text, trace.position, lalr.expected(text, trace.position))
        return _whole(place) or _swallowed(place) or _there(place)
    except FilterSyntaxError as error:
        return Finding(error.message, error.span)
    return None


# --- the text as a whole --------------------------------------------------------------------------------------------


def _whole(place: _Place) -> Finding | None:
    """Blanks around the text, or that it is more than a filter."""
    text = place.text
    if not text.strip():
        return Finding("the filter is empty", (0, len(text)))
    if found := _OPTION.match(text):
        mended = _decoded(text[found.end() :].partition("&")[0])
        return Finding("this is a URL or a part of one, not only a filter", found.span(), mended)
    if re.match(r"\w+://", text):
        return Finding("this is a URL, not a filter", (0, len(text)))
    stripped = text.lstrip()
    if len(stripped) < len(text):
        return Finding("a blank stands before the filter", (0, len(text) - len(stripped)), stripped)
    stripped = text.rstrip()
    if place.behind_operand and place.position == len(stripped) < len(text):
        return Finding("a blank stands after the filter", (len(stripped), len(text)), stripped)
    return None


def _decoded(text: str) -> str:
    # In a text without any %20 the blanks must have been written as plus signs.
    return urllib.parse.unquote(text) if "%20" in text or " " in text else urllib.parse.unquote_plus(text)


# --- what the tree builder refuses ----------------------------------------------------------------------------------


def _refused(text: str, trace: lalr.Trace, refused: nodes.Refused) -> Finding:
    span = trace.place(refused)
    if (place := _odd(text, *span)) and (finding := _recognised(place)):
        return finding
    if isinstance(refused.node, Property) and refused.message == nodes.VALUES_ONLY:
        mended = f"{text[: span[0]]}'{refused.node.name}'{text[span[1] :]}"
        return Finding(f"{refused.message}: {refused.node.name!r} stands without quotes", span, mended)
    if refused.message.endswith(nodes.TYPE_WANTED) and (found := _QUOTED_TYPE.fullmatch(text, *span)):
        return Finding("a type stands without quotes", span, text[: span[0]] + found[1] + text[span[1] :])
    if isinstance(refused, nodes.Misplaced):
        return Finding(refused.message, span)
    start, end = trace.judged
    if found := _CALL.match(text, start, end):
        if finding := _call(text, found, end):
            return finding
        name = found.group()[:-1]
        if refused.node is not None and _is_unknown(name):
            return Finding(refused.message, (start, start + len(name)))
        if refused.node is None and (function := _functions.BY_LOWER_CASE.get(name.lower())):
            return Finding(f"{refused.message}, such as {_functions.example_call(function)}", span)
    return Finding(refused.message, span)


def _odd(text: str, start: int, end: int) -> _Place | None:
    """The place of the first character of a name that nobody means as a letter: the parser has gone too far."""
    found = ODD.search(text, start, end)
    if not found or "'" in text[start : found.start()]:
        return None
    at = found.start()
    return _Place(text, at, at, start, frozenset({"EQUALITY" if at > start else "NAME"}))


def _is_unknown(function: str) -> bool:
    return function.lower() not in {*_functions.BY_LOWER_CASE, "any", "all", "case"}


def _call(text: str, found: re.Match[str], end: int) -> Finding | None:
    """A call of a function that OData has not, but something like it."""
    name, path = found["name"], found["path"]
    arguments = [text[slice(*span)].strip(" \t") for span in _arguments(text, found.end(), end - 1)]
    if path:
        return _method(text, found, end, arguments) if text[found.start("name") - 1] == "." else None
    if not _is_unknown(name):
        return None
    start, stop = found.span("name")
    template = habits.CALLS.get(name.lower())
    if template and f"{{{len(arguments)}}}" not in template and f"{{{len(arguments) - 1}}}" in template:
        meant = template.format(*arguments)
        mended = text[:start] + meant + text[end:]
        return Finding(f"unknown function '{name}'; it is written {meant:.60}", (start, stop), mended)
    nearby = nearest(name, _functions.FUNCTIONS)
    if nearby and _takes(nearby, len(arguments)):
        mended = text[:start] + nearby + text[stop:]
        return Finding(f"unknown function '{name:.60}'; there is '{nearby}'", (start, stop), mended)
    return None


def _method(text: str, found: re.Match[str], end: int, arguments: list[str]) -> Finding | None:
    """`Items.any(…)` and `name.contains('x')`: a dot where others call a method."""
    name, path, dot = found["name"], found["path"], found.start("name") - 1
    if name.lower() in {"any", "all"}:
        mended = f"{text[:dot]}/{text[dot + 1 :]}"
        return Finding(f"'/' and no '.' stands before '{name}'", (dot, dot + 1), mended)
    function = _functions.BY_LOWER_CASE.get(name.lower())
    arguments = [path.replace(".", "/"), *filter(None, arguments)]
    if function is None or not _takes(function, len(arguments)):
        return None
    meant = f"{function}({','.join(arguments)})"
    message = f"{name!r} is a function and stands before its arguments: {meant:.60}"
    return Finding(message, found.span("name"), text[: found.start()] + meant + text[end:])


def _takes(function: str, arguments: int) -> bool:
    least, most = _functions.arity(function)
    return least <= arguments <= most


def _arguments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    depth = 0
    for found in re.compile(r"'[^']*'|[(),]").finditer(text, start, end):
        depth += {"(": 1, ")": -1}.get(found.group(), 0)
        if found.group() == "," and not depth:
            yield start, found.start()
            start = found.end()
    yield start, end


# --- where the parser can go no further -----------------------------------------------------------------------------


def _place(text: str, position: int, expected: frozenset[str]) -> _Place:
    here = position + len(text[position:]) - len(text[position:].lstrip(" \t"))
    left = _operand_before(text, position) if _OPERANDS.isdisjoint(expected) else here
    return _Place(text, position, here, left, expected)


def _operand_before(text: str, end: int) -> int:
    """Where the operand that ends at `end` begins."""
    opened: list[int] = []
    begin = last = 0
    for found in _PIECE.finditer(text, 0, end):
        start = found.start()
        if found.group() == ")":
            begin = opened.pop() if opened else start
        elif found.group() == "(":
            opened.append(begin if last == start > 0 and text[start - 1] != "(" else start)
        elif last < start or text[start - 1] != ")":
            begin = start
        last = found.end()
    return begin


def _swallowed(place: _Place) -> Finding | None:
    odd = _odd(place.text, place.left, place.position) if place.behind_operand else None
    return _recognised(odd) if odd else None


def _there(place: _Place) -> Finding:
    return _recognised(place) or _generic(place)


def _recognised(place: _Place) -> Finding | None:
    missing = _behind_operand if place.behind_operand else _operand_missing
    looks = (_stray, _encoded, _by_habit, _bracket, missing, _unquoted)
    return next(filter(None, (look(place) for look in looks)), None)


def _stray(place: _Place) -> Finding | None:
    """A blank that is none in OData, or a character that cannot be seen. All of them are mended at once."""
    found = _STRAY.match(place.text, place.position)
    if not found:
        return None
    start = found.start("at")
    blank = found["at"].isspace()
    message = f"{found['at']!r} is {'no blank in OData' if blank else 'invisible, and no part of a filter'}"
    mended = _FOREIGN.sub(_plain, place.text[start:])
    return Finding(message, found.span("at"), place.text[:start] + mended)


def _plain(found: re.Match[str]) -> str:
    return found.group() if found.group()[0] == "'" else " " if found[1] else ""


def _encoded(place: _Place) -> Finding | None:
    found = _ENCODED.match(place.text, place.position)
    if not found:
        return None
    message = "the filter is percent-encoded" if found["at"][0] == "%" else "'+' stands for a blank only in a URL"
    return Finding(message, found.span("at"), _decoded(place.text))


def _by_habit(place: _Place) -> Finding | None:
    starts = _starts(place)
    if finding := _matched(place, habits.LITERALS, starts):
        return finding
    if place.behind_operand:
        return _matched(place, habits.AFTER, [place.here], place.left)
    return _matched(place, habits.BEFORE, starts)


def _unquoted(place: _Place) -> Finding | None:
    return _matched(place, habits.UNQUOTED, _starts(place)) or _misspelt(place)


def _starts(place: _Place) -> list[int]:
    """Where the operand begins that is perhaps meant: the parser may have read a part of it."""
    before = len(place.before) - 1
    if place.text.startswith("=>", before):
        return [before, place.left]
    return [place.left, before] if place.before.endswith("{") else [place.left]


def _matched(place: _Place, table: Iterable[Habit], starts: Iterable[int], left: int | None = None) -> Finding | None:
    for start in starts:
        begin = start if left is None else left
        context = place.text[max(0, begin - NEAR) : begin]
        for habit in table:
            found = habit.pattern.match(place.text, start, start + SEEN)
            if found and found.end() > place.position and (not habit.before or habit.before.search(context)):
                return _explained(place, habit, found, begin)
    return None


def _explained(place: _Place, habit: Habit, found: re.Match[str], begin: int) -> Finding:
    groups = {name: group or "" for name, group in found.groupdict().items()}
    words = {"left": place.operand.rstrip(), "found": found.group().strip(), **groups}
    span = found.span("at") if "at" in groups else (found.start(), found.start() + len(found.group().rstrip()))
    message = habit.message.format_map(words)
    if isinstance(habit.instead, str):
        begin = begin if "{left}" in habit.instead else found.start()
        return Finding(message, span, _spliced(place.text, begin, found.end(), habit.instead.format_map(words)))
    meant = habit.instead(found) if habit.instead else None
    return Finding(message, span, meant and _spliced(place.text, found.start(), found.end(), meant))


def _spliced(text: str, start: int, end: int, meant: str) -> str:
    """`text` with `meant` in the place of a range; blanks at its ends take the place of those beside it."""
    before, after = text[:start], text[end:]
    before = before.rstrip(" \t") if meant.startswith(" ") else before
    after = after.lstrip(" \t") if meant.endswith(" ") else after
    return before + meant + after


def _bracket(place: _Place) -> Finding | None:
    text, here, before = place.text, place.here, place.before
    closing = [closer for closer, terminal in _CLOSING.items() if terminal in place.expected]
    if not place.rest:
        return _closed(text) if closing else None
    if place.rest[0] in ")]}":
        if before.endswith(","):
            comma = len(before) - 1
            return Finding("no ',' stands at the end of a list", (comma, comma + 1), before[:comma] + place.rest)
        if not place.behind_operand:
            return None
        if closing:
            mended = text[:here] + closing[0] + place.rest[1:]
            return Finding(f"'{closing[0]}' is expected here", (here, here + 1), mended)
        return Finding(f"this {place.rest[0]!r} closes nothing", (here, here + 1), before + place.rest[1:])
    if place.rest[0] == "(" and place.position < here and _NAME_ENDS.search(place.operand):
        message = f"no blank stands between {place.operand!r:.60} and its '('"
        return Finding(message, (place.position, here), before + place.rest)
    return None


class _Opened(NamedTuple):
    """A bracket that is open: the words `and` and `or` inside it say where a list was perhaps meant to end."""

    start: int
    closer: str
    joins: list[int]


def _closed(text: str) -> Finding | None:
    """The brackets that are missing at the end, or where the innermost one was perhaps meant to stand."""
    opened: list[_Opened] = []
    for found in _BRACKET.finditer(text):
        bracket = found.group()
        if bracket in _CLOSERS:
            opened.append(_Opened(found.start(), _CLOSERS[bracket], []))
        elif bracket in _CLOSERS.values():
            del opened[-1:]
        elif opened and bracket[0] != "'":
            opened[-1].joins.append(found.start())
    if not opened:
        return None
    start, closer, joins = opened[-1]
    if joins and closer == ")" and _holds_values(text[max(0, start - NEAR) : start]):
        end = len(text[: joins[0]].rstrip(" \t"))
        return Finding("a ')' is missing here", (end, end), f"{text[:end]}) {text[joins[0] :]}")
    closers = "".join(one.closer for one in reversed(opened))
    return Finding(f"a '{closer}' is missing at the end", (len(text), len(text)), text + closers)


def _holds_values(before: str) -> bool:
    """Whether what opens behind `before` is the list after an `in`, or the arguments of a canonical function."""
    found = _LISTS.search(before)
    return found is not None and (found["name"] is None or found["name"].lower() in _functions.BY_LOWER_CASE)


def _behind_operand(place: _Place) -> Finding | None:
    looks = (_operand_is_operator, _glued, _operator, _quote, _without_parentheses, _conditions, _comma)
    return next(filter(None, (look(place) for look in looks)), None)


def _operand_is_operator(place: _Place) -> Finding | None:
    """`and a eq 1`, `a eq eq 1`: the parser has taken an operator for a name."""
    text, left = place.text, place.left
    if not _INFIX.fullmatch(place.operand) or not _INFIX_BEFORE.search(place.context):
        return None
    span = left, place.position
    message = f"the operator {place.operand!r} stands where a property or a value is expected"
    joins = place.operand.lower() in {"and", "or"}
    again = text[:left].rstrip(" \t")[-1:] not in {"", "(", ","}
    return Finding(message, span, text[:left] + place.rest if joins or again else None)


def _operator(place: _Place) -> Finding | None:
    """An operator without an operand or a blank."""
    found = _INFIX.match(place.text, place.here)
    if not found:
        return None
    before, word, after = place.before, found[1], place.text[found.end() :]
    if not after.strip(" \t"):
        end = len(place.text)
        mended = before if word.lower() in {"and", "or"} else None
        return Finding("the filter ends where a property or a value is expected", (end, end), mended)
    where = "before" if place.here == place.position and before[-1:] != ")" else "after"
    return Finding(f"a blank is missing {where} {word!r}", found.span(1), f"{before} {word} {after.lstrip()}")


def _glued(place: _Place) -> Finding | None:
    """`stateeq 'active'`; names that end like the other operators are too many."""
    if not re.search(r"\weq$", place.operand, re.IGNORECASE):
        return None
    start, end = place.position - 2, place.position
    mended = f"{place.text[:start]} {place.text[start:]}"
    return Finding(f"a blank is missing before {place.text[start:end]!r}", (start, end), mended)


def _quote(place: _Place) -> Finding | None:
    """Quotes that are missing or not doubled: one closes too early, or closes nothing."""
    text, at, left = place.text, place.position, place.left
    if place.here != at:
        return None
    if text[at - 1] != "'":
        if not re.match(r"'(?!\w)", place.rest):
            return None
        if not _COMPARED.search(place.context):
            return Finding("this quote opens no string", (at, at + 1), text[:at] + place.rest[1:])
        return Finding("a quote is missing before this text", (left, at), f"{text[:left]}'{place.operand}{place.rest}")
    if place.rest.startswith("'"):
        return _unclosed(text, left)
    if text[at - 2 : at - 1] == "\\":
        return Finding("a quote inside a string is written twice: ''", (at - 2, at), f"{text[: at - 2]}''{place.rest}")
    if found := _SWALLOWED.match(text, max(left, at - SEEN), at):
        end = found.end("value")
        return Finding("a quote is missing here", (end, end), f"{text[:end]}'{text[end:]}")
    if not re.match(r"[\w-]", place.rest):
        return None
    return Finding("a quote inside a string is written twice: ''", (at - 1, at), f"{text[:at]}'{place.rest}")


def _without_parentheses(place: _Place) -> Finding | None:
    """`contains name,'text'`."""
    function = _functions.BY_LOWER_CASE.get(place.operand.lower())
    found = _ARGUMENTS.match(place.text, place.here, place.here + SEEN)
    if function is None or found is None:
        return None
    mended = f"{place.text[: place.position]}({found.group()}){place.text[found.end() :]}"
    message = f"the arguments of {place.operand!r} stand in parentheses: {_functions.example_call(function)}"
    return Finding(message, (place.left, place.position), mended)


def _conditions(place: _Place) -> Finding | None:
    if place.rest.startswith((",", ";")) and "END" in place.expected:
        joined = f"{place.before} and {place.rest[1:].lstrip()}"
        return Finding(f"{place.rest[0]!r} is written 'and' or 'or'", (place.here, place.here + 1), joined)
    grouped = place.before.endswith(")")
    if not (grouped or _COMPARED.search(place.context)):
        return None
    if not (_CONDITION.match(place.text, place.here, place.here + SEEN) or (grouped and place.rest.startswith("("))):
        return None
    span = _word(place.text, place.here)
    message = f"'and' or 'or' is missing before {place.text[slice(*span)]!r:.60}"
    return Finding(message, span, f"{place.before} and {place.rest}")


def _comma(place: _Place) -> Finding | None:
    if "_COMMA" not in place.expected or not re.match(r"['0-9]", place.rest) or place.position == place.here:
        return None
    return Finding("a ',' is missing here", (place.position, place.here), f"{place.before},{place.rest}")


def _misspelt(place: _Place) -> Finding | None:
    start, end = _word(place.text, place.here)
    word = place.text[start:end]
    follows = place.text[end:].lstrip(" \t")
    if not (place.behind_operand and place.position < start and word.isalpha() and follows) or _INFIX.match(follows):
        return None
    meant = nearest(word, habits.INFIX)
    mended = meant and place.text[:start] + meant + place.text[end:]
    return Finding(f"unknown operator {word!r:.60}", (start, end), mended) if mended else None


def _operand_missing(place: _Place) -> Finding | None:
    text, here, before = place.text, place.here, place.before
    if place.rest.startswith("'"):
        return _unclosed(text, here)
    if _DOTTED.fullmatch(place.operand):
        dot = place.left + place.operand.index(".")
        if _COMPARED.search(place.context):
            mended = f"{text[: place.left]}'{place.operand}'{text[place.position :]}"
            return Finding(f"{place.operand!r:.60} stands without quotes", (place.left, place.position), mended)
        mended = text[: place.left] + place.operand.replace(".", "/") + text[place.position :]
        return Finding("the segments of a path are joined by '/'", (dot, dot + 1), mended)
    if before.endswith("=") and place.position < here:
        return Finding("no blank stands after '='", (place.position, here), before + place.rest)
    if before.endswith("/"):
        slash = len(before) - 1
        if place.rest[:1].isdigit() or place.rest[:1] == "(":
            return Finding("'/' is written 'div'", (slash, slash + 1), f"{before[:-1]} div {place.rest}")
        if place.position < here and not _INFIX.match(text, here):
            return Finding("no blank stands after '/'", (place.position, here), before + place.rest)
    return None


def _unclosed(text: str, start: int) -> Finding:
    if found := _MIXED.match(text, start, start + SEEN):
        at = found.start("at")
        mended = f"{text[:at]}'{text[at + 1 :]}"
        return Finding(f"the string begins with ' and ends with {found['at']}", (at, at + 1), mended)
    found = _UNCLOSED.match(text, start, start + SEEN)
    end = found.end() if found else len(text)
    return Finding("the string is not closed", (start, len(text)), f"{text[:end]}'{text[end:]}")


def _generic(place: _Place) -> Finding:
    wanted = _wanted(place.expected)
    if not place.rest:
        return Finding(f"the filter ends where {wanted} is expected", (place.here, place.here))
    span = _word(place.text, place.here)
    return Finding(f"found {place.text[slice(*span)]!r:.60} where {wanted} is expected", span)


def _word(text: str, start: int) -> tuple[int, int]:
    found = _WORD.match(text, start, start + SEEN)
    return found.span() if found else (start, start)


def _wanted(expected: frozenset[str]) -> str:
    """What would do, in the words of OData."""
    wanted = [words for terminal, words in _EXPECTATIONS if terminal in expected]
    if not _OPERATORS.isdisjoint(expected):  # of what may stand here only what does not go on with the operand
        return listed(["an operator", *(words for words in wanted if words not in {"'/'", "'('", "':'", "'='"})], "or")
    if "NUMBER" in expected:
        return "a property or a value"
    if "NAME" in expected:
        return "a property"
    if "STRING" in expected:
        return "a text of enumeration members such as 'Red,Green'"
    if "JSON_STRING" in expected:
        return listed(["a name in double quotes", *wanted], "or")
    return listed(wanted, "or")
