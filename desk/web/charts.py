"""Charts of the figures: small SVGs with real text, coloured by the style sheet; no script, no style in the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH, _HEIGHT = 360, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 356, 22, 122


@dataclass(frozen=True, slots=True)
class Point:
    """One bar: its name under the axis, and its height (``None``: nothing to measure)."""

    name: str
    value: float | None


def bars(points: Sequence[Point], label: str, told: Callable[[float], str], top: float | None = None) -> Markup:
    """A bar for each point, the last one strong and with its value.

    Args:
        points: oldest first.
        label: what the chart shows, in words, for those who do not see it.
        told: how a value is written.
        top: the value at the upper edge; by default a little above the highest one.
    """
    highest = max((point.value for point in points if point.value is not None), default=0)
    ceiling = top or highest * 1.1 or 1
    step = (_RIGHT - _LEFT) / max(len(points), 1)
    parts = [_line(0, ceiling, told(0)), _line(ceiling if top else highest, ceiling, told(top or highest))]
    for index, point in enumerate(points):
        parts.append(_bar(point, _LEFT + step * index, step, ceiling, told, latest=index == len(points) - 1))
        if (len(points) - 1 - index) % max(1, len(points) // 6) == 0:
            x = _LEFT + step * (index + 0.5)
            name = escape(point.name)
            parts.append(f'<text class="tick" x="{x:.1f}" y="{_BOTTOM + 16}" text-anchor="middle">{name}</text>')
    head = f'<svg class="trend" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">'
    return Markup(head + "".join(parts) + "</svg>")


def _line(value: float, ceiling: float, told: str) -> str:
    y = _y(value, ceiling)
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{_LEFT - 5}" y="{y + 3.5:.1f}" text-anchor="end">{escape(told)}</text>'
    )


def _bar(point: Point, x: float, step: float, ceiling: float, told: Callable[[float], str], *, latest: bool) -> str:
    if point.value is None:
        return ""
    y, width = _y(point.value, ceiling), step * 0.64
    left = x + (step - width) / 2
    name, said = ("bar now" if latest else "bar"), escape(told(point.value))
    bar = f'<rect class="{name}" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_BOTTOM - y:.1f}"/>'
    if latest:
        bar += f'<text class="value" x="{x + step / 2:.1f}" y="{y - 5:.1f}" text-anchor="middle">{said}</text>'
    return f"<g><title>{escape(point.name)}: {said}</title>{bar}</g>"


def _y(value: float, ceiling: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * min(value, ceiling) / ceiling
