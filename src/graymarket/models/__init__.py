"""What follows from the evidence: ranges, bounds and noise. Nothing here draws."""

from graymarket.models.estimate import DRAWS, SEED, estimate, value, with_page_views
from graymarket.models.methods import (
    back_test,
    by_method,
    channel_units,
    flow_gap,
    part_of_gray,
    share_gap,
)
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
from graymarket.models.sensitivity import one_at_a_time, variance_shares
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
    "back_test",
    "by_method",
    "channel_units",
    "estimate",
    "flags",
    "flow_gap",
    "jumpiness",
    "measured_range",
    "moved",
    "one_at_a_time",
    "outside_since",
    "part_of_gray",
    "pert",
    "pert_mean",
    "rank_cap",
    "recent_range",
    "region_series",
    "sampling_error",
    "share_gap",
    "value",
    "variance_shares",
    "with_page_views",
]
