import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../../scripts/paths.mjs';
import { MINUTE_MS, SECOND_MS } from '../../../../src/base/time';
import { STOP_GRACE_MS } from '../../../../src/dispatchd/policy';
import { BUILD_INFO, METRICS } from '../../../../src/dispatchd/http/metrics';
import { readDaemons } from '../../../../src/settings/daemonList';
import { AMBER_PENDING_MS, NOTHING_STARTED_AFTER_MS, RECOVERY_HOLD_MS } from '../../../../src/health/policy';

const PAGE = readFileSync(join(root, 'docs', 'fleets.md'), 'utf8');

const rules = readFileSync(join(root, 'docs', 'prometheus-rules.yml'), 'utf8').split(/^ {6}- alert: /m);
/** Each rule by its name. */
const alerts = new Map(rules.slice(1).map((rule) => [/^\w+/.exec(rule)![0], rule]));

/** The words of the language, and the labels that the rules name. */
const PROMQL = /^(time|and|or|unless|on|increase|absent|job|instance|alertname|alertstate|m)$/;

/** The names in the expression of a rule that are none of the language. */
function namesIn(rule: string): string[] {
  const expression = /^ {8}expr: ([^]*?)^ {8}(?:for|labels):/m.exec(rule)![1]!.replace(/"[^"]*"/g, '');
  return (expression.match(/[a-z_]+/gi) ?? []).filter((word) => !PROMQL.test(word));
}

/** A duration of a rule, in ms. */
function waits(alert: string, key: 'for' | 'keep_firing_for'): number {
  const [, count, unit] = new RegExp(`^ {8}${key}: (\\d+)([sm])$`, 'm').exec(alerts.get(alert)!)!;
  return Number(count) * (unit === 's' ? SECOND_MS : MINUTE_MS);
}

describe('the alerting rules for Prometheus', () => {
  // The others are Prometheus' own.
  const known = new Set([...METRICS.map(({ name }) => name), BUILD_INFO, 'up', 'ALERTS']);

  it('are of what the editor tells', () =>
    assert.deepEqual(
      [...alerts.keys()].map((name) => name.replace(/^Dispatchd/, '')),
      ['Wedged', 'Failing', 'Stuck', 'StartsNothing', 'Overdue', 'Absent', 'NotScraped'],
    ));

  for (const [name, rule] of alerts) {
    it(`${name} asks for nothing that dispatchd does not give`, () => {
      const names = namesIn(rule);
      assert.ok(names.length > 0);
      assert.deepEqual(
        names.filter((each) => !known.has(each)),
        [],
      );
    });

    it(`${name} says how bad that is, what it is and what to do`, () => {
      assert.match(rule, /^ {10}severity: (critical|warning)$/m);
      assert.match(rule, /^ {10}summary: '?.*\.'?$/m);
      assert.match(rule, /^ {10}description: (>-\n)?[^]*\.\n*/m);
    });
  }

  it('wait as long as the editor does', () => {
    assert.equal(waits('DispatchdWedged', 'keep_firing_for'), RECOVERY_HOLD_MS);
    assert.equal(waits('DispatchdStuck', 'for'), AMBER_PENDING_MS);
    assert.equal(waits('DispatchdStartsNothing', 'for'), NOTHING_STARTED_AFTER_MS);
  });

  it('stand in the page about fleets, each with its severity', () => {
    const rows = [...PAGE.matchAll(/^\| `(Dispatchd\w+)` \| (\w+) \|/gm)].map(
      ([, name, how]) => `${name} ${how}`,
    );
    const told = [...alerts].map(([name, rule]) => `${name} ${/severity: (\w+)/.exec(rule)![1]}`);
    assert.deepEqual(rows.sort(), told.sort());
  });

  it('have beside them entries for the editor that the settings take, with names that dispatchd gives', () => {
    const [, json] = /^```json\n"daemonHealth.daemons": ([^]*?)^```/m.exec(PAGE)!;
    const entries = JSON.parse(json!) as { query: string }[];
    const { daemons, problems } = readDaemons(entries, { configured: true, allowRemote: false });
    assert.deepEqual([daemons.length, problems], [2, []]);
    const names = PAGE.match(/\bdispatchd_[a-z_]+/g) ?? [];
    assert.deepEqual(
      names.filter((name) => !known.has(name)),
      [],
    );
  });

  it('call nothing overdue that dispatchd may yet be stopping', () => {
    const [, seconds] = /\) > (\d+)$/m.exec(alerts.get('DispatchdOverdue')!)!;
    assert.ok(Number(seconds) * SECOND_MS > 2 * STOP_GRACE_MS);
  });
});
