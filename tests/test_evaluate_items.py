"""Items of all classes: mappings, objects, Structs. Only their data is read."""

import dataclasses
import enum
import sys
import types
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

import msgspec
import pytest
from truth_of_filters import value

import odatafilter as of


def test_objects_are_items_too() -> None:
    class Colour(enum.Enum):
        RED = "Red"

    class Thing:
        colour = Colour.RED
        key = uuid.UUID("dc720f05-e5f7-448b-ae06-765de46f0af1")
        data = bytearray(b"OData")
        tags = ("a", "b")

        def __init__(self) -> None:
            self.inner = {"n": 1}

    text = "colour eq 'Red' and colour eq NS.C'Red' and key eq dc720f05-e5f7-448b-ae06-765de46f0af1 and inner/n eq 1"
    assert value(text, Thing()) is True
    assert value("data eq binary'T0RhdGE=' and tags/any(t:t eq 'b') and tags eq ['a','b']", Thing()) is True
    assert value("tags/count eq [null,null] and colour/lower eq null", Thing()) is True
    assert value("$it eq 5 and $this add 1 eq 6", 5) is True


def test_members_of_an_enumeration_of_python_are_their_words() -> None:
    class Colour(enum.Enum):
        RED = "Red"

    class Hue(enum.Flag):
        Red = 1
        Green = 2

    class Level(enum.IntEnum):
        Red = 1

    class Thing(of.Schema):
        colour = of.Enum("Red", "Green")
        colours = of.Collection(of.Enum("Red", "Green"))

    for red in (Colour.RED, Hue.Red, Level.Red):
        assert (Thing.colour == red).matches({"colour": red})
        assert not (Thing.colour == "Green").matches({"colour": red})
        assert Thing.colours.any(lambda c: c == "Red").matches({"colours": [Hue.Green, red]})
    assert Thing.colour.has(Hue.Red).matches({"colour": Hue.Red | Hue.Green})
    assert not Thing.colour.has(Hue.Red).matches({"colour": Hue(0)})
    assert (Thing.colour == "Green,Red").matches({"colour": Hue.Red | Hue.Green})


SECRET = "hunter2"


class Account:
    """An object whose attributes lead to the program."""

    kind = int
    home = sys
    table: ClassVar[dict[str, Any]] = {"sys": sys, "__class__": "a key", "kind": int}

    def __init__(self) -> None:
        self.name = "a"
        self._password = SECRET
        self.steps = (step for step in (SECRET,))

    def secret(self) -> str:
        return SECRET


@pytest.mark.parametrize(
    "path",
    [
        *("__init__/__globals__/SECRET", "__class__/__name__", "__dict__/name", "name/__class__/__name__", "_password"),
        *("secret", "secret/__self__", "kind", "kind/__name__", "home", "home/platform", "table/sys", "table/kind"),
        *("table/sys/platform", "steps/gi_frame/f_globals/SECRET", "NS.T/_password", "_password/@NS.T", "_password/@t"),
    ],
)
def test_of_an_object_data_alone_is_read(path: str) -> None:
    assert value(f"{path} eq null", Account()) is True
    assert value(f"table/__class__ eq 'a key' and {path} ne '{SECRET}'", Account()) is True


def test_what_a_schema_documents_is_read_whatever_its_name() -> None:
    class Documented(of.Schema):
        _password = of.String()
        secret = of.String()

    assert of.parse(f"_password eq '{SECRET}' and secret eq null", schema=Documented).matches(Account()) is True


class Point(NamedTuple):
    x: int


@dataclasses.dataclass(slots=True)
class Slotted:
    x: int


class Struct(msgspec.Struct):
    x: int


class Computed:
    @property
    def x(self) -> int:
        return 1


@pytest.mark.parametrize("item", [Point(1), Slotted(1), Struct(1), Computed(), types.SimpleNamespace(x=1), {"x": 1}])
def test_whatever_holds_data_is_an_item(item: Any) -> None:
    text = "x eq 1 and count eq null and index eq null and _y eq null"
    assert value(text, item) is True
    assert value(text.replace("x eq", "below/x eq"), {"below": item}) is True


class Gone(Mapping[str, object]):
    def __getitem__(self, name: str) -> object:
        raise ConnectionError(name)

    def __iter__(self) -> Iterator[str]:
        yield "x"

    def __len__(self) -> int:
        return 1


class Lazy:
    @property
    def x(self) -> int:
        raise ConnectionError("x")


@pytest.mark.parametrize("item", [Gone(), Lazy(), {"below": Gone()}, {"below": [Lazy()]}])
def test_what_a_property_of_an_item_raises_passes_through(item: Any) -> None:
    text = "x eq 1" if not isinstance(item, dict) else "below/x eq 1 or below/any(b:b/x eq 1)"
    made = of.parse(text)
    for ask in (made.matches, made.compile(), lambda one: list(made.matching([one]))):
        with pytest.raises(ConnectionError, match=r"^x$"):
            ask(item)
