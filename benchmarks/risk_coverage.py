"""Risk against coverage: what is answered wrongly when the assistant refuses more or fewer questions.

Coverage is the share of questions that are answered, risk the share of those that the collection
cannot answer. A point of a curve is what one threshold gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np

_WIDTH, _HEIGHT = 640, 400
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 16, 190, 52
_COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e5aa8", "#b9770e", "#555555")
_TEXT = 'font-family="sans-serif" font-size="12" fill="#222"'


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Risk and coverage over all thresholds, and at the operating point. All shares, 0 to 1."""

    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    at: tuple[float, float]
    """Coverage and risk at the operating point."""


def curve(margin: np.ndarray, answerable: np.ndarray) -> Curve:
    """Return the curve of questions by how far their confidence lies above the operating point (0).

    margin, answerable: shape (questions,).
    """
    order = np.argsort(-margin)
    wrong = np.cumsum(~answerable[order])
    answered = np.arange(1, len(order) + 1)
    passed = int((margin >= 0).sum())
    risk = wrong / answered
    return Curve(
        coverage=tuple(float(one) for one in answered / len(order)),
        risk=tuple(float(one) for one in risk),
        at=(passed / len(order), float(risk[passed - 1]) if passed else 0.0),
    )


def picture(curves: Mapping[str, Curve]) -> str:
    """Draw the curves as SVG, with a dot at each operating point."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'aria-label="Risk against coverage of refusing">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        *_axes(),
    ]
    for number, (name, one) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(_point(*pair) for pair in _thinned(one))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        x, y = _point(*one.at).split(",")
        parts.append(f'<circle cx="{x}" cy="{y}" r="4.5" fill="{colour}"/>')
        at = _TOP + 14 + 20 * number
        parts.append(f'<circle cx="{_WIDTH - _RIGHT + 18}" cy="{at - 4}" r="4.5" fill="{colour}"/>')
        parts.append(f'<text x="{_WIDTH - _RIGHT + 30}" y="{at}" {_TEXT}>{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _axes() -> list[str]:
    parts = []
    for tenth in range(0, 11, 2):
        share = tenth / 10
        x, low = _point(share, 0.0).split(",")
        left, y = _point(0.0, share).split(",")
        right, top = _point(1.0, 1.0).split(",")
        parts.append(f'<line x1="{left}" y1="{y}" x2="{right}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<line x1="{x}" y1="{low}" x2="{x}" y2="{top}" stroke="#eee"/>')
        parts.append(
            f'<text x="{float(left) - 8:.1f}" y="{float(y) + 4:.1f}" text-anchor="end" {_TEXT}>{tenth}0 %</text>'
        )
        parts.append(
            f'<text x="{x}" y="{float(low) + 18:.1f}" text-anchor="middle" {_TEXT}>{tenth}0 %</text>'
        )
    middle = _LEFT + (_WIDTH - _LEFT - _RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{_HEIGHT - 12}" text-anchor="middle" {_TEXT}>questions answered</text>'
    )
    upright = f'transform="rotate(-90 14 {_HEIGHT / 2})"'
    parts.append(
        f'<text x="14" y="{_HEIGHT / 2}" text-anchor="middle" {upright} {_TEXT}>answered without an answer there</text>'
    )
    return [part.replace(">00 %<", ">0 %<") for part in parts]


def _point(coverage: float, risk: float) -> str:
    x = _LEFT + coverage * (_WIDTH - _LEFT - _RIGHT)
    y = _HEIGHT - _BOTTOM - risk * (_HEIGHT - _TOP - _BOTTOM)
    return f"{x:.1f},{y:.1f}"


def _thinned(one: Curve) -> list[tuple[float, float]]:
    """Leave out the first 5 %, where one question moves the risk by much."""
    pairs = list(zip(one.coverage, one.risk, strict=True))
    return [pair for pair in pairs if pair[0] >= 0.05]
