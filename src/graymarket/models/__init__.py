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
from graymarket.models.shares import (
    MeasuredRange,
    measured_range,
    of_maker,
    published,
    rank_cap,
    sampling_error,
)
from graymarket.models.standing import (
    REGIMES,
    channel,
    grounds,
    in_force,
    local_rules_of,
    net_effect,
    sanctions_effect,
    statements_on,
    surely_in_force,
)

__all__ = [
    "DRAWS",
    "JUMP_FACTOR",
    "JUMP_POINTS",
    "NOISY_JUMP",
    "REGIMES",
    "SEED",
    "TINY_MOBILE_SHARE",
    "Agreement",
    "MeasuredRange",
    "RecentRange",
    "agreement",
    "back_test",
    "by_method",
    "chance_above",
    "channel",
    "channel_units",
    "estimate",
    "flags",
    "flow_gap",
    "grounds",
    "in_force",
    "jumpiness",
    "local_rules_of",
    "measured_range",
    "moved",
    "net_effect",
    "of_maker",
    "outside_since",
    "part_of_gray",
    "pert",
    "pert_mean",
    "published",
    "rank_cap",
    "recent_range",
    "region_series",
    "renewal",
    "sampling_error",
    "sanctions_effect",
    "share_gap",
    "statements_on",
    "surely_in_force",
    "value",
    "with_page_views",
]
