"""The documented operations of the iTwin Platform, as data."""

from odatafilter.itwin.reality_conversion import REALITY_CONVERSION_JOBS, RealityConversionJob

__all__ = ["REALITY_CONVERSION_JOBS", "RealityConversionJob"]
