import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Session } from '../../../src/health/report';
import { DuctorState, type DuctorFiles } from '../../../src/kinds/ductor/files';
import type { Place } from '../../../src/kinds/ductor/place';
import { PLACE_WAIT_MS } from '../../../src/kinds/ductor/policy';
import { ListenerFiles } from '../../../src/kinds/ductor/listenerFiles';
import type { Probe } from '../../../src/kinds/probe';
import { workingText } from '../../../src/words/work';
import { ductorProbe } from '../../support/ductorProbe';
import { DUCTOR, FakeDuctor, MAIN_RUNS, agentsAnswer, pythonTime } from '../../support/fakeDuctor';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';
import { reportOf } from '../support';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('the files of a ductor', function () {
  this.timeout(20_000);
  let ductor: FakeDuctor;
  const probes: Probe[] = [];

  beforeEach(async () => {
    ductor = await FakeDuctor.start();
    writeAll();
  });
  afterEach(async () => {
    await Promise.all(probes.splice(0).map((probe) => probe.close()));
    await ductor.stop();
  });

  function writeAll(): void {
    ductor.begin({ agoMs: HOUR_MS });
    ductor.turn(MINUTE_MS);
    ductor.write('named_sessions.json', DUCTOR.files.named);
  }
  const CODER = { name: 'coder', mayWork: true };
  /** Each time as if they were read for the first time. */
  const read = (home = new DuctorState(ductor.home, ductor.port, Date.now)) => home.read([CODER]);
  const UNPLACED = 'tasks: none running · turns: not known';
  const titles = (sessions: readonly Session[] | undefined) => sessions?.map(({ title }) => title);

  /** What a person sees of the work, in one row, once it is known where the files are: a first ask waits a second for that. */
  async function row(): Promise<string> {
    const probe = ductorProbe(ductor);
    probes.push(probe);
    let text = '';
    const isPlaced = async () => (text = workingText(reportOf(await probe.ask()), true)) !== UNPLACED;
    await until(isPlaced, 'the place of its files');
    return text;
  }

  describe('that are there and cannot be read are named', () => {
    const replaced = (make: (path: string) => void) => (file: string) => {
      const path = join(ductor.home, file);
      rmSync(path, { recursive: true, force: true });
      mkdirSync(dirname(path), { recursive: true });
      make(path);
    };
    const damages: Readonly<Record<string, (file: string) => void>> = {
      'a folder': replaced((path) => mkdirSync(path)),
      'a link to itself': replaced((path) => symlinkSync(path, path)),
      'a pipe that nobody writes into': replaced((path) => void execFileSync('mkfifo', [path])),
      'a device that never ends': replaced((path) => symlinkSync('/dev/zero', path)),
      '10 MB': replaced((path) => writeFileSync(path, `{"turns":{}${' '.repeat(10 * 1024 * 1024)}}`)),
      'no permission': replaced((path) => (writeFileSync(path, '{}'), chmodSync(path, 0))),
      nothing: replaced((path) => writeFileSync(path, '')),
      zeros: replaced((path) => writeFileSync(path, Buffer.alloc(300))),
      'brackets in brackets': replaced((path) => writeFileSync(path, `${'['.repeat(4e5)}${']'.repeat(4e5)}`)),
      'the JSON of something else': replaced((path) => writeFileSync(path, '"main"')),
    };
    const rows: readonly [file: string, text: string][] = [
      ['inflight_turns.json', '2 running · turns: not known: inflight_turns.json could not be read'],
      ['named_sessions.json', '1 running · turns: not known: named_sessions.json could not be read'],
      ['startup_state.json', '3 running · startup_state.json could not be read'],
      ['bot.pid', 'tasks: none running · turns: not known: bot.pid could not be read'],
      ['config/config.json', 'tasks: none running · turns: not known: config/config.json could not be read'],
    ];
    for (const [what, damage] of Object.entries(damages)) {
      it(`where in the place of one there is ${what}`, async function () {
        if (process.platform === 'win32') notRun(this, 'no such files on Windows');
        if (what === 'no permission' && process.getuid?.() === 0) notRun(this, 'root may read all files');
        for (const [file, text] of rows) {
          damage(file);
          assert.equal(await row(), text);
          rmSync(join(ductor.home, file), { recursive: true, force: true });
          writeAll();
        }
      });
    }

    it('also those of a sub-agent', async () => {
      const { main } = MAIN_RUNS.body.agents;
      ductor.routes['/interagent/health'] = agentsAnswer({ main, coder: main });
      ductor.endTurns();
      rmSync(join(ductor.home, 'named_sessions.json'));
      const write = ductor.beginAgent('coder', { agoMs: MINUTE_MS });
      const none = 'tasks: none running · turns: none running';
      for (const file of ['inflight_turns.json', 'named_sessions.json', 'startup_state.json']) {
        write(file, '{');
        assert.equal(
          await row(),
          `${none} · turns of coder: not known: agents/coder/${file} could not be read`,
        );
        if (file !== 'startup_state.json') rmSync(join(ductor.home, 'agents', 'coder', file));
      }
    });
  });

  describe('of an agent that does not run tell what still runs', () => {
    for (const status of ['stopped', 'crashed']) {
      it(`while it is ${status}`, async () => {
        const { main } = MAIN_RUNS.body.agents;
        ductor.routes['/interagent/health'] = agentsAnswer({ main, coder: { ...main, status } });
        ductor.endTurns();
        rmSync(join(ductor.home, 'named_sessions.json'));
        assert.equal(await row(), 'none running');
        const write = ductor.beginAgent('coder', { agoMs: 10 * MINUTE_MS });
        const [entry] = Object.values(DUCTOR.files.inflight.turns);
        const turn = (agoMs: number) => ({ ...entry, started_at: pythonTime(Date.now() - agoMs) });
        write('inflight_turns.json', { turns: { 1: turn(MINUTE_MS), 2: turn(20 * MINUTE_MS) } });
        assert.equal(await row(), '1 running', 'the other was left behind by the life before');
        write('inflight_turns.json', '{');
        assert.match(await row(), /turns of coder: not known/);
      });
    }
  });

  describe('are read whatever is in them', () => {
    const isGood = (sessions: readonly Session[]) =>
      sessions.every(
        ({ id, title, startedAt = 0, deadlineAt = 0 }) =>
          id !== '' && title !== '' && title.length <= 80 && Number.isFinite(startedAt + deadlineAt),
      );

    it('and are not believed where a byte or more of them is missing at the end', async () => {
      const turns = DUCTOR.files.inflight;
      const whole: Readonly<Record<string, unknown>> = {
        'inflight_turns.json': {
          turns: { 1: { ...Object.values(turns.turns)[0], started_at: pythonTime(Date.now()) } },
        },
        'named_sessions.json': { sessions: DUCTOR.files.named.sessions.slice(0, 1) },
        'startup_state.json': { boot_id: 'one', started_at: pythonTime(Date.now() - HOUR_MS) },
        'config/config.json': { interagent_port: ductor.port },
      };
      for (const [file, content] of Object.entries(whole)) {
        const text = JSON.stringify(content);
        for (let length = 0; length < text.length; length++) {
          ductor.write(file, text.slice(0, length));
          const found = await read();
          assert.ok(found!.unreadable.includes(file), `${file} cut after ${length}`);
          assert.ok(isGood(found!.turns));
        }
        ductor.write(file, text);
        assert.deepEqual((await read())?.unreadable, []);
      }
    });

    const others = [null, 5, -1, 1e300, 'x', '', [], {}, [null], true];
    const at = (value: unknown, path: readonly string[], other: unknown): unknown => {
      const [first, ...rest] = path;
      if (first === undefined) return other;
      const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
        string,
        unknown
      >;
      copy[first] = at(copy[first], rest, other);
      return copy;
    };
    const paths = (value: unknown): readonly (readonly string[])[] =>
      typeof value !== 'object' || value === null
        ? [[]]
        : [[], ...Object.entries(value).flatMap(([key, each]) => paths(each).map((path) => [key, ...path]))];
    const now = pythonTime(Date.now());
    const files: readonly [file: string, content: unknown, runs: (found: DuctorFiles) => number][] = [
      [
        'inflight_turns.json',
        { turns: { 1: { ...Object.values(DUCTOR.files.inflight.turns)[0], started_at: now } } },
        ({ turns }) => turns.filter(({ id }) => id.startsWith('turn ')).length,
      ],
      [
        'named_sessions.json',
        { sessions: [DUCTOR.files.named.sessions[0]] },
        ({ turns }) => turns.filter(({ id }) => id.startsWith('named ')).length,
      ],
    ];
    for (const [file, content, runs] of files) {
      it(`and nothing that ${file} tells of is lost without a word, whatever type is wrong`, async () => {
        for (const path of paths(content)) {
          for (const other of others) {
            const changed = JSON.stringify(at(content, path, other));
            ductor.write(file, changed);
            const found = (await read())!;
            assert.ok(isGood(found.turns), changed);
            // An empty one says so.
            const isNone = /^\{"(turns":\{\}|sessions":\[\])\}$/.test(changed);
            assert.ok(runs(found) === 1 || isNone || found.unreadable.includes(file), changed);
            assert.equal(found.areTurnsKnown, found.unreadable.length === 0);
          }
        }
      });
    }

    for (const [file, content] of [
      [
        'config/config.json',
        { interagent_port: 1, cli_timeout: 600, api: { port: 1 }, timeouts: { normal: 1 } },
      ],
      ['startup_state.json', DUCTOR.files.startup],
      ['bot.pid', 4711],
    ] as const) {
      it(`and never throw, whatever type is wrong in ${file}`, async () => {
        for (const path of paths(content)) {
          for (const other of others) {
            ductor.write(file, JSON.stringify(at(content, path, other)));
            const found = await read();
            assert.ok(found === undefined || isGood(found.turns));
          }
        }
      });
    }

    it('with what a newer version adds', async () => {
      const more = (value: unknown): unknown =>
        Array.isArray(value)
          ? value.map(more)
          : typeof value === 'object' && value !== null
            ? {
                ...Object.fromEntries(Object.entries(value).map(([key, each]) => [key, more(each)])),
                newer: 1,
              }
            : value;
      const [entry] = Object.values(DUCTOR.files.inflight.turns);
      ductor.write('inflight_turns.json', { turns: { 1: more({ ...entry, started_at: now }) }, version: 2 });
      ductor.write('named_sessions.json', more(DUCTOR.files.named));
      ductor.write(
        'startup_state.json',
        more({ boot_id: 'x', started_at: pythonTime(Date.now() - HOUR_MS) }),
      );
      ductor.write('config/config.json', more({ interagent_port: ductor.port }));
      const found = await read();
      assert.deepEqual(
        [found?.unreadable, titles(found?.turns), found?.instance?.startedAt !== undefined],
        [[], ['migrate the database schema', 'rareant', 'zenseal'], true],
      );
    });
  });

  describe('are looked for', () => {
    const places: Place[] = [];
    let looks = 0;
    const stateOf = (find: () => Promise<Place>) =>
      new ListenerFiles('127.0.0.1', ductor.port, {}, Date.now, find);
    const counted = () => {
      looks++;
      return Promise.resolve(places[Math.min(looks, places.length) - 1]!);
    };
    beforeEach(() => {
      looks = 0;
      places.splice(0, places.length, { homes: [ductor.home] });
    });

    it('once for each process', async () => {
      const state = stateOf(counted);
      for (let poll = 0; poll < 5; poll++) assert.equal((await state.read(1_000))?.turns.length, 3);
      assert.equal(looks, 1);
      // Our own process is as good as any: its number is another one.
      ductor.begin({ pid: process.pid });
      await state.read(1_000);
      await state.read(1_000);
      assert.equal(looks, 2);
      state.forget();
      await state.read(1_000);
      assert.equal(looks, 3);
    });

    it('not at each ask where none is found', async () => {
      places[0] = { homes: [join(ductor.home, 'nothing')] };
      const state = stateOf(counted);
      for (let poll = 0; poll < 5; poll++) assert.equal(await state.read(1_000), undefined);
      assert.equal(looks, 1);
    });

    it('without an ask that waits for it, but the first, for a moment', async () => {
      let found: ((place: Place) => void) | undefined;
      const state = stateOf(() => new Promise((resolve) => (found = resolve)));
      const tookMs = async () => {
        const startedMs = performance.now();
        assert.equal(await state.read(5_000), undefined);
        return performance.now() - startedMs;
      };
      assert.ok((await tookMs()) < PLACE_WAIT_MS + 1_000);
      assert.ok((await tookMs()) < PLACE_WAIT_MS / 2);
      found!({ homes: [ductor.home] });
      await new Promise(setImmediate);
      assert.equal((await state.read(1_000))?.turns.length, 3);
    });
  });
});
