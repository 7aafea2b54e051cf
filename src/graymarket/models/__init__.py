"""What follows from the evidence: ranges, bounds and noise. Nothing here draws."""

from graymarket.models.estimate import DRAWS, SEED, estimate, one_at_a_time, value, with_page_views
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
from graymarket.models.pert import pert, pert_mean
from graymarket.models.shares import MeasuredRange, measured_range, rank_cap, sampling_error

__all__ = [
    "DRAWS",
    "JUMP_FACTOR",
    "JUMP_POINTS",
    "NOISY_JUMP",
    "SEED",
    "TINY_MOBILE_SHARE",
    "Agreement",
    "MeasuredRange",
    "RecentRange",
    "agreement",
    "estimate",
    "flags",
    "jumpiness",
    "measured_range",
    "moved",
    "one_at_a_time",
    "outside_since",
    "pert",
    "pert_mean",
    "rank_cap",
    "recent_range",
    "region_series",
    "sampling_error",
    "value",
    "with_page_views",
]
