"""Segments as one SVG picture: how large each is, and how much of it lies in the others."""

from html import escape

from pismo.segments.report import SegmentReport

_LEFT, _TOP, _ROW, _BAR, _CELL = 190, 110, 30, 320, 44


def draw_segments(report: SegmentReport, language: str) -> str:
    """Return an SVG: bars of sizes on the left, a matrix of overlaps (share of the row) right."""
    russian = ("всего", "не вошли ни в один", "пересечения, %")
    words = russian if language == "ru" else ("people", "in none", "overlaps, %")
    rows = len(report.segments)
    width = _LEFT + _BAR + 40 + _CELL * rows + 80
    height = _TOP + _ROW * (rows + 1) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">',
        "<style>text { font: 13px sans-serif }</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="12" y="24">{words[0]}: {report.people}</text>',
        f'<text x="{_LEFT + _BAR + 40}" y="24">{words[2]}</text>',
    ]
    lines = [(one.id, one.size) for one in report.segments] + [(words[1], report.everyone)]
    most = max([count for _, count in lines] + [1])
    for place, (name, count) in enumerate(lines):
        top = _TOP + place * _ROW
        colour = "#b5502f" if place < rows else "#b9b3aa"
        bar = round(_BAR * count / most * 0.8)
        parts.append(f'<text x="12" y="{top + 15}">{escape(name[:26])}</text>')
        parts.append(f'<rect x="{_LEFT}" y="{top}" width="{bar}" height="20" fill="{colour}"/>')
        parts.append(f'<text x="{_LEFT + bar + 6}" y="{top + 15}">{count}</text>')
    for column, one in enumerate(report.segments):
        left = _LEFT + _BAR + 40 + column * _CELL + 16
        turned = f'transform="translate({left} {_TOP - 8}) rotate(-40)"'
        parts.append(f"<text {turned}>{escape(one.id[:14])}</text>")
    for row, one in enumerate(report.segments):
        for column, other in enumerate(report.segments):
            share = 1.0 if one is other else one.overlaps[other.id] / max(1, one.size)
            left, top = _LEFT + _BAR + 40 + column * _CELL, _TOP + row * _ROW
            ink = "#eee" if one is other else "#b5502f"
            shade = 1.0 if one is other else round(share, 2)
            parts.append(
                f'<rect x="{left}" y="{top}" width="{_CELL - 4}" height="20" fill="{ink}" '
                f'fill-opacity="{shade}"/>'
            )
            if one is not other:
                parts.append(f'<text x="{left + 8}" y="{top + 15}">{share:.0%}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
