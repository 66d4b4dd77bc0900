import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DaemonId } from '../../../src/health/report';
import type { Keeper } from '../../../src/model/keeper';
import { Keepers } from '../../../src/store/keepers';

const ID = 'http://127.0.0.1:3457' as DaemonId;
const BY = { pid: 41, commandLine: '/bin/sh', startedAtMs: 5, startTicks: 7 };

describe('what started a daemon again', () => {
  let folder: string;
  const opened: Keepers[] = [];
  const open = () => {
    const keepers = new Keepers({ folder, log: () => undefined });
    opened.push(keepers);
    return keepers;
  };
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'daemon-health-keepers-'))));
  afterEach(() => {
    for (const keepers of opened.splice(0)) keepers.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is remembered for all windows, and forgotten', async () => {
    const keeper: Keeper = { at: 1, afterMs: 2, by: BY };
    const one = open();
    await one.set(ID, keeper);
    assert.deepEqual(await open().of(ID), keeper);
    const { value } = JSON.parse(readFileSync(join(folder, 'keepers.json'), 'utf8')) as { value: unknown };
    assert.deepEqual(value, { [ID]: keeper });
    await one.set(ID, undefined);
    assert.equal(await open().of(ID), undefined);
  });

  const others: [what: string, value: unknown, reads: Keeper | undefined][] = [
    ['of a process that nobody knows', { at: 1, afterMs: 2 }, { at: 1, afterMs: 2 }],
    ['without a birth', { at: 1, afterMs: 2, by: { pid: 41, commandLine: 'sh' } }, undefined],
    ['without a time', { afterMs: 2 }, undefined],
    ['of another form', 'sh', undefined],
  ];
  for (const [what, value, reads] of others) {
    it(`of another version is read as far as it can be: ${what}`, async () => {
      await open().set(ID, value as Keeper);
      assert.deepEqual(await open().of(ID), reads);
    });
  }
});
