"""The headers of a response, as an error keeps them: a plain value that goes to another process and back."""

from collections.abc import Iterator, Mapping


class Headers(Mapping[str, str]):
    """Headers by their names, without regard to capitals."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = {name.lower(): value for name, value in headers.items()}

    def __getitem__(self, name: str) -> str:
        return self._headers[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._headers

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)

    def __repr__(self) -> str:
        return f"<Headers: {', '.join(self)}>"  # their values may be secrets
