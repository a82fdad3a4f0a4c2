#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Print one table of what run.py has printed: table.py [--update] RESULTS [OTHER-RESULTS…]

The results of other GLibs make a second table, of what has a target. --update writes all of it, and
a drawing, into doc/.
"""

import argparse
import collections
import pathlib

DOC = pathlib.Path(__file__).resolve().parents[2] / 'doc'
MARK = '<!-- from here to the end: tests/performance.sh --update -->\n'
UNITS = {'ns': 'ns', 'ms': 'ms', 'bytes': 'B'}

class Row(collections.namedtuple('Row', 'section operation unit ours beside theirs target spread')):
    @property
    def target_bytes(self):
        return float(self.target[:-2]) if self.target.endswith(' B') else 0

    @property
    def target_ratio(self):
        return 0 if self.target.endswith(' B') else float(self.target)

    @property
    def ratio(self):
        if self.unit == 'times' and not self.beside:
            return self.ours
        return self.ours / self.theirs if self.theirs > 0 else None

    def misses(self):
        return 0 < self.target_bytes < self.ours or (
            self.target_ratio > 0 and self.ratio is not None and self.ratio > self.target_ratio)

    def format_target(self):
        if self.target_bytes > 0:
            return format_amount(self.target_bytes, 'bytes')
        return f'{self.target_ratio:.2f}' if self.target_ratio > 0 else ''


class Results:
    def __init__(self, path):
        self.about = ''
        self.rows = []
        self.points = collections.defaultdict(list)
        self.others = collections.defaultdict(dict)
        self.instructions = {}
        section = None
        for line in path.read_text().splitlines():
            kind, *fields = line.split('\t')
            if kind == 'about':
                self.about, = fields
            elif kind == 'section':
                section, = fields
            elif kind == 'row':
                operation, unit, ours, beside, theirs, target, *spread = fields
                self.rows.append(Row(section, operation, unit, float(ours), beside,
                                     float(theirs), target, [float(ratio) for ratio in spread]))
            elif kind == 'point':
                name, x, y = fields
                self.points[name].append((int(x), float(y)))
            elif kind == 'instructions':
                title, operation, beside, ours, theirs = fields
                self.instructions[title, operation, beside] = float(ours), float(theirs)
            elif kind == 'other':
                language, operation, unit, value = fields
                self.others[language][operation, unit] = float(value)
            else:
                raise ValueError(f'unexpected: {line}')
        known = {(row.operation, row.unit) for row in self.rows}
        for language, values in self.others.items():
            if values.keys() - known:
                raise ValueError(f'{language} has no row: {values.keys() - known}')


def format_ratio(row, mark_excess=False):
    if row.ratio is None:
        return ''
    return f'**{row.ratio:.2f}**' if mark_excess and row.misses() else f'{row.ratio:.2f}'


def format_spread(row):
    """The lowest and the highest ratio of all processes, where they differ."""
    texts = [f'{ratio:.2f}' for ratio in row.spread]
    return ' (' + '–'.join(texts) + ')' if len(set(texts)) > 1 else ''


def format_ours(row):
    text = format_amount(row.ours, row.unit)
    # A limit in bytes is one of ours alone.
    return f'**{text}**' if 0 < row.target_bytes < row.ours else text


def format_amount(value, unit):
    if unit == 'times':
        return f'{value:.2f}'
    return f'{value:,.{1 if value < 100 and unit != "bytes" else 0}f} {UNITS[unit]}'


def format_table(lines):
    """Align the columns: the first to the left, the others to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    lines.insert(1, ['-' * widths[0]] + ['-' * (width - 1) + ':' for width in widths[1:]])
    return ''.join('| ' + ' | '.join(
        cell.ljust(width) if i == 0 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(line, widths))) + ' |\n' for line in lines)


def format_instructions(results, row):
    ours, theirs = results.instructions.get((row.section, row.operation, row.beside), (0, 0))
    return [f'{ours:,.0f}' if ours else '', f'{theirs:,.0f}' if theirs else '']


def make_table(results):
    lines = [['Operation', 'Here', 'Beside', '', 'Ratio', 'At most', 'Instructions', 'beside',
              *results.others]]
    section = None
    for row in results.rows:
        if row.section != section:
            section = row.section
            lines.append([f'**{section}**'] + [''] * (len(lines[0]) - 1))
        lines.append([
            row.operation,
            format_ours(row) if row.unit in UNITS or row.beside else '',
            row.beside,
            format_amount(row.theirs, row.unit) if row.beside else '',
            format_ratio(row, not row.target_bytes),
            row.format_target(),
            *format_instructions(results, row),
            *(f'{row.ours / values[row.operation, row.unit]:.1f}'
              if (row.operation, row.unit) in values else ''
              for values in results.others.values())])
    return format_table(lines)


def make_comparison(all_results):
    """The ratios that have a target with any GLib, one column for each."""
    lines = [['Ratio', 'Beside', 'At most', *(results.about for results in all_results)]]
    columns = [{(row.section.split(',')[0], row.operation, row.beside): row
                for row in results.rows} for results in all_results]
    for key in columns[-1]:
        rows = [column.get(key) for column in columns]
        known = [row for row in rows if row and (row.target_ratio > 0 or row.target_bytes > 0)]
        if known:
            section, operation, beside = key
            lines.append([f'{section}: {operation}', beside, known[0].format_target(),
                          *((format_ours(row) if row.target_bytes > 0
                             else format_ratio(row, True) + format_spread(row))
                            if row else '' for row in rows)])
    return format_table(lines)


def draw(results, path):
    import matplotlib
    matplotlib.use('svg')
    from matplotlib import pyplot, ticker
    # The same data make the same file.
    matplotlib.rcParams.update({'svg.hashsalt': 'weakref-glib', 'font.size': 11})
    figure, axes = pyplot.subplots(figsize=(8, 5), layout='constrained')
    for (name, points), style in zip(results.points.items(), ('o-', 's--', '^--')):
        axes.plot(*zip(*points), style, label=name)
    axes.set(xscale='log', yscale='log', xlabel='weak references on the object',
             ylabel='to drop any one of them and make another',
             title=f'One weak reference among many ({results.about})')
    axes.xaxis.set_major_formatter(ticker.StrMethodFormatter('{x:,.0f}'))
    axes.yaxis.set_major_formatter(
        ticker.FuncFormatter(lambda ns, _: ticker.EngFormatter('s')(ns / 1e9)))
    axes.grid(which='major', alpha=.4)
    axes.legend()
    figure.savefig(path, metadata={'Date': None})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--update', action='store_true')
    parser.add_argument('results', nargs='+', type=pathlib.Path)
    args = parser.parse_args()
    all_results = [Results(path) for path in args.results]
    text = make_table(all_results[0])
    if len(all_results) > 1:
        text += ('\nThe ratios that have a limit, with each GLib, and the lowest and the highest of '
                 'all processes:\n\n' + make_comparison(all_results))
    print(text)
    if args.update:
        page = DOC / 'performance.md'
        page.write_text(page.read_text().partition(MARK)[0] + MARK + '\n' + text)
        draw(all_results[0], DOC / 'performance.svg')


if __name__ == '__main__':
    main()
