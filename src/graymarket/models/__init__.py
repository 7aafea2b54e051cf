"""What follows from the evidence: ranges, bounds and noise. Nothing here draws."""

from graymarket.models.panel import (
    TINY_MOBILE_SHARE,
    RecentRange,
    flags,
    jumpiness,
    moved,
    recent_range,
    region_series,
)
from graymarket.models.shares import MeasuredRange, measured_range, rank_cap, sampling_error

__all__ = [
    "TINY_MOBILE_SHARE",
    "MeasuredRange",
    "RecentRange",
    "flags",
    "jumpiness",
    "measured_range",
    "moved",
    "rank_cap",
    "recent_range",
    "region_series",
    "sampling_error",
]
