import assert from 'node:assert/strict';
import { unknownProcess, type ProcessInfo } from '../../../src/system/processInfo';
import { isStranger, whyNotOurs, type Origin } from '../../../src/restart/provenance';

const LISTENER: ProcessInfo = { pid: 4711, name: 'node', commandLine: 'node sf', isOurs: true };
const MARKED: Origin = { began: 'after', mark: 'there', parentIsManager: false };
const UNTOLD: Origin = { ...MARKED, mark: 'untold' };
const MISSING: Origin = { ...MARKED, mark: 'missing' };
const MANAGED: Origin = { ...MISSING, parentIsManager: true };
const RUNS = undefined;
const OK = { code: 0 };
const FAILED = { code: 1 };
const TERMINATED = { code: undefined };

type Case = [string, ProcessInfo | undefined, Origin | undefined, typeof RUNS | { code: number | undefined }];

describe('who answers is proven to be started by a restart', () => {
  const proven: Case[] = [
    ['it has the mark', LISTENER, MARKED, RUNS],
    ['it has the mark and its command has ended', LISTENER, MARKED, OK],
    ['a service manager started it, as the command told it to', LISTENER, MANAGED, OK],
    ['marks cannot be seen and the command runs', LISTENER, UNTOLD, RUNS],
    ['marks cannot be seen and the command ended well', LISTENER, UNTOLD, OK],
  ];
  for (const [what, listener, origin, exit] of proven) {
    it(`where ${what}`, () => assert.equal(whyNotOurs(3457, listener, origin, exit), undefined));
  }

  const doubted: [...Case, string, boolean][] = [
    ['the system does not name it', undefined, undefined, OK, 'unnamed', false],
    ['it is another user’s', { ...LISTENER, isOurs: false }, MARKED, OK, 'otherUsers', true],
    ['it ran before', LISTENER, { ...MARKED, began: 'before' }, OK, 'ranBefore', true],
    ['its birth is not told', LISTENER, { ...MARKED, began: 'unknown' }, OK, 'unproven', false],
    ['it has no mark', LISTENER, MISSING, RUNS, 'unproven', false],
    ['it has no mark, though the command ended well', LISTENER, MISSING, OK, 'unproven', false],
    ['a service manager started it, and the command failed', LISTENER, MANAGED, FAILED, 'unproven', false],
    ['a service manager started it while the command runs', LISTENER, MANAGED, RUNS, 'unproven', false],
    ['marks cannot be seen and the command failed', LISTENER, UNTOLD, FAILED, 'unproven', false],
    ['marks cannot be seen and the command was terminated', LISTENER, UNTOLD, TERMINATED, 'unproven', false],
    ['it is a tunnel', { ...LISTENER, name: 'ssh' }, MARKED, OK, 'passesOn', false],
    ['it is in a container', { ...LISTENER, inContainer: true }, MARKED, OK, 'inContainer', false],
    ['it is a service manager', { ...LISTENER, name: 'systemd' }, MARKED, OK, 'unproven', false],
  ];
  for (const [what, listener, origin, exit, is, stranger] of doubted) {
    it(`not where ${what}`, () => {
      const who = whyNotOurs(3457, listener, origin, exit);
      assert.deepEqual(who, { is, port: 3457, ...(listener && { process: listener }) });
      assert.equal(who && isStranger(who), stranger);
    });
  }

  it('not where it ended while it was looked at: nobody’s, and no other user’s', () => {
    const who = whyNotOurs(3457, unknownProcess(4711), MISSING, OK);
    assert.deepEqual(who, { is: 'unnamed', port: 3457 });
  });
});
