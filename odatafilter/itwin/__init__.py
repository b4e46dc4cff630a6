"""The documented operations of the iTwin Platform, as data, and the wait for a job.

A name is imported when it is first used: who only filters does not wait for paging.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from odatafilter.errors import WaitTimeout
    from odatafilter.itwin._poll import StatusRead, WaitEvent
    from odatafilter.itwin.access_control import ACCESS_CONTROL_JOB
    from odatafilter.itwin.analysis import AnalysisDetector, AnalysisJob
    from odatafilter.itwin.carbon import EC3_JOB, ONE_CLICK_LCA_JOB
    from odatafilter.itwin.itwins import ITwin
    from odatafilter.itwin.job import Job, JobOperation, Outcome
    from odatafilter.itwin.reality_conversion import CONVERSION_JOB, REALITY_CONVERSION_JOBS
    from odatafilter.itwin.reality_conversion_job import RealityConversionJob
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

_HOMES = {
    "errors": ("WaitTimeout",),
    "itwin._poll": ("StatusRead", "WaitEvent"),
    "itwin.access_control": ("ACCESS_CONTROL_JOB",),
    "itwin.analysis": ("AnalysisDetector", "AnalysisJob"),
    "itwin.carbon": ("EC3_JOB", "ONE_CLICK_LCA_JOB"),
    "itwin.itwins": ("ITwin",),
    "itwin.job": ("Job", "JobOperation", "Outcome"),
    "itwin.reality_conversion": ("CONVERSION_JOB", "REALITY_CONVERSION_JOBS"),
    "itwin.reality_conversion_job": ("RealityConversionJob",),
    "itwin.waiting": ("await_", "wait"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"odatafilter.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
