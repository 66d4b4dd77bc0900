import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sessionFiles } from '../../support/dispatchd/sessionFiles';
import { RealDispatchd } from '../../support/realDispatchd';
import { SmithyProcess, smithySession } from '../../support/smithyProcess';
import { until } from '../../support/until';
import { endWindows, FakeWindow } from '../../support/window/fakeWindow';
import { dispatchdOf, installed } from '../../support/window/installed';
import { RecordedMachine } from '../../support/window/recorded';
import type { WindowState } from '../../support/window/shown';

/*
 * Names and formats that other versions read. They stand here as literals: a name in the code may change, these may
 * not. Who adds a field adds it here; who takes one away makes an older version forget.
 */

const GLOBAL = {
  ignoredDaemons: ['string'],
  restarts: { '<origin>': [{ at: 'number', kind: 'string', text: 'string', why: 'string' }] },
  snoozes: {
    '<origin>': { kind: 'string', untilAt: 'number' },
  },
  // Versions up to 0.1 do not know this one: it tells what they changed in `snoozes`.
  snoozesMirrored: {
    '<origin>': { kind: 'string', untilAt: 'number' },
  },
};

const WORKSPACE = {
  // Versions up to 0.1 do not know `hasEnded`.
  daemons: { '<origin>': { hasEnded: 'boolean', seenUpAt: 'number', stoppedByUs: 'boolean' } },
  discovery: {
    adopted: [{ database: 'string', kind: 'string', name: 'string', origin: 'string' }],
    retired: [],
  },
  histories: { '<origin>': [['string', 'number', 'number']] },
  lives: { '<origin>': { id: 'string', stateDir: 'string' } },
  lostWork: {
    '<origin>': [
      {
        database: 'string',
        foundAt: 'number',
        session: {
          agentId: 'string',
          createdAt: 'number',
          cwd: 'string',
          endedAt: 'number',
          id: 'string',
          lastActivityAt: 'number',
          providerSessionId: 'string',
          role: 'string',
          startedAt: 'number',
          status: 'string',
          title: 'string',
          wasLost: 'boolean',
        },
      },
    ],
  },
  recentCommands: [{ command: 'string', cwd: 'string', timeoutMs: 'number' }],
};

/** A process, and where its number means that process. `bootId` and what follows are not of versions up to 0.1. */
const PROCESS = { bootId: 'string', machine: 'string', pid: 'number', startedAtMs: 'number' };

/** `at` and `pid` are what versions up to 0.1 go by. */
const LOCK = { ...PROCESS, at: 'number', key: 'string', socket: 'string' };

/** In the folder for all windows. `<hash>` is the first 32 hex digits of the SHA-256 of the key. */
const STORAGE = {
  'speaker.json': { ...PROCESS, windowId: 'string' },
  // Versions up to 0.1 have a file `told.<hash>` for each key.
  'notices.json': {
    value: { '<origin>': { ...PROCESS, at: 'number', bootedAt: 'number', byAt: 'null', windowId: 'string' } },
    version: 1,
  },
  'restart.<hash>.lock of "<origin>"': { ...LOCK, daemon: 'string', work: 'string' },
  // Versions up to 0.1 know no file of these; they go by the keys of the same names.
  'restarts.json': { value: GLOBAL.restarts, version: 1 },
  'snoozes.json': { value: GLOBAL.snoozes, version: 1 },
};

/** In dispatchd's folder. */
const STATE_DIR = {
  lock: LOCK,
  'instance.json': {
    argv: ['string'],
    birth: { startedAtMs: 'number' },
    id: 'string',
    pid: 'number',
    port: 'number',
    startedAt: 'string',
    url: 'string',
    version: 1,
  },
  'lifecycle.json': {
    aliveAt: 'number',
    bootId: 'string',
    instanceId: 'string',
    startedAt: 'number',
    upMs: 'number',
    version: 1,
  },
  'sessions/<id>.json': {
    attempt: 'number',
    createdAt: 'number',
    extensionsUsed: 'number',
    id: 'string',
    recovered: 'boolean',
    requestedExtensions: 'number',
    spec: {
      activityExtensionMs: 'number',
      command: 'string',
      cwd: 'string',
      kind: 'string',
      maxExtensions: 'number',
      maxTotalMs: 'number',
      name: 'string',
      resumable: 'boolean',
      timeoutMs: 'number',
      warningStagesMs: [],
    },
    state: {
      bootId: 'string',
      gated: 'boolean',
      instanceId: 'string',
      process: { pid: 'number', startedAtMs: 'number' },
      startedAt: 'number',
      status: 'string',
    },
    turn: 'number',
    version: 1,
  },
};

/** Values become the names of their types, but a version; addresses are one key; entries of one shape are one. */
function shapeOf(value: unknown): unknown {
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    const shapes = value.map(shapeOf);
    const isTuple = typeof value[0] === 'string' && typeof value[1] === 'number';
    return isTuple ? shapes : merged(shapes);
  }
  if (typeof value !== 'object') return typeof value;
  const shape: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    // Only Linux tells them.
    if (key === 'startTicks' || key === 'pidNamespace') continue;
    const name = key.startsWith('http://') ? '<origin>' : key;
    const next: unknown = key === 'version' ? each : shapeOf(each);
    shape[name] = isShape(next) && isShape(shape[name]) ? { ...shape[name], ...next } : next;
  }
  return shape;
}

function isShape(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merged(shapes: readonly unknown[]): unknown[] {
  return [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()];
}

const hash = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 32);
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

describe('the names and formats of what is kept', function () {
  this.timeout(120_000);
  let machine: RecordedMachine;
  let daemon: RealDispatchd;
  let smithies: SmithyProcess[] = [];
  let state: WindowState;
  const storage: Record<string, unknown> = {};
  const stateDir: Record<string, unknown> = {};

  /** A user's day in short, from nothing. */
  before(async () => {
    machine = await RecordedMachine.make();
    const { smithy, otherSmithy, dispatchd } = machine.ports;
    smithies = [
      await new SmithyProcess(machine.project).startAt(smithy),
      await new SmithyProcess(machine.other).startAt(otherSmithy),
    ];
    await smithies[0]!.says({ sessions: [smithySession('e-1'), smithySession('e-2')] });
    const flags = ['--port', String(dispatchd), '--chaos', '--poll-stale-threshold-ms', '1500'];
    daemon = await new RealDispatchd(dispatchdOf('new'), machine.project).start(...flags);
    const folder = join(machine.folder, 'storage');
    mkdirSync(folder);
    const window = await FakeWindow.open({
      extension: installed('new'),
      storage: folder,
      folders: [machine.project],
      usualDaemons: [{ name: 'dispatchd', url: daemon.url, kind: 'dispatchd', pollIntervalMs: 1_000 }],
      answers: [
        { to: 'Restart dispatchd?', press: 'Restart' },
        { to: 'Stop dispatchd?', press: 'Stop' },
        { to: 'Snooze notifications', press: '1 hour' },
      ],
      env: {
        DAEMON_HEALTH_DISCOVERY_PORTS: `${smithy},${otherSmithy}`,
        DISPATCHD_STATE_DIR: daemon.stateDir,
      },
    });
    await window.row('smithy (project)', 'healthy');
    await window.row('2 running');
    await window.row('dispatchd', 'healthy');
    await window.run('runCommand', { command: 'sleep 320', cwd: machine.project, timeoutMs: 600_000 });
    await daemon.untilRunning(1);
    const [session = ''] = sessionFiles(daemon.stateDir);
    stateDir['lock'] = read(join(daemon.stateDir, 'lock'));
    stateDir['instance.json'] = read(join(daemon.stateDir, 'instance.json'));
    stateDir['lifecycle.json'] = read(join(daemon.stateDir, 'lifecycle.json'));
    stateDir['sessions/<id>.json'] = read(session);
    assert.ok(existsSync(join(daemon.stateDir, 'output', `${basename(session, '.json')}.log`)));
    assert.match(readFileSync(join(daemon.stateDir, 'token'), 'utf8'), /^[0-9a-f]{64}\n$/);

    await daemon.post('/api/chaos/hang');
    const told = join(folder, 'notices.json');
    const key = `${daemon.url} problem red`;
    await until(() => existsSync(told) && key in (read(told) as { value: object }).value, 'the wedge');
    const { version, value } = read(told) as { version: number; value: Record<string, unknown> };
    storage['notices.json'] = { version, value: { [key]: value[key] } };
    storage['speaker.json'] = read(join(folder, 'speaker.json'));

    const restarting = window.run('restart', daemon.url);
    const lock = join(folder, `restart.${hash(daemon.url)}.lock`);
    while (!existsSync(lock)) await new Promise((resolve) => setImmediate(resolve));
    storage['restart.<hash>.lock of "<origin>"'] = read(lock);
    await restarting;
    await smithies[0]!.kill();
    await smithies[0]!.startAt(smithy);
    await smithies[0]!.says({ sessions: [smithySession('e-2', { id: 'session-new' })] });
    await window.row('1 not resumed');
    await window.run('snooze', machine.smithyOrigin);
    const { rows } = await window.until('the other smithy', (look) =>
      look.rows.some(({ context }) => context === 'found'),
    );
    await window.run('ignore', rows.find(({ context }) => context === 'found')!.id);
    await window.run('stop', daemon.url);
    await window.row('dispatchd', 'offline');
    // Nothing listens any more a moment before its folder says that it ended in good order.
    await window.until('its end', (look) => JSON.stringify(look.state?.workspace).includes('hasEnded'));
    for (const name of ['restarts.json', 'snoozes.json']) storage[name] = read(join(folder, name));
    ({ state } = await window.close());
  });

  after(async () => {
    await endWindows();
    for (const smithy of smithies) await smithy.kill();
    await daemon?.stop();
    machine?.dispose();
  });

  for (const [what, actual, expected] of [
    ['for all windows', () => state.global, GLOBAL],
    ['for one workspace', () => state.workspace, WORKSPACE],
    ['in the folder for all windows', () => storage, STORAGE],
    ['in the folder of dispatchd', () => stateDir, STATE_DIR],
  ] as const) {
    it(`are these, ${what}`, () => assert.deepEqual(shapeOf(actual()), expected));
  }
});
