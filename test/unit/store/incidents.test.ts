import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Phase } from '../../../src/health/incidentLog';
import { INCIDENT_LOG_MAX_BYTES } from '../../../src/store/policy';
import { Incidents } from '../../../src/store/incidents';
import { makeStorage, type Storage } from '../../support/storage';
import { idAt } from '../../support/target';

const NOW = Date.parse('2026-03-02T08:00:00.000Z');
const ID = idAt('http://127.0.0.1:3457');

function phase(at: number, more: Partial<Phase> = {}): Phase {
  return {
    is: 'phase',
    daemonId: ID,
    name: 'smithy',
    state: 'wedged',
    reason: { is: 'loopHangs', stale: { is: 'pollStale' } },
    fromAt: at,
    seenAt: at + 20_000,
    endedAt: at + 25_000,
    seenBy: { [`a ${at}`]: at },
    ...more,
  };
}

describe('the log of incidents that all windows share', () => {
  let storage: Storage;
  const opened: Incidents[] = [];
  beforeEach(() => (storage = makeStorage()));
  afterEach(() => {
    for (const incidents of opened.splice(0)) incidents.dispose();
    storage.remove();
  });

  const open = (onChange: () => void = () => undefined) => {
    const incidents = new Incidents(storage.deps, onChange, () => NOW);
    opened.push(incidents);
    return incidents;
  };
  const file = () => join(storage.folder, 'incidents.json');
  const kept = () => (JSON.parse(readFileSync(file(), 'utf8')) as { value: unknown[] }).value;
  const keep = (value: unknown) =>
    writeFileSync(file(), JSON.stringify({ version: 1, value }), { mode: 0o600 });

  it('has what five windows noted of one incident once, and each window has it', async () => {
    const windows = Array.from({ length: 5 }, () => open());
    await Promise.all(
      windows.map((window, index) =>
        window.note(phase(NOW - 60_000 + index, { seenBy: { [`window ${index}`]: NOW - 60_000 + index } })),
      ),
    );
    assert.equal(kept().length, 1);
    const [next] = [open()];
    await next.note(phase(NOW - 30_000_000));
    assert.equal(next.entries.length, 2);
  });

  it('leaves what a newer version kept where it is, and its fields', async () => {
    const newer = [
      { is: 'weather', daemonId: ID, at: NOW, text: 'rain' },
      { ...phase(NOW - 600_000), state: 'asleep' },
      { ...phase(NOW - 60_000), mood: 'grim' },
    ];
    keep(newer);
    const incidents = open();
    await incidents.note(phase(NOW - 59_000, { seenBy: { b: NOW - 59_000 } }));
    assert.equal(incidents.entries.length, 1);
    assert.deepEqual(kept().slice(0, 2), newer.slice(0, 2));
    assert.deepEqual((kept()[2] as { mood?: string }).mood, 'grim');
  });

  for (const raw of [null, 5, 'x', {}]) {
    it(`begins anew where ${JSON.stringify(raw)} was kept`, async () => {
      keep(raw);
      const incidents = open();
      await incidents.note(phase(NOW));
      assert.equal(incidents.entries.length, 1);
    });
  }

  it('uses no entry that is not whole', async () => {
    const whole = phase(NOW - 600_000);
    keep([{ ...whole, fromAt: '1' }, { ...whole, reason: null }, { ...whole, seenBy: { a: 'x' } }, null, 7]);
    const incidents = open();
    await incidents.note(phase(NOW));
    assert.equal(incidents.entries.length, 1);
  });

  it('stays under its size, and keeps the newest', async () => {
    const said = 'é'.repeat(300);
    const many = Array.from({ length: 2_500 }, (_, index) =>
      phase(NOW - 6 * 86_400_000 + index * 120_000, { reason: { is: 'startFailed', said } }),
    );
    keep(many.slice(0, 700));
    const incidents = open();
    await incidents.note(...many.slice(700));
    assert.ok(statSync(file()).size <= INCIDENT_LOG_MAX_BYTES + 100);
    assert.ok(incidents.entries.length > 900 && incidents.entries.length < 2_500);
    assert.deepEqual(incidents.entries.at(-1), many.at(-1));
  });

  it('tells this window and the other ones, and writes nothing where nothing is new', async () => {
    let changes = 0;
    const incidents = open(() => changes++);
    await incidents.note(phase(NOW));
    assert.equal(changes, 1);
    const { mtimeMs } = statSync(file());
    await incidents.note(phase(NOW));
    assert.equal(changes, 1);
    assert.equal(statSync(file()).mtimeMs, mtimeMs);
  });
});
