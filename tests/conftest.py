"""Hypothesis profiles: modest by default; `HYPOTHESIS_PROFILE=large pytest` for the large one."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("modest", max_examples=100, deadline=None)
settings.register_profile("large", max_examples=100_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "modest"))
