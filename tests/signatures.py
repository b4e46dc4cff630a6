"""The signatures of the package as a text: what is called with which defaults, and what its values may do."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import msgspec

import odatafilter

FLAGS = ("frozen", "eq", "order", "array_like", "gc", "omit_defaults", "forbid_unknown_fields", "weakref", "dict")


def signatures() -> str:
    """Those of public functions, classes and methods, by modules, without types.

    Of private modules, the Structs only, which the stages of the package hand to each other. Modules are left out whose
    extra is not installed.
    """
    found = [one.name for one in pkgutil.walk_packages(odatafilter.__path__, "odatafilter.")]
    modules = {name: module for name in ("odatafilter", *found) if (module := _import_if_possible(name)) is not None}
    public = [name for name in modules if "._" not in name]
    lines = {name: [*_lines_of(modules[name], {*public} - {name})] for name in public}
    lines |= {name: [*_lines_of_structs(module)] for name, module in modules.items() if "._" in name}
    return "".join("\n".join((name, *(f"    {line}" for line in each), "", "")) for name, each in lines.items() if each)


def without_missing_modules(text: str) -> str:
    """Such a text without the modules whose extra is not installed."""
    parts = [part for part in text.split("\n\n") if part]
    return "".join(f"{part}\n\n" for part in parts if _import_if_possible(part.partition("\n")[0]) is not None)


def _import_if_possible(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _lines_of(module: Any, others: set[str]) -> Iterator[str]:
    """What a module defines itself, or makes public of a private one."""
    exported = getattr(module, "__all__", ())
    for name in sorted({*vars(module), *exported}):
        thing = getattr(module, name)
        home = getattr(thing, "__module__", None) or ""
        is_exported = name in exported and home.startswith("odatafilter.") and home not in others
        if name.startswith("_") or not (home == module.__name__ or is_exported):
            continue
        if inspect.isclass(thing):
            yield f"class {name}{_signature_of(thing) if _is_made_by_us(thing) else ''}{_flags_of(thing)}"
            for member, method in sorted(vars(thing).items()):
                made = getattr(method, "__func__", method)
                if not member.startswith("_") and inspect.isfunction(made):
                    yield f"    {member}{_signature_of(made)}"
        elif inspect.isfunction(thing):
            yield f"{name}{_signature_of(thing)}"


def _lines_of_structs(module: Any) -> Iterator[str]:
    for name, thing in sorted(vars(module).items()):
        if inspect.isclass(thing) and issubclass(thing, msgspec.Struct) and thing.__module__ == module.__name__:
            yield f"class {name}{_signature_of(thing)}{_flags_of(thing)}"


def _is_made_by_us(thing: type) -> bool:
    """Whether the package says how a value of the class is made; of other classes Python's versions differ."""
    return issubclass(thing, msgspec.Struct) or any(
        one.__module__.startswith("odatafilter") and not vars(one).keys().isdisjoint(("__init__", "__new__"))
        for one in thing.__mro__
    )


def _signature_of(thing: Any) -> str:
    empty = inspect.Parameter.empty
    signature = inspect.signature(thing)
    parameters = [
        one.replace(annotation=empty, default=empty if one.default is empty else _Default(one.default))
        for one in signature.parameters.values()
    ]
    return str(signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty))


class _Default:
    """A default that is printed the same each time."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        value = self._value
        if isinstance(value, set | frozenset):
            return f"{{{', '.join(sorted(map(repr, value)))}}}"
        if isinstance(value, msgspec.Struct):
            given = ((one, getattr(value, one.name)) for one in msgspec.structs.fields(value))
            shown = (f"{one.name}={_Default(field)!r}" for one, field in given if field != one.default)
            return f"{type(value).__name__}({', '.join(shown)})"
        return "…" if repr(value).startswith("<") else repr(value)


def _flags_of(thing: type) -> str:
    """What is set in a Struct or dataclass, and the names of its fields where they are written otherwise."""
    if issubclass(thing, msgspec.Struct):
        config = thing.__struct_config__
        fields = msgspec.structs.fields(thing)
        written = [f"{one.name}={one.encode_name}" for one in fields if one.name != one.encode_name]
        return " struct: " + " ".join([*(flag for flag in FLAGS if getattr(config, flag)), *written])
    if dataclasses.is_dataclass(thing):
        parameters: Any = vars(thing)["__dataclass_params__"]
        return " dataclass: " + " ".join(flag for flag in FLAGS if getattr(parameters, flag, False))
    return ""
