"""The figures of a benchmark as a table and as a picture.

It measures nothing. The picture is plain SVG: bars on a logarithmic scale need no library.
"""
import math
import statistics

# Median edit to publish as a part of ruff's, by number of lines; and the burst's, and memory's.
BUDGET = {"edit": {2_000: 0.45, 20_000: 0.15, 100_000: 0.40}, "burst": 0.1, "memory": {2_000: 0.5, 20_000: 1.0}}
TYPED = ("top", "middle", "between", "end", "toggle", "quotes")
COLOURS = {"undebug": "#2a7f62", "ruff": "#b0b0b0"}


def table(results, burst):
    rows = ["# Edit to diagnostics, beside ruff server (S201)", "",
            f"One run, both servers in turn; milliseconds (memory: MB). {burst:,} edits in a burst.", "",
            "| lines | what | undebug | ruff | ratio | budget |", "| ---: | --- | ---: | ---: | ---: | ---: |"]
    for size, times in results.items():
        for what in TYPED:
            for name, cut in (("p50", 50), ("p90", 90), ("p99", 99)):
                ours, theirs = (percentile(times[server][what], cut) * 1000 for server in ("undebug", "ruff"))
                judged = name == "p50" and what in ("top", "middle", "end")
                rows.append(row(size, f"{what} {name}", ours, theirs, BUDGET["edit"].get(size) if judged else None))
        for what, scale in (("cpu", 1000), ("burst", 1000), ("first", 1000), ("memory", 1)):
            ours, theirs = (times[server][what][0] * scale for server in ("undebug", "ruff"))
            budget = BUDGET[what].get(size) if what == "memory" else BUDGET.get(what)
            rows.append(row(size, what, ours, theirs, budget))
    return "\n".join(rows) + "\n"


def row(size, what, ours, theirs, budget):
    ratio = ours / theirs
    verdict = "" if budget is None else f"{budget:.2f} {'met' if ratio <= budget else 'MISSED'}"
    return f"| {size:,} | {what} | {ours:.2f} | {theirs:.2f} | {ratio:.2f} | {verdict} |"


def percentile(values, cut):
    return statistics.quantiles(values, n=100, method="inclusive")[cut - 1]


def picture(results):
    """Medians with a line up to p99, side by side, on a logarithmic scale in milliseconds."""
    bars = [(size, what, server, values) for size, times in results.items() for what in TYPED
            for server, values in ((server, times[server][what]) for server in COLOURS)]
    width, bottom, left, step = 70 + 13 * len(bars) + 30 * len(results), 300, 60, 13
    low, high = 0.1, 1000.0
    height = {value: bottom - 260 * scale(value, low, high) for value in (0.1, 1, 10, 100, 1000)}
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="370" font-family="sans-serif" font-size="11">',
             f'<rect width="{width}" height="370" fill="white"/>',
             '<text x="8" y="16">edit to diagnostics, milliseconds (bar: median, line: up to p99)</text>']
    for value, y in height.items():
        parts.append(f'<line x1="{left}" x2="{width - 10}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
                     f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    x, group = left + 10, None
    for size, what, server, values in bars:
        if group not in (None, size):
            x += 30
        if group != size:
            parts.append(f'<text x="{x}" y="362" font-weight="bold">{size:,} lines</text>')
            group = size
        median, worst = (bottom - 260 * scale(percentile(values, cut) * 1000, low, high) for cut in (50, 99))
        parts.append(f'<rect x="{x}" y="{median:.1f}" width="11" height="{bottom - median:.1f}" fill="{COLOURS[server]}"/>'
                     f'<line x1="{x + 5.5}" x2="{x + 5.5}" y1="{median:.1f}" y2="{worst:.1f}" stroke="black"/>')
        if server == "undebug":
            parts.append(f'<text transform="translate({x + 10},{bottom + 8}) rotate(60)">{what}</text>')
        x += step
    for number, (server, colour) in enumerate(COLOURS.items()):
        parts.append(f'<rect x="{width - 160 + 80 * number}" y="8" width="10" height="10" fill="{colour}"/>'
                     f'<text x="{width - 146 + 80 * number}" y="17">{server}</text>')
    return "\n".join([*parts, "</svg>", ""])


def scale(value, low, high):
    """0 at the lowest value and 1 at the highest, by orders of magnitude."""
    return (math.log10(max(value, low)) - math.log10(low)) / (math.log10(high) - math.log10(low))
