"""Charts: the weeks of an issue as a small SVG with real text, coloured by the page's style sheet.

Drawn by hand and not by a charting library: sixty charts take milliseconds and 3 kB each,
and follow the page into dark mode and onto paper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

from koe.week import Week
from reports.report import TrendPoint

#: The most weeks that are drawn; older ones are in the JSON.
MOST_WEEKS = 26

_WIDTH, _HEIGHT = 360, 136
_LEFT, _RIGHT, _TOP, _BOTTOM = 24, 354, 30, 114


def trend_svg(trend: Sequence[TrendPoint], label: str, fixed: Week | None = None) -> Markup:
    """Bars for counts, a shaded range and a dashed line for what was expected, ▲ where an alert was raised.

    Args:
        trend: successive weeks, oldest first.
        label: what the chart shows, in words, for those who do not see it.
        fixed: the week from which the issue was said to be fixed: a dotted line.
    """
    points = trend[-MOST_WEEKS:]
    top = _ceiling(max([point.count for point in points] + [point.high or 0 for point in points], default=1))
    step = (_RIGHT - _LEFT) / max(len(points), 8)
    parts = [_grid(top)]
    parts += [_band(point, _LEFT + step * index, step, top) for index, point in enumerate(points)]
    parts += [
        _bar(point, _LEFT + step * index, step, top, latest=index == len(points) - 1)
        for index, point in enumerate(points)
    ]
    parts += _week_names(points, step)
    for index, point in enumerate(points):
        if fixed is not None and point.week == fixed:
            x = _LEFT + step * index
            parts.append(f'<line class="fix" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_BOTTOM}"/>')
    head = f'<svg class="trend" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">'
    return Markup(head + "".join(parts) + "</svg>")


def _grid(top: int) -> str:
    lines = []
    for value in sorted({0, top // 2 if top > 2 else top, top}):
        y = _y(value, top)
        lines.append(f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text class="tick" x="{_LEFT - 5}" y="{y + 3.5:.1f}" text-anchor="end">{value}</text>')
    return "".join(lines)


def _band(point: TrendPoint, x: float, step: float, top: int) -> str:
    if point.high is None or point.low is None or point.expected is None:
        return ""
    high, low, middle = (_y(value, top) for value in (point.high, point.low, point.expected))
    band = f'<rect class="band" x="{x:.1f}" y="{high:.1f}" width="{step + 0.4:.1f}" height="{max(low - high, 0):.1f}"/>'
    return f'{band}<line class="expected" x1="{x:.1f}" x2="{x + step:.1f}" y1="{middle:.1f}" y2="{middle:.1f}"/>'


def _bar(point: TrendPoint, x: float, step: float, top: int, *, latest: bool) -> str:
    y = _y(point.count, top)
    width = step * 0.62
    left = x + (step - width) / 2
    name = "bar now" if latest else "bar"
    bar = f'<rect class="{name}" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_BOTTOM - y:.1f}"/>'
    middle = x + step / 2
    if latest:
        bar += f'<text class="value" x="{middle:.1f}" y="{y - 4:.1f}" text-anchor="middle">{point.count}</text>'
    if point.alert:
        height = y - 18 if latest else y - 4
        bar += f'<text class="alert" x="{middle:.1f}" y="{height:.1f}" text-anchor="middle">▲</text>'
    return f"<g><title>{point.week}: {point.count}</title>{bar}</g>"


def _week_names(points: Sequence[TrendPoint], step: float) -> list[str]:
    """Every fourth week counted back from the last, so that the last has its name."""
    names = []
    for index, point in enumerate(points):
        if (len(points) - 1 - index) % 4 == 0:
            x = _LEFT + step * (index + 0.5)
            names.append(
                f'<text class="tick" x="{x:.1f}" y="{_BOTTOM + 15}" text-anchor="middle">W{point.week.number}</text>'
            )
    return names


def _y(value: float, top: int) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * min(value, top) / top


def _ceiling(highest: float) -> int:
    """The next round even number above the highest value."""
    if highest <= 4:
        return 4
    unit = 2 * int(10 ** max(math.floor(math.log10(highest)) - 1, 0))
    return math.ceil(highest / unit) * unit
