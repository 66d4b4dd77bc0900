import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample } from '../../../src/health/report';
import { RestartRecords } from '../../../src/store/restartRecords';
import { Snoozes } from '../../../src/store/snoozes';
import { SpeakerLease } from '../../../src/store/speakerTurn';
import { WorkspaceMemory } from '../../../src/store/workspaceMemory';
import { Notices } from '../../../src/ui/notifications/notices';
import { message } from '../../../src/ui/notifications/notificationsText';
import { stripSvg } from '../../../src/ui/shared/timeline';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { daemonRows, rowHover } from '../../../src/ui/tree/daemonRows';
import type { Row } from '../../../src/ui/tree/row';
import { sessionRows } from '../../../src/ui/tree/sessionRows';
import { Registry } from '../../../src/watch/registry';
import { MemoryMemento } from '../../support/memento';
import { makeStorage, type Storage } from '../../support/storage';
import { until } from '../../support/until';
import { FAILURES, FakeTime, goodReport } from '../health/support';
import { daemon, markdown, texts } from './support';

const DAEMON = daemon('smithy', 3457);
const { id: ID } = DAEMON;
const HOUR_MS = 3_600_000;

type Kept = Readonly<Record<string, unknown>>;

/** One window over what other versions kept, with all that it draws and tells. */
class Window {
  readonly time = new FakeTime();
  readonly told: string[] = [];
  readonly errors: unknown[] = [];
  readonly registry: Registry;
  readonly #opened: { dispose(): void }[] = [];
  readonly #sessions = sessionRows((model) => model.lost ?? []);
  #answers = true;

  constructor(workspace: MemoryMemento, global: MemoryMemento, { deps, folder }: Storage) {
    const wallAt = () => this.time.wallAt;
    const memory = new WorkspaceMemory(workspace, wallAt, deps.log);
    const records = new RestartRecords(global, deps);
    const snoozes = new Snoozes(global, deps, () => undefined, wallAt);
    const lease = new SpeakerLease({ folder, pid: process.pid, log: deps.log, takeoverMs: 50 });
    this.registry = new Registry({
      clock: this.time,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: () =>
        Promise.resolve({
          ask: () => Promise.resolve(this.#sample()),
          statusText: () => Promise.resolve(''),
          close: () => Promise.resolve(),
        }),
      recall: (daemonId) => memory.recall(daemonId),
      restartsOf: (daemonId) => records.of(daemonId),
      snoozeOf: (daemonId, report) => snoozes.of(daemonId, report),
      onError: (error) => this.errors.push(error),
    });
    const notices = new Notices({
      finished: () => 'longOrAway',
      focusedSinceMs: () => undefined,
      clock: this.time,
      current: (daemonId) => this.registry.model(daemonId),
      door: {
        claim: () => undefined,
        withdraw: () => undefined,
        tell: (group) =>
          void lease
            .claim(group, () => true)
            .then((ours) => {
              const mine = group.filter(({ key }) => ours.has(key));
              if (mine.length > 0) this.told.push(message(mine, this.time.now()).text);
            }),
      },
    });
    this.registry.on('stepped', (model, events, watched) => {
      memory.stepped(model, watched);
      for (const event of events) notices.happened(model, event);
    });
    this.registry.on('together', (step) => notices.together(step));
    this.registry.on('change', () => memory.keep(this.registry.models));
    this.#opened.push(records, snoozes, lease, this.registry);
    this.registry.configure({ daemons: [DAEMON], problems: [] });
  }

  /** Asks the daemon once, and draws everything. */
  async look(answers = true): Promise<readonly Row[]> {
    this.#answers = answers;
    this.time.advance(5_000);
    await this.registry.refresh();
    assert.deepEqual(this.errors, []);
    const now = this.time.now();
    const { tooltip, text } = renderStatus(this.registry.models, [], now);
    assert.match(text, /\w/);
    assert.match(texts(tooltip) + markdown(tooltip), /smithy/);
    const rows = this.registry.models.flatMap((model) => {
      if (model.history) assert.match(stripSvg(model.history.segments), /svg/);
      const drawn = daemonRows(model, now, this.#sessions);
      for (const row of drawn) {
        const hover = this.#sessions.hover(row.id, model, now) ?? rowHover(row, model, now);
        assert.match(hover, /\w/);
        assert.doesNotMatch(`${row.label} ${row.description ?? ''} ${hover}`, /undefined|\[object|NaN/);
      }
      return drawn;
    });
    assert.equal(rows[0]?.label, 'smithy');
    return rows;
  }

  dispose(): void {
    for (const one of this.#opened) one.dispose();
  }

  #sample(): Sample {
    const startedMs = this.time.monotonicMs;
    if (!this.#answers) return { ok: false, startedMs, failure: FAILURES.refused };
    return { ok: true, startedMs, latencyMs: 3, report: goodReport(this.time, { sessions: [] }) };
  }
}

describe('a window over what a newer version kept', () => {
  const start = new FakeTime().wallAt;
  const session = { id: 's', title: 'a session', status: 'interrupted' };
  const record = { at: start - HOUR_MS, why: 'wedged', kind: 'cured', text: 'restarted' };
  const span = ['healthy', start - 2 * HOUR_MS, start - HOUR_MS];
  let storage: Storage;
  let window: Window;
  let workspace: MemoryMemento;
  let global: MemoryMemento;
  beforeEach(() => {
    storage = makeStorage();
    workspace = new MemoryMemento();
    global = new MemoryMemento();
  });
  afterEach(() => {
    window.dispose();
    storage.remove();
  });

  async function open(kept: { readonly workspace?: Kept; readonly global?: Kept }): Promise<void> {
    for (const [key, value] of Object.entries(kept.workspace ?? {})) await workspace.update(key, value);
    for (const [key, value] of Object.entries(kept.global ?? {})) await global.update(key, value);
    window = new Window(workspace, global, storage);
  }

  /** It draws while the daemon is up, while nobody reaches the daemon, and afterwards; and it tells of the outage. */
  async function liveThrough(): Promise<readonly Row[]> {
    const rows = await window.look();
    for (let count = 0; count < 6; count++) await window.look(false);
    await until(() => window.told.some((text) => /smithy is unreachable/.test(text)), 'the outage is told');
    for (let count = 0; count < 20; count++) await window.look();
    await until(() => window.told.some((text) => /healthy again/.test(text)), 'the end is told');
    return rows;
  }
  const said = () => storage.log.filter((line) => line.includes('.unreadable'));

  const CASES: readonly (readonly [what: string, key: string, kept: Parameters<typeof open>[0]])[] = [
    [
      'a state in a history',
      'histories',
      { workspace: { histories: { [ID]: [span, ['asleep', start - HOUR_MS, start]] } } },
    ],
    [
      'a history in another form',
      'histories',
      { workspace: { histories: { [ID]: { version: 2, spans: [{ state: 'asleep' }] } } } },
    ],
    [
      'a reason that is no text',
      'daemons',
      { workspace: { daemons: { [ID]: { seenUpAt: start, startFailed: { code: 'exited' } } } } },
    ],
    ['no entry of a daemon', 'daemons', { workspace: { daemons: { [ID]: null } } }],
    ['no daemons', 'daemons', { workspace: { daemons: null } }],
    [
      'a name of an instance that is no text',
      'lives',
      { workspace: { lives: { [ID]: { id: { of: 'x' } } } } },
    ],
    ['no instance', 'lives', { workspace: { lives: { [ID]: null } } }],
    [
      'a folder of an instance that is no text',
      'lives',
      { workspace: { lives: { [ID]: { id: 'x', stateDir: [] } } } },
    ],
    [
      'a session whose folder is no text',
      'lostWork',
      {
        workspace: { lostWork: { [ID]: [{ foundAt: start, session: { ...session, cwd: { path: '/' } } }] } },
      },
    ],
    [
      'a session whose end is no text',
      'lostWork',
      {
        workspace: {
          lostWork: { [ID]: [{ foundAt: start, session: { ...session, outcome: { code: 1 } } }] },
        },
      },
    ],
    ['no restarts', 'restarts', { global: { restarts: null } }],
    ['a number of restarts', 'restarts', { global: { restarts: { [ID]: 5 } } }],
    [
      'a state that a restart was to cure',
      'restarts',
      { global: { restarts: { [ID]: [{ ...record, why: 'asleep' }, record] } } },
    ],
    [
      'an outcome of a restart',
      'restarts',
      {
        global: {
          restarts: {
            [ID]: [
              { ...record, kind: 'postponed' },
              { ...record, text: { code: 'x' } },
            ],
          },
        },
      },
    ],
    ['a kind of snooze', 'snoozes', { global: { snoozes: { [ID]: { kind: 'untilCalm' } } } }],
    ['a snooze in another form', 'snoozes', { global: { snoozes: { [ID]: [{ kind: 'until' }] } } }],
  ];

  for (const [what, key, kept] of CASES) {
    it(`draws, tells and does not throw: ${what}, in ${key}`, async () => {
      await open(kept);
      await liveThrough();
      assert.equal(said().length, 1, storage.log.join('\n'));
      assert.ok(said()[0]!.includes(`${key}.unreadable`));
      assert.ok((workspace.get(`${key}.unreadable`) ?? global.get(`${key}.unreadable`)) !== undefined);
    });
  }

  it('draws what it can read of that', async () => {
    await open({
      workspace: {
        daemons: { [ID]: { seenUpAt: start, mood: 'calm' } },
        histories: { [ID]: [span, ['asleep', start - HOUR_MS, start]] },
        lostWork: {
          [ID]: [
            { foundAt: start, session: { ...session, status: 'suspended' } },
            { foundAt: start, session },
          ],
        },
      },
      global: { restarts: { [ID]: [{ ...record, why: 'asleep' }, record] } },
    });
    const rows = await window.look();
    const of = (key: string) => rows.find(({ id }) => id === `${ID}#${key}`);
    assert.match(of('history')?.description ?? '', /^no problems · 1 h watched/);
    assert.equal(of('restarts')?.children.length, 1);
    assert.equal(of('interrupted')?.description, '1 not resumed');
  });

  for (const [name, value] of [
    ['restarts', { [ID]: [{ ...record, why: 'asleep', kind: 'postponed' }, null, 7, record] }],
    ['restarts', { [ID]: { newest: record } }],
    ['snoozes', { [ID]: { kind: 'untilCalm', untilAt: { of: 'x' } } }],
    [
      'notices',
      {
        [`${ID} problem unreachable`]: { at: start, windowId: 'x', pid: 1, byAt: 'later', state: 'asleep' },
        odd: null,
      },
    ],
  ] as const) {
    it(`draws, tells and does not throw where all windows share that: ${JSON.stringify(value).slice(0, 60)}`, async () => {
      writeFileSync(join(storage.folder, `${name}.json`), JSON.stringify({ version: 1, value }));
      await open({});
      await liveThrough();
    });
  }
});
