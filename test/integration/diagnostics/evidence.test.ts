import { at, http, watchedAt } from '../../support/target';
import type { Target } from '../../../src/model/target';
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { systemClock } from '../../../src/app/systemClock';
import { beginTrack } from '../../../src/health/track';
import { EVIDENCE_FILES_KEPT } from '../../../src/diagnostics/policy';
import { keepEvidence, type EvidenceRequest } from '../../../src/diagnostics/evidence';
import { NoAnswer } from '../../../src/system/httpClient';
import { inspectable, inspectNode } from '../../../src/diagnostics/inspectNode';
import { identityOf } from '../../../src/system/identity';
import { wedgedReport, Watch } from '../../unit/health/support';
import { takeInspectorPort } from '../../support/inspectorPort';
import { findListener, isAlive } from '../../../src/system/processTable';

/** A Node process that says `ready`, then goes on as `code` makes it. */
async function node(code: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', `process.nextTick(() => console.log('ready'));${code}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return child;
}

const WAITS = 'setInterval(() => {}, 60_000); new Promise(() => {})';
const SPINS = 'setImmediate(function spinning() { for (let i = 0; i < 1e6; i++); setImmediate(spinning); })';

describe('evidence of a daemon in trouble', function () {
  takeInspectorPort();
  this.timeout(30_000);
  let folder: string;
  let child: ChildProcess | undefined;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'daemon-health-evidence-'))));
  afterEach(() => {
    child?.kill('SIGKILL');
    child = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  function request(changes: Partial<EvidenceRequest> = {}): EvidenceRequest {
    const now = systemClock.now();
    return {
      model: {
        daemon: {
          name: 'a/b "c"',
          ...at('http://127.0.0.1:9'),
          pollIntervalMs: 5_000,
          configured: true,
        },
        track: beginTrack(true, {}, now),
      },
      samples: [{ at: now.wallAt, state: 'wedged', latencyMs: 1.5, cycleAgeMs: 61_000 }],
      status: () => Promise.resolve('{"isRunning":true,"apiToken":"abcdef0123456789"}'),
      owner: undefined,
      inspect: false,
      folder,
      now,
      ...changes,
    };
  }

  const owner = (process: ChildProcess) => ({
    pid: process.pid!,
    name: 'node',
    commandLine: 'node',
    isOurs: true,
  });

  const isKept = async (changes: Partial<EvidenceRequest> = {}) =>
    readFileSync((await keepEvidence(request(changes))).file, 'utf8');

  const places: [target: Target, place: string, nobody: string][] = [
    [http('http://127.0.0.1:9'), 'http://127.0.0.1:9', 'nothing listens on its port'],
    [{ kind: 'file', paths: ['/run/x/state.json'] }, '/run/x/state.json', 'no process is known'],
    [{ kind: 'command', argv: ['x', 'status'] }, 'x status', 'no process is known'],
  ];
  for (const [target, place, nobody] of places) {
    it(`tells where the daemon was watched: ${target.kind}`, async () => {
      const { model } = request();
      const watched = { ...model, daemon: { ...model.daemon, ...watchedAt(target) } };
      const text = await isKept({ model: watched });
      assert.ok(text.includes(`, before anything was changed. ${place}\n`), text);
      assert.ok(text.includes(`\n  ${nobody}\n`), text);
    });
  }

  it('holds verdict, rules, status, process and samples, and no secret', async () => {
    child = await node(WAITS);
    const text = await isKept({ owner: owner(child) });
    assert.match(text, /^# a\/b "c": unverified/);
    assert.match(text, /→ unverified: yes, not asked yet/);
    assert.match(text, /wedged: no \(pollStale/);
    assert.match(text, /"isRunning":true/);
    assert.doesNotMatch(text, /abcdef0123456789/);
    assert.match(text, /CPU over 2 s: 0 % of one core/);
    assert.match(text, /threads: \d+/);
    assert.match(text, /wedged {2}answered in 1\.5 ms {2}last cycle 61000 ms old/);
  });

  it('begins with one sentence, with the rest of it folded under that', async () => {
    child = await node(WAITS);
    const watch = Watch.healthy();
    watch.wait(5_000).answer(wedgedReport(watch.time, 6 * 60_000));
    const model = { ...request().model, track: watch.track };
    const kept = await keepEvidence(request({ model, owner: owner(child), now: watch.time.now() }));
    const text = readFileSync(kept.file, 'utf8');
    assert.match(
      text,
      /^# a\/b "c": wedged .*\n\nIt has waited for 6 min 5 s, and nothing shows for what; 0 % CPU\.\n/,
    );
    assert.equal(kept.found, 'waited for 6 min 5 s, and nothing shows for what; 0 % CPU');
    const open = text.split('\n').filter((line) => line !== '' && !line.startsWith('  '));
    assert.doesNotMatch(open.join('\n'), /isRunning|CPU over|answered in|→ wedged/);
    assert.deepEqual(
      open.filter((line) => line.startsWith('## ')),
      [
        '## What the daemon says',
        `## Its process, ${child.pid}`,
        '## The last 1 samples',
        '## Which rule decided',
      ],
    );
  });

  it('of a daemon that does not hang begins with the reason', async () => {
    child = await node(WAITS);
    const kept = await keepEvidence(request({ owner: owner(child) }));
    assert.match(readFileSync(kept.file, 'utf8'), /^# .*\n\nNot asked yet\.\n/);
    assert.equal(kept.found, undefined);
  });

  it('tells a process that spins from one that waits', async () => {
    child = await node(SPINS);
    const text = await isKept({ owner: owner(child) });
    const share = Number(/CPU over 2 s: (\d+) %/.exec(text)?.[1]);
    assert.ok(share > 20, `${share} %`);
  });

  it('says in words why the daemon did not say its status', async () => {
    const refused = new NoAnswer('refused', { is: 'connectionRefused' });
    const text = await isKept({ status: () => Promise.reject(refused) });
    assert.match(text, /^ {2}could not be had: connection refused$/m);
  });

  it('is kept even when the daemon never answers', async () => {
    const startedMs = performance.now();
    const text = await isKept({ status: () => new Promise(() => undefined) });
    assert.match(text, /could not be had in time/);
    assert.ok(performance.now() - startedMs < 15_000);
  });

  it('names what a Node daemon waits for, and closes its inspector again', async () => {
    child = await node(WAITS);
    const text = await inspectNode((await identityOf(child.pid!))!, AbortSignal.timeout(10_000));
    assert.match(text, /1 × Timeout/);
    assert.equal(await isAlive(child.pid!), true);
    assert.equal(await findListener(9229), undefined);
  });

  it('leaves a daemon of ES modules, which has no require, as it was', async () => {
    child = spawn(process.execPath, ['--input-type=module', '-e', `console.log('ready');${WAITS}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout!, 'data');
    assert.match(
      await inspectNode((await identityOf(child.pid!))!, AbortSignal.timeout(10_000)),
      /1 × Timeout/,
    );
    assert.equal(await findListener(9229), undefined, 'its inspector is closed');
    assert.equal(await isAlive(child.pid!), true);
  });

  it('names where a Node daemon spins', async () => {
    child = await node(SPINS);
    assert.match(
      await inspectNode((await identityOf(child.pid!))!, AbortSignal.timeout(10_000)),
      /% spinning/,
    );
  });

  it('leaves a process alone that is called node and does not catch the signal', async function () {
    if (process.platform !== 'linux') this.skip();
    const program = join(folder, 'node');
    copyFileSync('/bin/sleep', program);
    chmodSync(program, 0o755);
    child = spawn(program, ['60']);
    await once(child, 'spawn');
    assert.deepEqual(await inspectable((await identityOf(child.pid!))!), { is: 'notCaught' });
    assert.equal(
      await inspectNode((await identityOf(child.pid!))!, AbortSignal.timeout(10_000)),
      'it does not catch the signal SIGUSR1, which would end it: it gets none',
    );
    assert.equal(await isAlive(child.pid!), true);
  });

  it('tells before any signal that a process of Node catches the signal', async function () {
    if (process.platform !== 'linux') this.skip();
    child = await node(SPINS);
    assert.deepEqual(await inspectable((await identityOf(child.pid!))!), { is: 'node', catches: true });
    assert.equal(await findListener(9229), undefined, 'nothing was opened');
  });

  it('leaves a process alone that is not Node', async () => {
    child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    assert.deepEqual(await inspectable((await identityOf(child.pid!))!), { is: 'notNode' });
    assert.equal(
      await inspectNode((await identityOf(child.pid!))!, AbortSignal.timeout(10_000)),
      'not a Node process',
    );
    assert.equal(await isAlive(child.pid!), true);
  });

  const old = (day: number) => `2020-01-${String(day).padStart(2, '0')}T00-00-00-000Z old.md`;

  it('keeps the newest files only, and of its own alone', async () => {
    for (let day = 0; day < EVIDENCE_FILES_KEPT + 5; day++) writeFileSync(join(folder, old(day)), '');
    const foreign = ['2020-01-01 notes.md', 'README.md', '0000.md'];
    for (const name of foreign) writeFileSync(join(folder, name), '');
    const { file } = await keepEvidence(request());
    const names = readdirSync(folder);
    assert.equal(names.length, EVIDENCE_FILES_KEPT + foreign.length);
    assert.ok(names.some((name) => file.endsWith(name)));
    assert.ok(!names.includes(old(0)));
    for (const name of foreign) assert.ok(names.includes(name), name);
  });

  it('deletes nothing behind a link', async () => {
    const target = join(folder, 'target');
    mkdirSync(target);
    for (let day = 0; day < EVIDENCE_FILES_KEPT + 5; day++) writeFileSync(join(target, old(day)), '');
    const link = join(folder, 'link');
    symlinkSync(target, link);
    await keepEvidence(request({ folder: link }));
    assert.equal(
      readdirSync(target).filter((name) => name.startsWith('2020')).length,
      EVIDENCE_FILES_KEPT + 5,
    );
  });

  it('loads no picture of a daemon’s, and has no link and no HTML of it', async () => {
    const { model } = request();
    const name = 'x ![p](http://evil/p.png) <img src=http://evil/q> [l](command:x)';
    const kept = await isKept({ model: { ...model, daemon: { ...model.daemon, name } } });
    const text = kept.replace(/^ {2}(`{3,})[\s\S]*?^ {2}\1$/gm, '');
    assert.doesNotMatch(text, /(?<!\\)(!\[|\]\(|<img)/);
    assert.match(text, /evil/);
  });
});
