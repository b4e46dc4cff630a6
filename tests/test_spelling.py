"""Words in the source of the package: what it compares, looks up and hands over as a text is spelt as elsewhere.

A misspelt text is no error to Python or a type checker: `kind == "Doubl"` is never true, and `{"Int", "Strin"}` has a
member that nothing is. But a word that is asked for is given somewhere, so it stands in a second place too.
"""

import ast
import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

import pytest
from rich.color import Color

from odatafilter import _kinds
from odatafilter.facts import ALL_FUNCTIONS, OPERATORS

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "odatafilter"
# Beside the package, words stand in the grammar, in what the tests say and expect, and in documents.
BESIDE: Final = (
    *("grammar/*.lark", "tests/**/*.py", "tests/*.t*", "tests/kept/*", "examples/*.py"),
    *("docs/**/*.md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"),
)
WORD: Final = re.compile(r"(?![0-9])[\w.$@/:#()\[\]-]*[A-Za-z]{2}[\w.$@/:#()\[\]-]*")

# Words that lack a letter of another one, but are no misspelling of it where they stand: below "" everywhere.
ALIKE: Final = {
    "": "error second source",
    "__init__.py": "field param",
    "_diagnose/": "here math one word",
    "_diagnose/negations.py": "beginwith contain endwith equal include lte nor startwith were",
    "_diagnose/refusals.py": "function",
    "_evaluate/": "iso",
    "_kinds.py": "byte",
    "_plan/forms.py": "node",
    "_query/": "limit",
    "_suggest.py": "non",
    "_validate/": "function list operator",
    "cli.py": "list",
    "derive/_json_schema.py": "ref",
    "emulator/_statuses.py": "job",
    "emulator/demo.py": "red",
    "ibis/": "here",
    "itwin/carbon.py": "job",
    "kinds/__init__.py": "field",
    "limits.py": "limit",
    "order.py": "operator",
    "paging/_refusal.py": "detail",
    "paging/origins.py": "http",
}
# A word of one or two letters is a slip away from many, so those are listed that are no operators.
SHORT: Final = {
    "_diagnose/": "at if is nt un n p Z",  # `at` is the group of a pattern where the mistake stands
    "_engines/": "d m x H M S Y",
    "_evaluate/": "b c d f i k m n r s t v w D S W Z Zz",
    "_literals/": "D H M T Z",
    "_names.py": "Lu Ll Lt Lm Lo Nl Nd Mn Mc Pc Cf",
    "_plan/": "F",
    "_suggest.py": "de il im ir n no un",
    "_system_options.py": "id",
    "cli.py": "ID N",
    "derive/": "at of",
    "django/": "pk",
    "emulator/": "id OR",
    "errors.py": "F Me Mn W",
    "ibis/": "Z",
    "itwin/": "id",
    "paging/": "br rb I Q",
    "sqlalchemy/": "C",
}
# Words that others give: attributes of what Python and libraries have,
ATTRIBUTES: Final = {
    "_fields": "urllib.parse.SplitResult",
    "NetworkError": "httpx",
    "O_NOCTTY": "os",
    "O_NOFOLLOW": "os",
    "O_NONBLOCK": "os",
    "_output_field_or_none": "django.db.models.Expression",
    "handle_error": "sqlalchemy.engine.events.DialectEvents",
    "sync_engine": "sqlalchemy.ext.asyncio.AsyncEngine",
}
# words that they know,
KNOWN: Final[dict[str, Callable[[str], Any]]] = {
    "backslashreplace": codecs.lookup_error,
    "unicode_escape": codecs.lookup,
    "utf-16-be": codecs.lookup,
    "cyan": Color.parse,
    "yellow": Color.parse,
}
# and those of a terminal of Lark, of databases, and of Windows.
FAR: Final = {"filter_out", "HUGEINT", "date_part", "timestamptz", "try_multiply", "Etc/UTC", "O_BINARY"}
# Words that the package makes up, and reads itself.
MARKS: Final = {"_odatafilter_functions", "odatafilter_installed", "odata__"}


class Text(NamedTuple):
    """A text constant of a module, with the nodes of the syntax tree around it, the nearest one first."""

    value: str
    module: str
    line: int
    around: tuple[ast.AST, ...]

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.value!r}"


@cache
def read_module(path: Path) -> tuple[list[Text], set[str]]:
    """Its texts that say something at run time; and its names, with the words of all other texts."""
    module = path.relative_to(PACKAGE).as_posix()
    found: list[Text] = []
    names: set[str] = set()
    around: list[ast.AST] = []

    def visit(node: ast.AST, *, is_said: bool) -> None:
        match node:
            case ast.Constant(str() as value) if is_said:
                found.append(Text(value, module, node.lineno, tuple(around[:-7:-1])))
                return
            case ast.Constant(value):
                names.update(words_in(value) if isinstance(value, str) else ())
                return
            case ast.Call(ast.Name("TypeVar" | "NewType" | "cast")):
                is_said = False
        around.append(node)
        for name, below in ast.iter_fields(node):
            said = is_said and name not in {"annotation", "returns"} and not isinstance(node, ast.JoinedStr)
            for child in below if isinstance(below, list) else [below]:
                if isinstance(child, str):  # the name of a variable, a function, an attribute, a keyword or a module
                    names.update(child.split("."))
                elif isinstance(child, ast.AST):
                    is_docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
                    visit(child, is_said=said and not is_docstring)
        around.pop()

    visit(ast.parse(path.read_bytes()), is_said=True)
    return found, names


@cache
def read_package() -> tuple[list[Text], set[str]]:
    modules = [read_module(path) for path in sorted(PACKAGE.rglob("*.py"))]
    return [text for texts, _ in modules for text in texts], set().union(*(names for _, names in modules))


@pytest.fixture(scope="module")
def package() -> list[Text]:
    return read_package()[0]


def words_in(text: str) -> set[str]:
    """Words, and what stands between blanks, quotes and commas, such as `utf-8` and `a.b[]`."""
    return {*re.findall(r"\w+", text), *re.findall(r"[^\s\"'`,]+", text)}


@cache
def words_beside() -> set[str]:
    paths = sorted({path for pattern in BESIDE for path in ROOT.glob(pattern)} - {Path(__file__)})
    found = words_in("\n".join(path.read_text("utf-8") for path in paths))
    others = {*ATTRIBUTES, *KNOWN, *FAR, *MARKS}
    return found | {word.lower() for word in found} | others


def is_word(text: Text) -> bool:
    """Whether it has two letters, and no blanks or quotes. What is one of many characters (`in "FN"`) is none."""
    match text.around[0]:
        case ast.Compare(_, [ast.In() | ast.NotIn()], [ast.Constant(text.value)]):
            return False
    return WORD.fullmatch(text.value) is not None


def lone_words(texts: list[Text]) -> Iterator[str]:
    _, names = read_package()
    whole = Counter(text.value for text in texts)
    within = Counter(word for text in texts for word in words_in(text.value) - {text.value})

    def stands_elsewhere(word: str, own: int) -> bool:
        return within[word] > own or word in names or word in words_beside()

    for text in texts:
        if is_word(text) and whole[text.value] == 1 and not stands_elsewhere(text.value, 0):
            pieces = re.findall(r"[^\]\[()./]+", text.value)
            if pieces == [text.value] or not all(whole[piece] or stands_elsewhere(piece, 1) for piece in pieces):
                yield str(text)


def test_no_word_stands_alone(package: list[Text]) -> None:
    """What stands in one place only is misspelt there; or nothing gives it; or no test and no document says it."""
    assert [*lone_words(package)] == []


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_attribute_of_a_library_is_there(name: str) -> None:
    module, _, owner = ATTRIBUTES[name].rpartition(".")
    assert hasattr(getattr(pytest.importorskip(module), owner) if module else import_module(owner), name)


@pytest.mark.parametrize("word", KNOWN)
def test_a_word_for_a_library_is_known_there(word: str) -> None:
    KNOWN[word](word)


def is_listed(text: Text, table: dict[str, str]) -> bool:
    """Whether the table has it for its module, or a package around that."""
    return any(text.value in words.split() for place, words in table.items() if text.module.startswith(place))


def slips(texts: list[Text]) -> Iterator[str]:
    whole = Counter(text.value for text in texts)
    often = {value for value, times in whole.items() if times > 1 and WORD.fullmatch(value)}
    shortened = {
        value[:place] + value[place + 1 :]: value
        for value in often
        for place, letter in enumerate(value)
        if letter.isalpha()
    }
    for text in texts:
        if len(text.value) > 2 and text.value in shortened and not is_listed(text, ALIKE):
            yield f"{text} is like {shortened[text.value]!r}"


def test_no_word_lacks_a_letter_of_a_common_one(package: list[Text]) -> None:
    """Tests have misspelt words too, to see what is said of them: `Strin` there does not make it a word here."""
    assert [*slips(package)] == []


def short_words(texts: list[Text]) -> Iterator[str]:
    for text in texts:
        is_short = re.fullmatch(r"[A-Za-z]", text.value) or (len(text.value) == 2 and is_word(text))
        if is_short and text.value not in OPERATORS and not is_listed(text, SHORT):
            yield str(text)


def test_short_words_are_those_that_are_known(package: list[Text]) -> None:
    assert [*short_words(package)] == []


# Methods that look for their first argument, or fill with their second.
SEARCHES: Final = frozenset(
    {
        *(
            "count",
            "endswith",
            "find",
            "index",
            "ljust",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
        ),
        *("rfind", "rindex", "rpartition", "rsplit", "rstrip", "split", "startswith", "strip"),
    }
)
# Where an empty text is a member like others.
EMPTY: Final = {
    "_diagnose/operators.py": 1,
    "derive/_callable.py": 1,
    "derive/_json_schema.py": 1,
    "paging/_client.py": 1,
    "paging/_refusal.py": 1,
    "paging/listing.py": 1,
}


def is_looked_for(text: Text) -> bool:
    """Whether it is compared, searched, or added to another."""
    outer, around = text.around[0], text.around[1:]
    if isinstance(outer, ast.Tuple | ast.List | ast.Set):
        return isinstance(around[0], ast.Compare) or is_searched(around[0], outer)
    return isinstance(outer, ast.Compare | ast.BinOp | ast.AugAssign | ast.MatchValue) or is_searched(outer, text.value)


def is_searched(call: ast.AST, sought: ast.AST | str) -> bool:
    match call:
        case ast.Call(ast.Attribute(_, name), [*arguments]) if name in SEARCHES and arguments:
            argument = arguments[-1 if name == "ljust" else 0]
            return argument is sought or (isinstance(argument, ast.Constant) and argument.value == sought)
    return False


def empty_texts(texts: list[Text]) -> Counter[str]:
    return Counter(text.module for text in texts if not text.value and is_looked_for(text))


def test_no_empty_text_is_looked_for(package: list[Text]) -> None:
    """Every text begins with an empty one and contains it, so such a question has one answer."""
    assert empty_texts(package) == EMPTY


# Texts with a bracket that another text closes, or that names one.
OPEN: Final = frozenset({"Collection(", "not (", "a ')' is missing here", "[a-z]+|[(,]"})


def open_brackets(texts: list[Text]) -> Iterator[str]:
    for text in texts:
        if re.search(r"[A-Za-z]{2}|\{\w", text.value) and "\\" not in text.value and text.value not in OPEN:
            left, before = text.value, ""
            while left != before:
                left, before = re.sub(r"\([^][(){}]*\)|\[[^][(){}]*\]|\{[^][(){}]*\}", "", left), left
            if re.search(r"[][(){}]", left):
                yield str(text)


def test_brackets_are_closed(package: list[Text]) -> None:
    """In templates and calls: `floor({0}` is no call of a function."""
    assert [*open_brackets(package)] == []


# --- words of tables --------------------------------------------------------------------------------------------------

FAMILIES: Final = frozenset(row.family for row in _kinds.KINDS.values())
KINDS: Final = frozenset(_kinds.BY_TYPE) | frozenset(get_args(_kinds.LiteralKind)) | FAMILIES | {"Stream"}
PLAN: Final = {"negate", "casefold"}  # an operator and a function of plans, which filters have under other names
TABLES: Final[dict[str, frozenset[str]]] = {
    "kind": KINDS,
    **dict.fromkeys(("family", "families", "family_of", "kind_of_field"), FAMILIES),
    **dict.fromkeys(("operator", "operators"), OPERATORS | PLAN),
    **dict.fromkeys(("function", "functions"), ALL_FUNCTIONS | OPERATORS | PLAN),
}
# Where `kind` is that of something else: of a part of a regular expression, of an error of a request.
OTHER_KINDS: Final = ("_evaluate/regular_expressions.py", "paging/", "itwin/")


def asked_of(text: Text) -> str:
    """The name of what it is compared with, or of the argument that it is; else nothing."""
    inner: ast.AST | None = None
    for node in text.around:
        match node:
            case ast.Compare(left, _, [right]):
                return name_of(left) or name_of(right)
            case ast.Match(subject):
                return name_of(subject)
            case ast.keyword(str() as name):
                return name
            case ast.MatchClass(_, _, names, patterns) if inner in patterns:
                return names[patterns.index(inner)]
            case ast.Set() | ast.Tuple() | ast.List() | ast.MatchValue() | ast.MatchOr() | ast.match_case():
                inner = node
            case _:
                return ""
    return ""


def name_of(node: ast.AST) -> str:
    match node:
        case ast.Name(name) | ast.Attribute(_, name) | ast.Call(ast.Name(name)):
            return name
    return ""


def words_of_no_table(texts: list[Text]) -> Iterator[str]:
    for text in texts:
        name = asked_of(text)
        if name in TABLES and text.value not in TABLES[name] and not text.module.startswith(OTHER_KINDS):
            yield f"{text} is no {name}"


def test_what_is_compared_with_a_kind_is_a_kind(package: list[Text]) -> None:
    """The same of families, operators and functions: `family == "Int64"` is never true, as its family is `Int`."""
    assert [*words_of_no_table(package)] == []


# --- the rules themselves ---------------------------------------------------------------------------------------------

RULES: Final = (lone_words, slips, short_words, words_of_no_table, open_brackets)


@pytest.mark.parametrize(
    "word",
    [
        *(
            "Double",
            "Enum",
            "String",
            "Int",
            "Binary",
            "null",
            "eq",
            "ne",
            "lt",
            "and",
            "or",
            "contains",
            "tolower",
            "at",
        ),
        *("active", "FILE", "pydantic", "surrogatepass", "createdDateTime", "details", "operators", "ceiling({0})"),
    ],
)
def test_a_word_without_its_last_letter_is_noticed(word: str, package: list[Text]) -> None:
    """In the last place where it stands, all else being right."""
    place = max(place for place, text in enumerate(package) if text.value == word)
    misspelt = [*package[:place], package[place]._replace(value=word[:-1]), *package[place + 1 :]]
    assert any(any(rule(misspelt)) for rule in RULES)
