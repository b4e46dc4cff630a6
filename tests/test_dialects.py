"""The dialects of `$filter` that the iTwin Platform documents: their samples, and filters that they cannot say."""

from collections.abc import Callable
from typing import Any

import pytest

import odatafilter as of
from odatafilter.itwin import AnalysisDetector, AnalysisJob, ITwin, RealityConversionJob

PARENT = "78202ffd-272b-4207-a765-4d33b8d3d3c2"
INPUTS = "482b2968-6a85-4e50-b05c-8acbf828c1bd", "14c03448-bea0-4d76-b53b-4b20bd3f4cbc"

SAMPLES: list[tuple[type[of.Schema], str]] = [
    (RealityConversionJob, "iTwinId eq dc720f05-e5f7-448b-ae06-765de46f0af1"),
    (RealityConversionJob, f"inputId in ('{INPUTS[0]}', '{INPUTS[1]}')"),
    (RealityConversionJob, "id eq 9e2d27cf-b695-47e9-b7f0-0d47dc3b88ad"),
    (RealityConversionJob, "createdDateTime gt 2024-06-24T13:00:00Z"),
    (AnalysisJob, "iTwinId eq dc720f05-e5f7-448b-ae06-765de46f0af1"),
    (AnalysisJob, "createdDateTime gt 2024-06-24T13:00:00Z"),
    (AnalysisDetector, "(not exports in ('Locations')) and labels in ('traffic sign')"),
    (AnalysisDetector, "exports in ('Polygons', 'Lines') and labels in ('crack')"),
    (ITwin, f"parentId eq '{PARENT}'"),
    (ITwin, "status in ['Active','Inactive']"),
    (ITwin, "contains('abc',displayName)"),
    (ITwin, "contains(number,'abc')"),
    (ITwin, "createdDateTime ge 2024-09-01T00:00:00Z and contains('abc',displayName)"),
]


@pytest.mark.parametrize(("schema", "sample"), SAMPLES)
def test_a_documented_sample_is_valid(schema: type[of.Schema], sample: str) -> None:
    found = of.parse(sample, schema=schema)
    assert of.parse(str(found), schema=schema) == found


BUILT: list[tuple[Callable[[], of.Filter], str]] = [
    # Reality Conversion: no `not`
    (
        lambda: ~RealityConversionJob.state.in_(["failed", "cancelled"]),
        "state ne 'failed' and state ne 'cancelled'",
    ),
    (
        lambda: ~((RealityConversionJob.state == "failed") | (RealityConversionJob.name != "a")),
        "state ne 'failed' and name eq 'a'",
    ),
    (
        lambda: ~(RealityConversionJob.createdDateTime > "2024-06-24T13:00:00Z"),
        "createdDateTime le 2024-06-24T13:00:00Z",
    ),
    # Analysis jobs: no `in` either
    (lambda: AnalysisJob.name.in_(["a", "b"]), "name eq 'a' or name eq 'b'"),
    (lambda: AnalysisJob.name.in_(["a"]), "name eq 'a'"),
    (lambda: ~AnalysisJob.inputId.in_(INPUTS), f"inputId ne '{INPUTS[0]}' and inputId ne '{INPUTS[1]}'"),
    (
        lambda: AnalysisJob.name.in_(["a", "b"]) & (AnalysisJob.type == "x"),
        "(name eq 'a' or name eq 'b') and type eq 'x'",
    ),
    # Analysis detectors: of the comparisons, `in` alone
    (
        lambda: ~AnalysisDetector.exports.in_(["Locations"]) & AnalysisDetector.labels.in_(["traffic sign"]),
        "not exports in ('Locations') and labels in ('traffic sign')",
    ),
    (lambda: AnalysisDetector.labels == "O'Brien", "labels in ('O''Brien')"),
    (lambda: AnalysisDetector.labels != "crack", "not labels in ('crack')"),
    (
        lambda: ~((AnalysisDetector.labels == "crack") | (AnalysisDetector.exports == "Lines")),
        "not (labels in ('crack') or exports in ('Lines'))",
    ),
    # iTwins: quoted GUIDs, square brackets, no `not`
    (lambda: ITwin.parentId == PARENT.upper(), f"parentId eq '{PARENT}'"),
    (lambda: ITwin.status.in_(["Active", "Inactive"]), "status in ['Active','Inactive']"),
    (lambda: ITwin.parentId.in_([PARENT, INPUTS[0]]), f"parentId in ['{PARENT}','{INPUTS[0]}']"),
    (lambda: ~ITwin.status.in_(["Active", "Trial"]), "status ne 'Active' and status ne 'Trial'"),
    (lambda: ITwin.displayName.contains("abc"), "contains(displayName,'abc')"),
]


@pytest.mark.parametrize(("build", "text"), BUILT)
def test_a_built_filter_is_written_as_its_dialect_wants_it(build: Callable[[], of.Filter], text: str) -> None:
    built = build()
    assert str(built) == text
    assert built.schema is not None
    [schema] = [
        one for one in (RealityConversionJob, AnalysisJob, AnalysisDetector, ITwin) if one.__facts__ is built.schema
    ]
    built.validate(schema)
    assert of.parse(text, schema=schema) == built


NEGATED = "the filter cannot be negated: the API documents no 'not', and "
REFUSED: list[tuple[Callable[[], object], str]] = [
    (
        lambda: ~(RealityConversionJob.email > "a"),
        f"{NEGATED}'gt' of something that may be null, NaN or several values has no exact opposite",
    ),
    (lambda: AnalysisJob.name.contains("a"), "AnalysisJob does not document 'contains', nor any other function"),
    (
        lambda: ~(AnalysisJob.email < "a"),
        f"{NEGATED}'lt' of something that may be null, NaN or several values has no exact opposite",
    ),
    (
        lambda: AnalysisDetector.labels > "a",
        "AnalysisDetector is documented with and, in, not and or, not with 'gt'",
    ),
    (
        lambda: AnalysisDetector.labels == AnalysisDetector.exports,
        "AnalysisDetector is documented with and, in, not and or, not with 'eq'",
    ),
    (
        lambda: AnalysisDetector.labels.contains("a"),
        "AnalysisDetector does not document 'contains', nor any other function",
    ),
    (lambda: ITwin.displayName.startswith("a"), "ITwin does not document 'startswith', only contains"),
    (lambda: ~ITwin.displayName.contains("a"), f"{NEGATED}this has no exact opposite"),
    (lambda: ITwin.status == "Activ", "'status' has no word 'Activ'; did you mean 'Active'?"),
]


@pytest.mark.parametrize(("build", "message"), REFUSED)
def test_what_a_dialect_cannot_say_is_refused_with_the_reason(build: Callable[[], object], message: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        build()
    assert str(caught.value) == message


INVALID: list[tuple[type[of.Schema], str, str]] = [
    (
        AnalysisJob,
        "state in ('a','b')",
        "AnalysisJob does not document the operator 'in', only and, eq, ge, gt, le, lt, ne and or",
    ),
    (
        AnalysisDetector,
        "labels eq 'crack'",
        "AnalysisDetector does not document the operator 'eq', only and, in, not and or",
    ),
    (
        ITwin,
        "status in ('Active','Inactive')",
        "ITwin documents lists in square brackets; did you mean: ['Active','Inactive']",
    ),
    (ITwin, "startswith('abc',displayName)", "ITwin does not document 'startswith', only contains"),
    (ITwin, "status eq 'Activ'", "'status' has no word 'Activ'; did you mean 'Active'?"),
]


@pytest.mark.parametrize(("schema", "text", "message"), INVALID)
def test_what_a_dialect_does_not_document_is_a_problem(schema: type[of.Schema], text: str, message: str) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=schema)
    assert [problem.message for problem in caught.value.problems] == [message]


def test_the_suggested_brackets_mend_the_filter() -> None:
    text = "number eq 'a' and status in ('Active', 'Trial')"
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=ITwin)
    [problem] = caught.value.problems
    start, end = problem.span
    mended = f"{text[:start]}{problem.suggestion}{text[end:]}"
    assert str(of.parse(mended, schema=ITwin)) == "number eq 'a' and status in ['Active','Trial']"


def test_a_bound_list_has_the_brackets_of_the_dialect() -> None:
    prepared = of.parse("status in @words", schema=ITwin)
    assert str(prepared.bind(words=["Active", "Trial"])) == "status in ['Active','Trial']"
    bound = of.parse("labels in @words").bind(words=["crack"])
    assert str(bound) == "labels in ('crack')"
    bound.validate(AnalysisDetector)


ITWIN = {"parentId": PARENT, "status": "Inactive", "displayName": "The ABC of bridges", "number": "B-1"}
DETECTOR = {"labels": ["crack", "traffic sign"], "exports": ["Lines"]}
MATCHES: list[tuple[type[of.Schema], str, dict[str, Any], bool]] = [
    (ITwin, f"parentId eq '{PARENT.upper()}'", ITWIN, True),
    (ITwin, "contains('abc',displayName)", ITWIN, True),
    (ITwin, "contains(displayName,'Abc')", ITWIN, True),
    (ITwin, "contains('b-12',number)", ITWIN, False),
    (ITwin, "status in ['active','INACTIVE']", ITWIN, True),
    (ITwin, "status eq 'inactive' and number ne 'b-1'", ITWIN, False),
    (AnalysisDetector, "(not exports in ('Locations')) and labels in ('traffic sign')", DETECTOR, True),
    (AnalysisDetector, "not labels in ('crack')", DETECTOR, False),
    (AnalysisDetector, "labels in ('Crack')", DETECTOR, False),
    (AnalysisDetector, "labels in ('rust', 'crack') and exports in ('Lines')", DETECTOR, True),
]


@pytest.mark.parametrize(("schema", "text", "item", "expected"), MATCHES)
def test_a_filter_matches_as_its_dialect_means_it(
    schema: type[of.Schema], text: str, item: dict[str, Any], expected: bool
) -> None:
    assert of.parse(text, schema=schema).matches(item) is expected
