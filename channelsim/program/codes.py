"""The integer codes that programs, rules, engines and ledgers share. Values are stable: append, never renumber;
kinds of event alone are what their order at one instant asks for."""

from enum import IntEnum


class DistKind(IntEnum):
    """How a distribution's quantile is computed from its parameters a, b, c."""

    CONSTANT = 0  # a
    UNIFORM = 1  # from a to b
    TRIANGULAR = 2  # low a, mode b, high c
    EXPONENTIAL = 3  # mean a
    LOGNORMAL = 4  # exp(a + b z)
    WEIBULL = 5  # scale a, exponent b = 1 / shape
    TABLE = 6  # quantiles tabulated at equal steps of the logit of u
    EMPIRICAL = 7  # values with cumulative weights


class Purpose(IntEnum):
    """What a random draw is for; part of its key, so append only."""

    ARRIVAL = 1
    DEAL_VALUE = 2
    ROUTE_SHARE = 3
    REACHABLE = 4
    REACH = 5
    ATTEMPT_HOURS = 6
    EFFORT_HOURS = 7
    TRAVEL_HOURS = 8
    ATTEMPT_SPACING = 9
    TOUCH_SPACING = 10
    PATIENCE = 11
    OUTCOME = 12
    BUYER_DELAY = 13
    HANDOFF_LEAK = 14
    HANDOFF_DELAY = 15
    NURTURE = 16
    NURTURE_DELAY = 17
    ORPHAN = 18
    FIT = 19
    SCORE = 20
    REFERRALS = 21
    REFERRAL_DELAY = 22
    REFERRAL_KEY = 23
    TENURE = 32
    VACANCY = 33
    SKILL = 34
    PROMOTION = 35
    REGIME = 48
    UNCERTAIN = 49
    DESIGN = 50


class Discipline(IntEnum):
    """Who goes first in a team's queue."""

    OLDEST = 0
    NEWEST = 1
    LARGEST = 2
    FURTHEST_STAGE = 3
    BEST_SCORE = 4


class EventKind(IntEnum):
    """What can happen. At one instant the pending event with the smallest (kind, identifier) is next, so the
    dispatchers come last: they see everything that happened at the instant."""

    DEPARTURE = 1  # identifier: seat
    START = 2  # a rep's first day; seat
    TOUCH_DONE = 3  # seat
    DECISION = 4  # the buyer answers; lead
    HANDED_OFF = 5  # the next team has the lead; lead
    TOUCH_DUE = 6  # a lead is due for its next attempt or touch; lead
    RETURN = 7  # back from nurture; lead
    ARRIVAL = 8  # stream
    REFERRED = 9  # a lead that a customer referred; lead
    COOLED = 10  # a buying window closes; lead
    OPENING = 11  # team
    DISPATCH = 12  # team
