/** What was measured many times, and what was to be reached. */
export interface Row {
  readonly what: string;
  readonly values: readonly number[];
  readonly unit: 's' | 'ms' | '';
  /** In the unit of the values. */
  readonly wanted: { readonly median?: number; readonly atLeast?: number; readonly atMost: number };
}

/** Whether all that was wanted was reached. */
export function isMet({ values, wanted }: Row): boolean {
  const { median = Infinity, atLeast = -Infinity, atMost } = wanted;
  return (
    values.length > 0 &&
    percentile(values, 50) <= median &&
    values.every((value) => value >= atLeast && value <= atMost)
  );
}

/** The rows as a table, the first column to the left and figures to the right. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['', 'runs', 'p50', 'p95', 'max', 'wanted', ''];
  const lines = rows.map((row) => {
    const { what, values, wanted } = row;
    const inUnit = (value: number) => `${format(value)}${row.unit && ` ${row.unit}`}`;
    const target = [
      ...(wanted.median === undefined ? [] : [`p50 <= ${inUnit(wanted.median)}`]),
      ...(wanted.atLeast === undefined ? [] : [`>= ${inUnit(wanted.atLeast)}`]),
      `max <= ${inUnit(wanted.atMost)}`,
    ].join(', ');
    const figures =
      values.length === 0 ? ['', '', ''] : [50, 95, 100].map((p) => inUnit(percentile(values, p)));
    return [what, String(values.length), ...figures, target, isMet(row) ? 'met' : 'MISSED'];
  });
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]!.length)));
  return all
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 100 ? 2 : 0);
}

/** The smallest value that so many of a hundred do not exceed. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)]!;
}
