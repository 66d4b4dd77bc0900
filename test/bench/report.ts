import { ROUNDS } from './measure';

export interface Table {
  readonly title: string;
  /** How it was measured, in whole lines. */
  readonly method: readonly string[];
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What was to be reached, and whether it was. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly isMet: boolean;
  /** Counted, so the same on every machine; the others are times, which are shown and never fail the run. */
  readonly isCounted: boolean;
}

/** One part of the benchmark. */
export interface Part {
  /** For `out/bench.json`. */
  readonly figures: unknown;
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
}

/** A target that is met up to the limit. */
export function atMost(
  what: string,
  limit: number,
  measured: number,
  format: (value: number) => string,
  isCounted = false,
): Target {
  return {
    what,
    wanted: `at most ${format(limit)}`,
    measured: format(measured),
    isMet: measured <= limit,
    isCounted,
  };
}

export function printReport(parts: readonly Part[], cores: number, platform: string): void {
  for (const table of parts.flatMap(({ tables }) => tables)) print(table);
  print({
    title: 'Targets',
    method: [
      `Medians of ${ROUNDS}, on ${cores} cores of ${platform} that may be doing other work: the ratios are what counts.`,
    ],
    head: ['', 'wanted', 'measured', ''],
    rows: parts
      .flatMap(({ targets }) => targets)
      .map(({ what, wanted, measured, isMet }) => [what, wanted, measured, isMet ? 'met' : 'MISSED']),
  });
}

export function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 1)} ×`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

export function ms(value: number): string {
  return `${value.toFixed(value < 1 ? 3 : 2)} ms`;
}

export function kb(bytes: number): string {
  return `${(bytes / 1_024).toFixed(2)} KB`;
}

/** First column to the left, figures to the right. */
function print({ title, method, head, rows }: Table): void {
  console.log(`\n== ${title} ==`);
  for (const line of method) console.log(line);
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  for (const row of all) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    console.log(`  ${cells.join('   ')}`.trimEnd());
  }
}
