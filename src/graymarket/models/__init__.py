"""What follows from the evidence: ranges, bounds and noise. Nothing here draws."""

from graymarket.models.panel import (
    JUMP_FACTOR,
    JUMP_POINTS,
    NOISY_JUMP,
    TINY_MOBILE_SHARE,
    Agreement,
    RecentRange,
    agreement,
    flags,
    jumpiness,
    moved,
    outside_since,
    recent_range,
    region_series,
)
from graymarket.models.shares import MeasuredRange, measured_range, rank_cap, sampling_error

__all__ = [
    "JUMP_FACTOR",
    "JUMP_POINTS",
    "NOISY_JUMP",
    "TINY_MOBILE_SHARE",
    "Agreement",
    "MeasuredRange",
    "RecentRange",
    "agreement",
    "flags",
    "jumpiness",
    "measured_range",
    "moved",
    "outside_since",
    "rank_cap",
    "recent_range",
    "region_series",
    "sampling_error",
]
