"""Reality Analysis: the `$filter` of its jobs and of its detectors."""

from odatafilter.itwin.reality_conversion_job import RealityConversionJob
from odatafilter.kinds import String
from odatafilter.schema import Schema


class AnalysisJob(
    RealityConversionJob, operators=("eq", "lt", "le", "gt", "ge", "ne", "and", "or"), functions=(), plain=True
):
    """The properties of the other jobs, without `in`, which the builder writes as `or`. Its words are its own."""

    type = String()
    state = String()


class AnalysisDetector(Schema, operators=("and", "or", "not", "in"), functions=(), plain=True):
    """The properties that detectors can be filtered by: each has several values, of which any may be in the list.

    Of the comparisons there is only `in`: the builder writes `==` and `!=` with it.
    """

    exports = String(source="exports[]")
    labels = String(source="labels[]")
