"""How to make a set of curves again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from channelsim.experiment.curves import Curves, usual_metrics
from channelsim.report.page.sections.manifest import study_options


def command_of(curves: Curves) -> str:
    """The command that makes the curves again, in one line fit for a shell."""
    return shlex.join(["channelsim", "curves", curves.points.study.source, *_options(curves)])


def _options(curves: Curves) -> Iterator[str]:
    points = curves.points
    yield from ("--vary", points.variation.written)
    yield from study_options(points.study)
    drawn = [metric.name for metric in curves.metrics]
    if drawn != usual_metrics(points):
        for name in drawn:
            yield from ("--metric", name)
    yield from ("-n", str(curves.replications), "--seed", str(curves.seed))
    if curves.baseline != curves.strategies[0]:
        yield from ("--baseline", curves.baseline)
