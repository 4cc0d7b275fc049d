"""Which way a lead goes."""

from __future__ import annotations

from typing import Any

from channelsim.program.arrays import NONE


def rule_fits(
    program: Any, rule: int, stream: int, deal_value: float, score: float, share_draw: float, queue_length: int
) -> bool:
    """Whether a routing rule takes this lead.

    `share_draw`: the lead's uniform draw for this rule; `queue_length`: leads waiting in the team that the rule
    asks about (any number if it asks about none).
    """
    return (
        program.rule_takes_stream[rule][stream] == 1
        and program.rule_value_at_least[rule] <= deal_value < program.rule_value_below[rule]
        and program.rule_score_at_least[rule] <= score < program.rule_score_below[rule]
        and share_draw < program.rule_share[rule]
        and (program.rule_overflow_team[rule] == NONE or queue_length > program.rule_overflow_length[rule])
    )
