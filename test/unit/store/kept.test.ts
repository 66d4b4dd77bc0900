import assert from 'node:assert/strict';
import type { Memento } from 'vscode';
import type { History } from '../../../src/health/history';
import { rememberedInstance } from '../../../src/health/keptLife';
import type { DaemonModel, Remembered } from '../../../src/model/daemonModel';
import { AdoptedDaemons } from '../../../src/store/adopted';
import { RecentCommands } from '../../../src/store/recentCommands';
import { RestartRecords } from '../../../src/store/restartRecords';
import { Snoozes } from '../../../src/store/snoozes';
import { WorkspaceMemory } from '../../../src/store/workspaceMemory';
import { MemoryMemento } from '../../support/memento';
import { makeStorage, type Storage } from '../../support/storage';
import { Watch } from '../health/support';
import { modelOf } from '../ui/support';

/** Of `A` something hostile is kept; what is kept of `B` is good. */
const [A, B] = [modelOf(Watch.healthy()).daemon.id, modelOf(Watch.healthy(), 'b', 3470).daemon.id];
const NOW = 1_772_438_400_000;
const wallAt = () => NOW;

function seenIn({ history: _, lost: __, ...seen }: Remembered): Remembered {
  return seen;
}

/** One store over what is kept under one key. */
interface Opened {
  /** All that is used. */
  use(): unknown;
  /** This version has something of its own to keep of `A`, or at the head of a list. */
  write(): unknown;
}

interface Kept {
  readonly key: string;
  readonly open: (state: Memento, storage: Storage) => Opened;
  /** An entry that every version reads. */
  readonly good: unknown;
  /** What this version makes of the good entry alone. */
  readonly used: unknown;
  /** Entries of a newer version, or damaged ones. */
  readonly bad: readonly unknown[];
}

const model = { ...modelOf(Watch.healthy()), history: historyOf('healthy') } as DaemonModel;

function historyOf(state: 'healthy' | 'wedged'): History {
  return { spans: [{ state, fromAt: NOW - 1_000, toAt: NOW }], segments: [], summary: { is: 'notWatched' } };
}

const SESSION = { id: 's', title: 'a session', status: 'interrupted' };
const RECORD = { at: 5, why: 'wedged', kind: 'cured', text: 'restarted' } as const;

/** What is kept of each daemon, under its id. */
const OF_DAEMONS: readonly Kept[] = [
  {
    key: 'daemons',
    open: (state, { deps }) => {
      const memory = new WorkspaceMemory(state, wallAt, deps.log);
      return {
        use: () => [A, B].map((id) => seenIn(memory.recall(id))),
        write: () => memory.keep([model]),
      };
    },
    good: { seenUpAt: NOW - 1_000, startFailed: 'exit code 7' },
    used: { seenUpAt: NOW - 1_000, startFailed: 'exit code 7' },
    bad: [[], { seenUpAt: 'now' }, { stoppedByUs: 1 }, { startFailed: { code: 'exited' } }],
  },
  {
    key: 'histories',
    open: (state, { deps }) => {
      const memory = new WorkspaceMemory(state, wallAt, deps.log);
      return {
        use: () => [A, B].map((id) => memory.recall(id).history?.spans),
        write: () => memory.keep([model]),
      };
    },
    good: [['wedged', NOW - 9_000, NOW - 1_000]],
    used: [{ state: 'wedged', fromAt: NOW - 9_000, toAt: NOW - 1_000 }],
    bad: [
      {},
      [null],
      [['asleep', NOW - 9_000, NOW]],
      [['constructor', NOW - 9_000, NOW]],
      [['healthy', '1', NOW]],
      [['healthy', NOW]],
      [{ state: 'healthy', fromAt: NOW, toAt: NOW }],
    ],
  },
  {
    key: 'lives',
    open: (state, { deps }) => {
      const memory = new WorkspaceMemory(state, wallAt, deps.log);
      return {
        use: () => [A, B].map((id) => memory.recall(id).instance?.report.instance),
        write: () => memory.stepped(model, { instance: rememberedInstance({ id: 'now' }), lost: [] }),
      };
    },
    good: { id: 'life', stateDir: '/state' },
    used: { id: 'life', stateDir: '/state' },
    bad: [[], {}, { id: 7 }, { id: null }, { id: 'x', stateDir: 7 }, { id: { of: 'x' } }],
  },
  {
    key: 'series',
    open: (state, { deps }) => {
      // Of a daemon that nobody has seen for a day nothing is recalled.
      void state.update('daemons', { [A]: { seenUpAt: NOW }, [B]: { seenUpAt: NOW } });
      const memory = new WorkspaceMemory(state, wallAt, deps.log);
      const series = [{ key: 'instance="now"', name: 'now' }];
      return {
        use: () => [A, B].map((id) => memory.recall(id).series?.[0] && memory.recall(id).series),
        write: () =>
          memory.stepped(
            { ...model, track: { ...model.track, series: { all: [], kept: series } } },
            { instance: undefined, lost: [] },
          ),
      };
    },
    good: [
      { key: 'instance="a"', name: 'a', goneAt: NOW - 1_000 },
      { key: 'instance="b"', name: 'b' },
    ],
    used: [
      { key: 'instance="a"', name: 'a', goneAt: NOW - 1_000 },
      { key: 'instance="b"', name: 'b' },
    ],
    bad: [{}, [null], [{ key: 7, name: 'a' }], [{ key: 'a' }], [{ key: 'a', name: 'a', goneAt: 'now' }]],
  },
  {
    key: 'lostWork',
    open: (state, { deps }) => {
      const memory = new WorkspaceMemory(state, wallAt, deps.log);
      const lost = [{ session: { ...SESSION, id: 'now' }, foundAt: NOW }];
      return {
        use: () => [A, B].map((id) => memory.recall(id).lost?.[0] && memory.recall(id).lost),
        write: () => memory.stepped(model, { instance: undefined, lost }),
      };
    },
    good: [{ session: SESSION, foundAt: NOW }],
    used: [{ session: SESSION, foundAt: NOW }],
    bad: [
      {},
      [null],
      [{}],
      [{ session: null, foundAt: NOW }],
      [{ session: { ...SESSION, status: 'suspended' }, foundAt: NOW }],
      [{ session: { ...SESSION, cwd: 7 }, foundAt: NOW }],
      [{ session: { ...SESSION, outcome: { code: 'x' } }, foundAt: NOW }],
      [{ session: SESSION, foundAt: NOW, database: {} }],
    ],
  },
  {
    key: 'restarts',
    open: (state, { deps }) => {
      const records = new RestartRecords(state, deps);
      return {
        use: () => [A, B].map((id) => (records.of(id).length > 0 ? records.of(id) : undefined)),
        write: () => records.add(A, { ...RECORD, at: NOW }),
      };
    },
    good: [RECORD],
    used: [RECORD],
    bad: [
      {},
      [null],
      [{}],
      [{ ...RECORD, why: 'asleep' }],
      [{ ...RECORD, why: '__proto__' }],
      [{ ...RECORD, kind: 'postponed' }],
      [{ ...RECORD, kind: { is: 'cured' } }],
      [{ ...RECORD, text: undefined, outcome: { code: 'cured' } }],
    ],
  },
  {
    key: 'snoozes',
    open: (state, { deps }) => {
      const snoozes = new Snoozes(state, deps, () => undefined, wallAt);
      return {
        use: () => [A, B].map((id) => snoozes.of(id, undefined)),
        write: () => snoozes.set(A, { kind: 'until', untilAt: NOW + 1 }),
      };
    },
    good: { kind: 'until', untilAt: NOW + 1_000 },
    used: { kind: 'until', untilAt: NOW + 1_000 },
    bad: [[], {}, { kind: 'until' }, { kind: 'until', untilAt: 'soon' }, { kind: 'untilCalm' }],
  },
];

const adoption = (part: 'adopted' | 'retired') => ({
  key: `discovery`,
  open: (state: Memento, { deps }: Storage): Opened => {
    const kept = new AdoptedDaemons(state, new MemoryMemento(), deps.log);
    return { use: () => kept.adoption[part], write: () => kept.keep(kept.adoption) };
  },
  wrap: (list: unknown) => ({ [part]: list }),
});
const ADOPTED = { name: 'smithy', kind: 'smithy', origin: 'http://127.0.0.1:3458', database: '/a.db' };

/** Lists of what is kept, whatever it is of. */
const LISTS: readonly (Kept & { readonly wrap?: (list: unknown) => unknown; readonly what: string })[] = [
  {
    ...adoption('adopted'),
    what: 'discovery.adopted',
    good: ADOPTED,
    used: ADOPTED,
    bad: [
      {},
      { ...ADOPTED, origin: 'nowhere' },
      { ...ADOPTED, origin: 'http://127.0.0.1:3458/path' },
      { ...ADOPTED, kind: { id: 'smithy' } },
      { ...ADOPTED, name: undefined },
      { ...ADOPTED, database: 7 },
      { ...ADOPTED, movedFromPort: '3457' },
    ],
  },
  {
    ...adoption('retired'),
    what: 'discovery.retired',
    good: 'http://localhost:3457',
    used: 'http://localhost:3457',
    bad: [{}, { origin: 'http://localhost:3457' }],
  },
  {
    key: 'ignoredDaemons',
    what: 'ignoredDaemons',
    open: (state, { deps }) => {
      const kept = new AdoptedDaemons(new MemoryMemento(), state, deps.log);
      return { use: () => kept.ignored, write: () => kept.ignore('smithy /b.db') };
    },
    good: 'smithy /a.db',
    used: 'smithy /a.db',
    bad: [{}, { identity: 'smithy /a.db' }],
  },
  {
    key: 'recentCommands',
    what: 'recentCommands',
    open: (state, { deps }) => {
      const recent = new RecentCommands(state, deps.log);
      return { use: () => recent.all, write: () => recent.add({ command: 'new', timeoutMs: 1 }) };
    },
    good: { command: 'make', cwd: '/a', timeoutMs: 60_000 },
    used: { command: 'make', cwd: '/a', timeoutMs: 60_000 },
    bad: [
      {},
      { command: ['make'], timeoutMs: 1 },
      { command: 'make' },
      { command: 'm', timeoutMs: 1, cwd: {} },
    ],
  },
];

/** So deep that nobody can write it as JSON. */
function deep(depth = 100_000): object {
  let value = {};
  for (let at = 0; at < depth; at++) value = { value };
  return value;
}

const NO_ENTRY: readonly unknown[] = [null, 7, true];
const ODD: readonly (readonly [what: string, value: unknown])[] = [
  ['a deep object', deep()],
  ['a long text', 'x'.repeat(100_000)],
  ['a long list', Array.from({ length: 2_000 }, () => null)],
  ['many entries', Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`http://h:${at}`, null]))],
  ['keys of Object', JSON.parse('{"__proto__": {"id": "x"}, "constructor": null, "toString": 7}')],
];
const named = (value: unknown) => (JSON.stringify(value) ?? 'undefined').slice(0, 80);

describe('the memory of a workspace', () => {
  it('keeps nothing of a demo', async () => {
    const state = new MemoryMemento();
    const memory = new WorkspaceMemory(state, wallAt, () => undefined);
    const demo = { ...model, daemon: { ...model.daemon, demo: { folder: '/x' } } };
    const session = { ...SESSION, status: 'running' };
    memory.stepped(demo, {
      instance: undefined,
      lost: [{ session, foundAt: NOW }],
    });
    memory.keep([demo]);
    await memory.flush();
    const kept = state.keys().map((key) => state.get(key));
    assert.doesNotMatch(JSON.stringify(kept), /127\.0\.0\.1/);
    memory.keep([model]);
    assert.match(JSON.stringify(state.keys().map((key) => state.get(key))), /127\.0\.0\.1/);
  });
});

describe('what is kept for the next window', () => {
  let state: MemoryMemento;
  let storage: Storage & { readonly log: string[] };
  beforeEach(() => {
    state = new MemoryMemento();
    storage = makeStorage() as typeof storage;
  });
  afterEach(() => storage.remove());

  const aside = (key: string) => state.get<readonly unknown[]>(`${key}.unreadable`);

  for (const { key, open, good, used, bad } of OF_DAEMONS) {
    describe(`under ${key}`, () => {
      for (const entry of [...NO_ENTRY, 'text', ...bad]) {
        it(`is used without an entry that cannot be read: ${named(entry)}`, async () => {
          await state.update(key, { [A]: entry, [B]: good });
          const opened = open(state, storage);
          const [ofA, ofB] = opened.use() as unknown[];
          assert.ok(ofA === undefined || JSON.stringify(ofA) === '{}', JSON.stringify(ofA));
          assert.deepEqual(ofB, used);
          assert.equal(storage.log.length, 1, storage.log.join('\n'));
          assert.ok(storage.log[0]!.includes(`${key}.unreadable`));
          await opened.write();
          assert.equal(storage.log.length, 1, storage.log.join('\n'));
          assert.deepEqual(aside(key), [{ [A]: entry }]);
          const next = open(state, storage).use() as unknown[];
          assert.ok(next[0], 'what this version kept of the one');
          assert.deepEqual(next[1], used, 'what was kept of the other');
        });
      }

      it('keeps an entry that cannot be read where it is, until there is another one', async () => {
        await state.update(key, { [B]: 7, [A]: good });
        await open(state, storage).write();
        assert.equal(state.get<Record<string, unknown>>(key)![B], 7);
      });

      for (const raw of [...NO_ENTRY, 'text', [good]]) {
        it(`is nothing where it cannot be read: ${named(raw)}`, async () => {
          await state.update(key, raw);
          const opened = open(state, storage);
          const found = opened.use() as unknown[];
          assert.ok(found.every((each) => each === undefined || JSON.stringify(each) === '{}'));
          assert.equal(storage.log.length, 1, storage.log.join('\n'));
          await opened.write();
          assert.deepEqual(aside(key), [raw]);
          assert.ok((open(state, storage).use() as unknown[])[0]);
        });
      }

      for (const [what, value] of ODD) {
        it(`throws nothing and loses nothing good where it is, or holds, ${what}`, async () => {
          for (const raw of [
            value,
            { [A]: value, [B]: good },
            { ...(typeof value === 'object' && value), [B]: good },
          ]) {
            state = new MemoryMemento();
            storage.log.length = 0;
            await state.update(key, raw);
            const opened = open(state, storage);
            const [, ofB] = opened.use() as unknown[];
            if (raw !== value) assert.deepEqual(ofB, used);
            assert.ok(storage.log.length <= 1, storage.log.join('\n'));
            await opened.write();
            assert.ok((opened.use() as unknown[])[0]);
          }
        });
      }
    });
  }

  for (const { key, what, open, good, used, bad, wrap = (list: unknown) => list } of LISTS) {
    describe(`under ${what}`, () => {
      for (const item of [...NO_ENTRY, ...bad]) {
        it(`is used without an item that cannot be read: ${named(item)}`, async () => {
          await state.update(key, wrap([item, good]));
          const opened = open(state, storage);
          assert.deepEqual(opened.use(), [used]);
          assert.equal(storage.log.length, 1, storage.log.join('\n'));
          await opened.write();
          assert.deepEqual(aside(key), [[item]]);
          assert.ok((open(state, storage).use() as unknown[]).some((each) => named(each) === named(used)));
        });
      }

      for (const list of [...NO_ENTRY.slice(1), 'text', { good }]) {
        it(`is nothing where it cannot be read: ${named(list)}`, async () => {
          await state.update(key, wrap(list));
          const opened = open(state, storage);
          assert.deepEqual(opened.use(), []);
          assert.equal(storage.log.length, 1, storage.log.join('\n'));
          await opened.write();
          assert.deepEqual(aside(key), [wrap(list)]);
        });
      }

      for (const [name, value] of ODD) {
        it(`throws nothing and loses nothing good where it is, or holds, ${name}`, async () => {
          for (const [raw, hasGood] of [
            [value, false],
            [wrap(value), false],
            [wrap([value, good]), true],
          ] as const) {
            state = new MemoryMemento();
            storage.log.length = 0;
            await state.update(key, raw);
            const opened = open(state, storage);
            const found = opened.use() as unknown[];
            assert.equal(
              found.some((each) => named(each) === named(used)),
              hasGood,
            );
            assert.ok(storage.log.length <= 1, storage.log.join('\n'));
            await opened.write();
          }
        });
      }
    });
  }

  it('keeps what a newer version keeps beside what was adopted', async () => {
    await state.update('discovery', { adopted: [], retired: [], declined: ['x'] });
    const kept = new AdoptedDaemons(state, new MemoryMemento(), storage.deps.log);
    await kept.keep({ adopted: [], retired: ['http://localhost:3457'] });
    assert.deepEqual(state.get('discovery'), {
      adopted: [],
      retired: ['http://localhost:3457'],
      declined: ['x'],
    });
    assert.deepEqual(storage.log, []);
  });
});
