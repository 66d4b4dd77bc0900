import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeTurn } from '../../../scripts/turn.mjs';

describe('the turn of an npm start', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-turn-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = () => join(folder, 'start.pid');

  it('is taken, and ended', async () => {
    const end = await takeTurn(folder);
    assert.equal(existsSync(file()), true);
    end();
    assert.equal(existsSync(file()), false);
  });

  it('is not waited for where its process was killed, and its number is another program’s', async () => {
    writeFileSync(file(), String(process.ppid));
    const hourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(file(), hourAgo, hourAgo);
    (await takeTurn(folder))();
  });

  it('is not waited for where no process has its number', async () => {
    writeFileSync(file(), String(2 ** 30));
    (await takeTurn(folder))();
  });
});
