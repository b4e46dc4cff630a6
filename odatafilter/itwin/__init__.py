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

# The names of each module follow those of the modules before, so that the new ones are its own.
__all__ = ["WaitTimeout"]
_HOME_OF = dict.fromkeys(__all__, "errors")
__all__ += ["StatusRead", "WaitEvent"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "itwin._poll")
__all__ += ["ACCESS_CONTROL_JOB"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "itwin.access_control")
__all__ += ["AnalysisDetector", "AnalysisJob"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "itwin.analysis")
__all__ += ["EC3_JOB", "ONE_CLICK_LCA_JOB"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "itwin.carbon")
__all__ += ["ITwin"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "itwin.itwins")
__all__ += ["Job", "JobOperation", "Outcome"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "itwin.job")
__all__ += ["CONVERSION_JOB", "REALITY_CONVERSION_JOBS"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "itwin.reality_conversion")
__all__ += ["RealityConversionJob"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "itwin.reality_conversion_job")
__all__ += ["await_", "wait"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "itwin.waiting")


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"odatafilter.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
