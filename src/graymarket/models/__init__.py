"""What follows from the evidence: ranges, bounds, estimates and tests. Nothing here draws.

models.closure and models.sensitivity are imported by name where they are used: the libraries
behind them take seconds to load.
"""

from graymarket.models.estimate import (
    DRAWS,
    SEED,
    chance_above,
    estimate,
    value,
    with_page_views,
)
from graymarket.models.methods import (
    back_test,
    by_method,
    channel_units,
    flow_gap,
    part_of_gray,
    renewal,
    share_gap,
)
from graymarket.models.moves import moves
from graymarket.models.panel import (
    JUMP_FACTOR,
    JUMP_POINTS,
    NOISY_JUMP,
    TINY_MOBILE_SHARE,
    Agreement,
    Around,
    RecentRange,
    agreement,
    around,
    flags,
    jumpiness,
    months_between,
    moved,
    outside_since,
    recent_range,
    region_series,
    vendor_series,
)
from graymarket.models.pert import pert, pert_mean
from graymarket.models.shares import MeasuredRange, measured_range, rank_cap, sampling_error
from graymarket.models.standing import channel, in_force, net_effect

__all__ = [
    "DRAWS",
    "JUMP_FACTOR",
    "JUMP_POINTS",
    "NOISY_JUMP",
    "SEED",
    "TINY_MOBILE_SHARE",
    "Agreement",
    "Around",
    "MeasuredRange",
    "RecentRange",
    "agreement",
    "around",
    "back_test",
    "by_method",
    "chance_above",
    "channel",
    "channel_units",
    "estimate",
    "flags",
    "flow_gap",
    "in_force",
    "jumpiness",
    "measured_range",
    "months_between",
    "moved",
    "moves",
    "net_effect",
    "outside_since",
    "part_of_gray",
    "pert",
    "pert_mean",
    "rank_cap",
    "recent_range",
    "region_series",
    "renewal",
    "sampling_error",
    "share_gap",
    "value",
    "vendor_series",
    "with_page_views",
]
