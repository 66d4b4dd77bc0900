import assert from 'node:assert/strict';
import type { RunTool } from '../../../src/system/exec';
import { ToolFailed } from '../../../src/system/exec';
import { offspringOf, stillThere } from '../../../src/system/offspring';
import type { ProcessInfo } from '../../../src/system/processInfo';
import { servesOthers } from '../../../src/system/programs';

const BORN = 'Wed Mar  5 10:12:13 2025';
const BORN_AT = Date.UTC(2025, 2, 5, 10, 12, 13);
const OWNER = { pid: 500, startedAtMs: BORN_AT };

/** `ps` of macOS, by its columns. */
const ps =
  (outputs: Readonly<Record<string, string>>): RunTool =>
  (_tool, [, columns = '']) => {
    const output = outputs[columns];
    return output === undefined
      ? Promise.reject(new ToolFailed('failed', 'ps', { exitCode: 1, stdout: '', stderr: 'no' }))
      : Promise.resolve(output);
  };

describe('what a process has started, on a Mac', () => {
  const all = [
    ` 500   1 ${BORN}`,
    ` 501 500 ${BORN}`,
    ` 502 501 ${BORN}`,
    ` 503 500 ${BORN}`,
    ` 900   1 ${BORN}`,
  ].join('\n');

  it('is found by parents, and told by groups whether an end of the group leaves it', async () => {
    const run = ps({
      'pid=,ppid=,lstart=': all,
      'pid=,pgid=': '  500   500\n  501   501\n  502   501\n  503   500\n  900   900\n',
    });
    const found = await offspringOf(OWNER, undefined, { platform: 'darwin', run });
    assert.deepEqual(
      found?.map(({ pid, startedAtMs, isApart }) => [pid, startedAtMs, isApart]),
      [
        [501, BORN_AT, true],
        [503, BORN_AT, false],
        [502, BORN_AT, true],
      ],
    );
  });

  it('is nobody’s where another process has the number of the daemon', async () => {
    const run = ps({ 'pid=,ppid=,lstart=': all });
    const other = { pid: 500, startedAtMs: BORN_AT - 60_000 };
    assert.deepEqual(await offspringOf(other, undefined, { platform: 'darwin', run }), []);
  });

  it('is not known where the tool fails, and never on Windows', async () => {
    const run = ps({});
    assert.equal(await offspringOf(OWNER, undefined, { platform: 'darwin', run }), undefined);
    assert.equal(await offspringOf(OWNER, undefined, { platform: 'win32', run }), undefined);
  });

  it('is there still only with its birth', async () => {
    const run = ps({ 'pid=,ppid=,lstart=': all });
    const those = [
      { pid: 501, startedAtMs: BORN_AT },
      { pid: 502, startedAtMs: BORN_AT - 60_000 },
      { pid: 777, startedAtMs: BORN_AT },
    ];
    const there = await stillThere(those, { platform: 'darwin', run });
    assert.deepEqual(
      there.map(({ pid }) => pid),
      [501],
    );
  });
});

describe('a program that serves others than who started it', () => {
  const named = (name: string, ...otherNames: string[]): ProcessInfo => ({
    pid: 9,
    name,
    otherNames,
    commandLine: name,
    isOurs: true,
  });
  for (const name of ['tmux', 'ssh-agent', 'gpg-agent', 'dockerd', 'containerd-shim-runc-v2', 'screen']) {
    it(`is ${name}`, () => assert.equal(servesOthers(named(name)), true));
  }
  it('is known by another of its names', () => {
    assert.equal(servesOthers(named('tmux-3.4', 'tmux: server')), true);
  });
  for (const name of ['claude', 'node', 'git', 'codex', 'sleep', 'screenshot']) {
    it(`is not ${name}`, () => assert.equal(servesOthers(named(name)), false));
  }
});
