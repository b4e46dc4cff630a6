"""The documented operations of the iTwin Platform, as data, and the wait for a job."""

from odatafilter.errors import WaitTimeout
from odatafilter.itwin._poll import StatusRead, WaitEvent
from odatafilter.itwin.access_control import ACCESS_CONTROL_JOB
from odatafilter.itwin.analysis import AnalysisDetector, AnalysisJob
from odatafilter.itwin.carbon import EC3_JOB, ONE_CLICK_LCA_JOB
from odatafilter.itwin.itwins import ITwin
from odatafilter.itwin.job import Job, JobOperation, Outcome
from odatafilter.itwin.reality_conversion import CONVERSION_JOB, REALITY_CONVERSION_JOBS, RealityConversionJob
from odatafilter.itwin.waiting import await_, wait

__all__ = [
    "ACCESS_CONTROL_JOB",
    "CONVERSION_JOB",
    "EC3_JOB",
    "ONE_CLICK_LCA_JOB",
    "REALITY_CONVERSION_JOBS",
    "AnalysisDetector",
    "AnalysisJob",
    "ITwin",
    "Job",
    "JobOperation",
    "Outcome",
    "RealityConversionJob",
    "StatusRead",
    "WaitEvent",
    "WaitTimeout",
    "await_",
    "wait",
]
