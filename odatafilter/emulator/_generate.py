"""Jobs as the documented job list shows them, made from a seed: the same seed makes the same jobs."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple, TypeAlias, TypeVar

Job: TypeAlias = dict[str, Any]
_T = TypeVar("_T")

# The ids of the documented samples are in the data, so that the documented filters find something.
SAMPLE_ITWIN_OF_JOB = "6c9aba19-76f5-4a21-a4df-a8512df2201e"
_SAMPLE_ITWINS = (
    "dc720f05-e5f7-448b-ae06-765de46f0af1",
    "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    SAMPLE_ITWIN_OF_JOB,
)
_SAMPLE_INPUTS = ("482b2968-6a85-4e50-b05c-8acbf828c1bd", "14c03448-bea0-4d76-b53b-4b20bd3f4cbc")
_SAMPLE_JOB = {
    "id": "9e2d27cf-b695-47e9-b7f0-0d47dc3b88ad",
    "iTwinId": _SAMPLE_ITWINS[0],
    "inputs": [{"id": guid, "type": "LAS"} for guid in _SAMPLE_INPUTS],
}

_STATES = ("success",) * 6 + ("failed",) * 2 + ("active", "unsubmitted", "cancelled")
_PLACES = (
    "O'Hare Terminal 5",
    "R&D yard",
    "Zürich Hauptbahnhof",
    "東京駅",
    "Łódź tram depot",
    "Quai d'Orsay",
    "Bridge #12",
    "I-95 + US-1 interchange",
    "Dam 100% survey",
    "Cañon del Río",
    "Площадь Восстания",
    "Crane 🏗 site",
    'Pier "North" / east',
    "Mill Street; lot 7=8?",
    "My first RCS job",
)
_WORKS = ("point cloud", "façade scan", "as-built", "drone flight", "tunnel drift", "rail corridor", "asset survey")
_PEOPLE = ("ada.lovelace", "gustave.eiffel", "aoife.o'brien", "john.smith+scans", "zaha.hadid")
_DATA_CENTERS = ("East US", "North Europe", "Australia East")
_INPUT_TYPES = (("LAS",), ("LAZ",), ("PLY",), ("E57",), ("LAS", "LAZ"), ("E57", "E57", "PLY"))
_OUTPUT_TYPES = (("OPC",), ("PNTS",), ("OPC", "PNTS"))

_TICKS = 10**7  # the service counts in ticks of 100 ns
_EPOCH = datetime(2023, 6, 24, 13)  # noqa: DTZ001 - rendered with its offset; a year before the sample filter's timestamp
_SPAN = 2 * 365 * 86400 * _TICKS
_OTHERS = 5  # every fifth job is somebody else's


class Caller(NamedTuple):
    """Somebody who may call the service: owner of jobs, bearer of a token, with access to some iTwins."""

    ownerId: str
    email: str
    token: str
    itwins: tuple[str, ...]


class Population(NamedTuple):
    """Who and what there is. The first caller is the one whose token a server shows."""

    callers: tuple[Caller, ...]
    itwins: tuple[str, ...]
    inputs: tuple[str, ...]


def populate(seed: int) -> Population:
    """Callers, iTwins and inputs of a seed: no caller has access to the last iTwin, the first to all others."""
    guids = _random_guids(Random(f"population {seed}"))  # noqa: S311 - made-up data, no secret
    itwins = (*_SAMPLE_ITWINS, *(next(guids) for _ in range(4)))
    callers = tuple(
        Caller(next(guids), f"{person}@example.com", next(guids).replace("-", ""), itwins[max(0, number - 1) : -1])
        for number, person in enumerate(_PEOPLE)
    )
    return Population(callers, itwins, (*_SAMPLE_INPUTS, *(next(guids) for _ in range(998))))


def generate(jobs: int, seed: int) -> Iterator[tuple[Caller, Job]]:
    """`jobs` jobs of the first caller and a quarter as many of the others, each with its owner, in no special order."""
    population = populate(seed)
    maker = _Maker(population, Random(f"jobs {seed}"))  # noqa: S311 - made-up data, no secret
    first, *others = population.callers
    for number in range(jobs + jobs // (_OTHERS - 1)):
        owner = others[number // _OTHERS % len(others)] if number % _OTHERS == _OTHERS - 1 else first
        yield owner, maker.job(owner) | ({} if number else _SAMPLE_JOB)


class _Maker:
    def __init__(self, population: Population, random: Random) -> None:
        self._inputs = population.inputs
        self._random = random.random
        self._random_guids = _random_guids(random)
        self._created = 0

    # Random.choice and Random.randrange would take half of a server's start.
    def _draw_below(self, bound: int) -> int:
        return int(self._random() * bound)

    def _pick(self, choices: Sequence[_T]) -> _T:
        return choices[int(self._random() * len(choices))]

    def _happens(self, share: float) -> bool:
        return self._random() < share

    def job(self, owner: Caller) -> Job:
        state = self._pick(_STATES)
        created = self._created = self._instant()
        ended = created + self._draw_below(7200) * _TICKS
        modified = self._render(ended)
        return {
            "id": next(self._random_guids),
            "name": f"{self._pick(_PLACES)} {self._pick(_WORKS)} {self._draw_below(1000)}",
            "type": "Conversion",
            "state": state,
            "createdDateTime": self._render(created),
            "lastModifiedDateTime": modified,
            "iTwinId": self._pick(owner.itwins),
            "dataCenter": self._pick(_DATA_CENTERS),
            **self._optional_properties(owner),
            **self._execution(state, self._render(created + (ended - created) // 2), modified),
            "inputs": [{"id": self._pick(self._inputs), "type": kind} for kind in self._pick(_INPUT_TYPES)],
            "outputs": self._outputs(state),
        }

    def _instant(self) -> int:
        """Ticks since the epoch: whole seconds often, and now and then the instant of the job before."""
        if self._happens(0.05):
            return self._created
        ticks = self._draw_below(_SPAN)
        return ticks - ticks % _TICKS if ticks % 2 else ticks

    def _render(self, ticks: int) -> str:
        """One of the two documented spellings; only whole seconds have the short one."""
        seconds, fraction = divmod(ticks, _TICKS)
        text = (_EPOCH + timedelta(seconds=seconds)).isoformat()
        return f"{text}.{fraction:07d}+00:00" if fraction or self._happens(0.5) else f"{text}Z"

    def _optional_properties(self, owner: Caller) -> Job:
        """The properties that any job may lack."""
        present: Job = {}
        if self._happens(0.95):
            present["ownerId"] = owner.ownerId
        if self._happens(0.9):
            present["email"] = owner.email
        if self._happens(0.5):
            present["options"] = {"processingEngines": self._draw_below(9), "merge": self._happens(0.5)}
            present["costEstimation"] = {
                "estimatedCost": self._draw_below(2000) / 10,
                "megaPoints": self._draw_below(9000) / 10,
            }
        return present

    def _execution(self, state: str, started: str, ended: str) -> Job:
        """What is known of a run: nothing until the job is submitted, everything once it has succeeded or failed."""
        run: Job = {"submissionDateTime": started}
        match state:
            case "unsubmitted":
                return {}
            case "active":
                run["startedDateTime"] = started if self._happens(0.7) else None
            case "success" | "failed":
                run |= {
                    "startedDateTime": started,
                    "endedDateTime": ended,
                    "estimatedUnits": self._draw_below(400) / 100,
                }
        return {"executionInformation": run}

    def _outputs(self, state: str) -> list[dict[str, str | None]]:
        """What a successful job made; without success, nothing or an output that has no id."""
        if state == "success":
            return [{"id": next(self._random_guids), "type": kind} for kind in self._pick(_OUTPUT_TYPES)]
        return [{"id": None, "type": self._pick(_OUTPUT_TYPES)[0]}] if self._happens(0.5) else []


def _random_guids(random: Random) -> Iterator[str]:
    """GUIDs of version 4, in lower case."""
    while True:
        digits = f"{random.getrandbits(128):032x}"
        yield f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
