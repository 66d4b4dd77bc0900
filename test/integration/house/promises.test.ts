import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8').replace(/\s+/g, ' ');

/**
 * What the README promises, word by word, and the test that shows it; `undefined` where the sentence itself is the limit
 * of a promise. Whoever changes a promise looks at its test.
 */
const PROMISES: readonly (readonly [promise: string, test: string | undefined])[] = [
  ['two windows never restart one daemon at once', 'test/integration/system/lockRace.test.ts'],
  [
    'a loop that began two newer cycles since, and completed none, is *unverified*',
    'test/unit/health/staleness.test.ts',
  ],
  [
    'it warns before anything is ended where the start command cannot be found',
    'test/unit/ui/commands/restart.test.ts',
  ],
  [
    'nor a program that only passes connections on, as far as its name tells',
    'test/unit/restart/refusals.test.ts',
  ],
  ['A tunnel by a program of another name is not recognised', undefined],
  ['nothing that looks like a secret by its name, form or looks', 'test/unit/ui/secrets.test.ts'],
  ['A plain word that is one stays', undefined],
  [
    'are named, with their number and, where that is known, their session',
    'test/integration/restart/outliving.test.ts',
  ],
  ['On Windows nothing of this is known', undefined],
  [
    'What started the daemon again within 30 s of the last end from here',
    'test/integration/restart/comebacks.test.ts',
  ],
  ['systemd ends it with `KillUserProcesses=yes`', undefined],
  ['there they always name the process and ask first', 'test/integration/restart/restartOwner.test.ts'],
];

describe('what is promised', () => {
  const readme = read('README.md');
  for (const [promise, test] of PROMISES) {
    it(`in the README has a test, or says its limit: ${promise}`, () => {
      assert.ok(readme.includes(promise), 'README.md says otherwise by now');
      if (test !== undefined) assert.ok(existsSync(join(ROOT, test)), test);
    });
  }

  it('in docs/security.md is shown by tests that are there', () => {
    const tests = readdirSync(join(ROOT, 'test'), { recursive: true }).map((file) =>
      String(file).replaceAll('\\', '/'),
    );
    const named = [...read('docs/security.md').matchAll(/`([\w/]+\.test\.ts)`/g)].map(([, file]) => file!);
    assert.ok(named.length > 20, String(named.length));
    for (const file of named) {
      const [, inTest = file] = /^test\/(.*)$/.exec(file) ?? [];
      assert.ok(
        tests.some((each) => each === inTest || each.endsWith(`/${inTest}`)),
        file,
      );
    }
  });
});
