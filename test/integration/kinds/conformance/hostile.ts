import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cleanText, MAX_TEXT_CHARS } from '../../../../src/base/text';
import type { Sample } from '../../../../src/health/report';
import { assessLoop } from '../../../../src/health/staleness';
import { causeText, malformedText, unavailableText } from '../../../../src/words/causes';
import { Watch } from '../../../unit/health/support';

/** Longer than all that is read. */
const HUGE_BYTES = 10 * 1024 * 1024;
const CONTROLS = [
  '\u001b[31mred\u001b[0m',
  'two\r\nlines',
  '\u0000\u0007',
  '\u202egnp.exe',
  '\ud800',
  '\u2028',
];

/** Something to put in the place of one value. */
const value = fc.oneof(
  fc.constantFrom(...CONTROLS),
  fc.constantFrom<unknown>(null, true, -1, 1e308, 2 ** 53, [], {}, '', 'x'.repeat(100_000), '__proto__'),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Bodies that are none of a daemon's, and its own with something wrong in it. @param real as the daemon says it */
export function hostileBody(real: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.nat(), value).map(([at, put]) => withOne(real, at, put)) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...CONTROLS, 'x'.repeat(1_000)).map((put) => withEach(real, put)),
    },
    { weight: 2, arbitrary: fc.nat(real.length).map((length) => real.slice(0, length)) },
    { weight: 2, arbitrary: fc.oneof(fc.string(), fc.json(), fc.constantFrom(...CONTROLS)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '['.repeat(200_000),
        `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
        `${real}${' '.repeat(HUGE_BYTES)}`,
      ),
    },
  );
}

/** The JSON of a text with one of its values replaced. */
function withOne(text: string, at: number, put: unknown): string {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return JSON.stringify(put) ?? '';
  }
  const places: (() => void)[] = [];
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    const object = node as Record<string, unknown>;
    for (const key of Object.keys(object)) {
      places.push(() => (object[key] = put));
      walk(object[key]);
    }
  };
  walk(root);
  places[at % Math.max(1, places.length)]?.();
  return JSON.stringify(root);
}

/** The JSON of a text with something added to each of its texts. */
function withEach(text: string, put: string): string {
  try {
    return JSON.stringify(
      JSON.parse(text, (_key, each: unknown) => (typeof each === 'string' ? each + put : each)),
    );
  } catch {
    return put;
  }
}

/** A sample that no answer, whatever it is, may go beyond: one bounded line in each text, and no health without a proof. */
export function assertHarmless(sample: Sample): void {
  const watch = new Watch();
  const state = watch.observe({ ...sample, startedMs: watch.time.monotonicMs });
  assertLine(watch.reasonInWords, 'the reason of its state');
  if (!sample.ok) {
    const cause = causeText(sample.failure.cause);
    assert.notEqual(cause, '');
    return assertLine(cause, 'the cause of a failure');
  }
  const { report } = sample;
  if (state === 'healthy') {
    assert.notEqual(report.progress.kind, 'untold', 'it is healthy, and tells of no cycle');
    assert.equal(assessLoop(report).kind, 'advancing', 'it is healthy without a proof');
    assert.ok(report.isRunning && report.available !== false);
  }
  for (const field of report.malformed) assertLine(malformedText([field]), 'what is malformed');
  if (report.unavailable) assertLine(unavailableText(report.unavailable), 'why it is unavailable');
  for (const { name, said = '' } of report.checks ?? []) {
    assertLine(name, 'the name of a check');
    assertLine(said, 'what is said of a check');
  }
  for (const { id, title, outcome = '' } of report.sessions ?? []) {
    assert.notEqual(id, '');
    assertLine(title, 'the title of a session');
    assertLine(outcome, 'how a session ended');
  }
}

function assertLine(text: string, what: string): void {
  assert.ok(text.length <= MAX_TEXT_CHARS, `${what} is long: ${text.length}`);
  assert.equal(text, cleanText(text), `${what} is no clean line`);
}
