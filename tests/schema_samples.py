"""Schemas and values that tests of the builder share."""

import datetime as dt
import enum

import odatafilter as of

KEY = "dc720f05-e5f7-448b-ae06-765de46f0af1"


NOON = dt.datetime(2024, 6, 24, 12, tzinfo=dt.UTC)


class Color(enum.Enum):
    RED = "Red"


class Hue(enum.Flag):
    Red = 1
    Green = 2
    Both = 3
    Blue = 4


class Level(enum.IntEnum):
    Dark = 1


class Place(of.Schema):
    city = of.String()
    open = of.Boolean()


class Job(of.Schema, operators=("eq", "ne", "lt", "le", "gt", "ge", "in", "and", "or"), functions=()):
    id = of.Guid(nullable=False)
    inputId = of.Guid(quoted=True, source="inputs[].id")
    name = of.String()
    state = of.String(enum=("active", "success", "failed"), nullable=False)
    color = of.String(enum=("Red",))
    created = of.DateTimeOffset(nullable=False)
    done = of.DateTimeOffset(operators=("eq", "ne"))
    count = of.Int32()
    total = of.Int64()
    price = of.Decimal()
    weight = of.Double()
    ready = of.Boolean()
    kind = of.String(name="class")


class Wide(of.Schema):
    name = of.String()
    due = of.Date()
    opens = of.TimeOfDay()
    took = of.Duration()
    data = of.Binary()
    hue = of.Enum("Red", "Green", type_name="NS.Hue")
    shade = of.Enum("Dark")
    place = of.Navigation(Place)
    places = of.Collection(Place)
    tags = of.Collection(of.String())
    price = of.Decimal()
    made = of.DateTimeOffset()


class Listed(of.Schema):
    keys = of.Collection(of.Guid())
    tags = of.Collection(of.String())


class Line(of.Schema):
    key = of.Guid(quoted=True)
    count = of.Int32()


class Sale(of.Schema):
    key = of.Guid()
    lines = of.Collection(Line)


class Stock(of.Schema):
    name = of.String()
    state = of.String(enum=("open", "done"))
    n = of.Int32()
    made = of.DateTimeOffset()
    took = of.Duration()
    keys = of.Collection(of.Guid())
    lines = of.Collection(Line)


class Part(of.Schema):
    name = of.String()
    bits = of.Collection(of.String())


class Box(of.Schema):
    title = of.String()
    tags = of.Collection(of.String())
    parts = of.Collection(Part)
