# SPDX-License-Identifier: Apache-2.0
"""Pictures of measurements as SVG text: bars of ratios, and curves on logarithmic axes."""
import math
from xml.sax.saxutils import escape

COLOURS = {"mica": "#1b6ca8", "erl": "#a82255", "go": "#3a8a6e"}
FONT = 'font-family="sans-serif" font-size="12"'


def colour(name):
    return COLOURS.get(name.split(" ")[0], "#666666")


def svg(width, height, parts):
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">\n'
            '<rect width="100%%" height="100%%" fill="white"/>\n%s\n</svg>\n'
            % (width, height, width, height, "\n".join(parts)))


def text(x, y, words, anchor="start", fill="black"):
    return '<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s" %s>%s</text>' % (x, y, anchor, fill, FONT, escape(words))


def line(x1, y1, x2, y2, stroke="#cccccc", width=1.0):
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%.1f"/>' % (x1, y1, x2, y2, stroke, width)


def ratio_bars(title, rows):
    """rows: (name, ratio, least, greatest, bar or None); a ratio below 1 is ahead. Logarithmic from 0.1 to 10."""
    left, width, row = 190, 620, 20

    def x(ratio):
        return left + width * (math.log10(min(max(ratio, 0.1), 10)) + 1) / 2

    bottom = 50 + row * len(rows)
    parts = [text(10, 20, title)]
    for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10):
        parts.append(line(x(tick), 35, x(tick), bottom, "#888888" if tick == 1 else "#dddddd"))
        parts.append(text(x(tick), bottom + 15, "%g" % tick, "middle"))
    for i, (name, ratio, least, greatest, bar) in enumerate(rows):
        y = 45 + row * i
        start, end = sorted((x(1), x(ratio)))
        parts.append('<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>'
                     % (start, y, end - start, row - 8, "#3a8a6e" if ratio <= 1 else "#a82255"))
        parts.append(line(x(least), y + 6, x(greatest), y + 6, "black", 1.5))
        if bar is not None:
            parts.append(line(x(bar), y - 3, x(bar), y + row - 5, "#cc7700", 2))
        parts.append(text(left - 8, y + 10, name, "end"))
        parts.append(text(left + width + 8, y + 10, "%.2f" % ratio))
    return svg(left + width + 60, bottom + 30, parts)


def decades(values):
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def curves(title, x_name, y_name, series):
    """series: {name: [(x, y)]}, both axes logarithmic; a name that contains a blank is dashed"""
    points = [p for s in series.values() for p in s if p[0] > 0 and p[1] > 0]
    if not points:
        return svg(300, 40, [text(10, 20, title + ": nothing")])
    left, top, width, height = 80, 40, 560, 320
    x_low, x_high = decades([p[0] for p in points])
    y_low, y_high = decades([p[1] for p in points])

    def at(p):
        return (left + width * (math.log10(p[0]) - x_low) / (x_high - x_low),
                top + height * (1 - (math.log10(p[1]) - y_low) / (y_high - y_low)))

    parts = [text(10, 20, title), text(left + width / 2, top + height + 38, x_name, "middle"), text(10, top - 6, y_name)]
    for d in range(x_low, x_high + 1):
        x, _ = at((10.0 ** d, 10.0 ** y_low))
        parts += [line(x, top, x, top + height), text(x, top + height + 16, "%g" % 10.0 ** d, "middle")]
    for d in range(y_low, y_high + 1):
        _, y = at((10.0 ** x_low, 10.0 ** d))
        parts += [line(left, y, left + width, y), text(left - 6, y + 4, "%g" % 10.0 ** d, "end")]
    for i, (name, values) in enumerate(series.items()):
        places = [at(p) for p in values if p[0] > 0 and p[1] > 0]
        dash = ' stroke-dasharray="5 3"' if " " in name else ""
        parts.append('<polyline fill="none" stroke="%s" stroke-width="2"%s points="%s"/>'
                     % (colour(name), dash, " ".join("%.1f,%.1f" % p for p in places)))
        parts.append(text(left + width + 10, top + 14 + 16 * i, name, fill=colour(name)))
    return svg(left + width + 130, top + height + 50, parts)
