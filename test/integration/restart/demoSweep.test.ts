import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemo } from '../../../src/restart/demo';

describe('a demo whose program is killed', function () {
  this.timeout(60_000);
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'daemon-health-demo-'))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  /** A stand-in for the program: it notes how it was called, says where its daemon is, and is gone. */
  function programThat(ends: string): string {
    const file = join(home, 'program.cjs');
    const calls = JSON.stringify(join(home, 'calls'));
    writeFileSync(
      file,
      `const shows = process.argv.includes('--');
       require('fs').appendFileSync(${calls}, shows ? 'shows ' : 'sweeps ');
       if (shows) process.stdout.write('{"url":"http://127.0.0.1:1","folder":"/x"}\\n', () => ${ends});`,
    );
    return file;
  }

  for (const [how, ends, calls] of [
    [
      'is swept up at once, and not first by the next window',
      "process.kill(process.pid, 'SIGKILL')",
      'shows sweeps ',
    ],
    ['has nothing to be swept up where it ended by itself', 'process.exit(0)', 'shows '],
  ] as const) {
    it(how, async () => {
      const programs = { nodePath: process.execPath, demoPath: programThat(ends), dispatchdPath: '/x', home };
      // The program is no reason for this process to stay.
      const stays = setInterval(() => undefined, 1_000);
      try {
        await (
          await startDemo(programs)
        ).ended;
      } finally {
        clearInterval(stays);
      }
      assert.equal(readFileSync(join(home, 'calls'), 'utf8'), calls);
    });
  }
});
