import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DaemonProcess, dispatchdFile, newStateDir, stopDaemons } from './daemonProcess';
import { notRun } from '../notRun';
import { troubledPlace, type Trouble } from './troubles';
import { until } from '../until';

const SEED = Number(process.env['DISPATCHD_TEST_SEED'] ?? Date.now() % 2 ** 31);
/** Of six rounds one is troubled: 50 of 300. */
const TROUBLED_EVERY = 6;
/** How a daemon refuses what it cannot keep or do. */
const REFUSALS = [429, 503, 507];
const FINAL = ['completed', 'failed', 'timed-out', 'cancelled', 'interrupted'];

/** mulberry32: small, seedable, good enough to choose moments. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

interface Task {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly attempt: number;
}

/**
 * A command that keeps a journal of its own life, and says if another run of the same session is alive. One that
 * writes is extended beyond a short deadline, and dies of its lost pipe soon after the daemon; a silent one lives on.
 */
function journalled(dir: string, steps: number, step: 'echo $i' | ':'): string {
  return [
    `cd "${dir}"; s=$DISPATCHD_SESSION_ID`,
    'if [ -e "pid.$s" ]; then case "$(ps -o stat= -p "$(cat "pid.$s")")" in ""|Z*) ;; *) echo "overlap $s" >>journal;; esac; fi',
    'echo $$ >"pid.$s"; echo "begin $s" >>journal',
    `i=0; while [ $i -lt ${steps} ]; do ${step}; sleep 0.02; i=$((i+1)); done`,
    'echo "end $s" >>journal',
  ].join('; ');
}

/**
 * Starts a dispatchd, gives it work, and kills it at a random moment, so many times; then counts what was lost.
 * @param isTroubled whether some rounds have a full disk, an unwritable folder or too few handles
 */
export function testRandomKills(kills: number, isTroubled = false): void {
  before(() => dispatchdFile());
  afterEach(stopDaemons);

  const title = `${kills} random kills${isTroubled ? ', some in trouble' : ''}`;
  it(`loses nothing and runs nothing twice over ${title} (seed ${SEED})`, async function () {
    if (process.platform === 'win32') notRun(this, 'Windows has no POSIX signals');
    const random = randomFrom(SEED);
    const place = isTroubled ? troubledPlace() : undefined;
    const stateDir = place?.stateDir ?? newStateDir();
    const dir = newStateDir();
    const journalFile = join(dir, 'journal');
    appendFileSync(journalFile, '');
    const flags = ['--port', '0', '--poll-interval-ms', '10', '--workers', '4'];

    const accepted = new Map<string, string>();
    const rounds = new Map<string, string>();
    let round = 0;
    const finished = new Map<string, string>();
    const endsWhenFinished = new Map<string, number>();
    const journal = () => readFileSync(journalFile, 'utf8').split('\n').filter(Boolean);
    const begins = (id: string) => journal().filter((line) => line === `begin ${id}`).length;

    const observe = (tasks: readonly Task[]) => {
      const ids = tasks.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, 'a task is listed twice');
      for (const { id, status, attempt } of tasks) {
        assert.ok(attempt <= 3, `${id} was attempted ${attempt} times`);
        const before = finished.get(id);
        if (before !== undefined) assert.equal(status, before, `${id} changed after its end`);
        if (before === undefined && FINAL.includes(status)) {
          finished.set(id, status);
          endsWhenFinished.set(id, begins(id));
        }
      }
    };

    const act = async (daemon: DaemonProcess, trouble: Trouble | undefined) => {
      const kind = ['plain', 'resumable', 'named'][random(3)] ?? 'plain';
      const name = kind === 'named' ? `named-${random(3)}` : kind;
      const answer = await daemon.post('/api/tasks', {
        name,
        command: journalled(dir, 1 + random(40), random(2) === 0 ? 'echo $i' : ':'),
        kind: kind === 'named' ? 'named' : 'foreground',
        resumable: kind === 'resumable',
        ...(random(2) === 0 && {
          timeoutMs: 60 + random(100),
          activityExtensionMs: 50,
          maxExtensions: random(4),
        }),
      });
      if (trouble && REFUSALS.includes(answer.status)) {
        assert.match(answer.json<{ error: { message: string } }>().error.message, /^cannot .*: /);
        return;
      }
      assert.equal(answer.status, 201, answer.text);
      const { id } = answer.json<{ task: Task }>().task;
      accepted.set(id, kind);
      rounds.set(id, `${round}${trouble ? ` with ${trouble}` : ''}`);
      const some = [...accepted.keys()][random(accepted.size)] ?? id;
      if (random(3) === 0) await daemon.post(`/api/sessions/${some}/extend`, { extensionMs: 20 });
      if (random(8) === 0) await daemon.post(`/api/sessions/${some}/cancel`);
      // What the disk refuses is so in memory only, and the status says that the daemon is not available.
      if (!trouble) observe((await daemon.get('/api/tasks')).json<{ tasks: Task[] }>().tasks);
    };

    for (let kill = 0; kill < kills; kill++) {
      round = kill;
      const isTroubledRound = place && kill % TROUBLED_EVERY === TROUBLED_EVERY - 1;
      const trouble = isTroubledRound ? place.troubles[random(place.troubles.length)] : undefined;
      // A part of the troubles is there before the start, a part comes later.
      const isLate = random(2) === 0;
      if (trouble && !isLate) place!.begin(trouble);
      const limits = place?.limits(trouble, 24 + random(30)) ?? {};
      const daemon = await DaemonProcess.spawn(flags, stateDir, {}, limits);
      let dead = false;
      void daemon.exited.then(() => (dead = true));
      // A third dies while it starts or recovers, the others at work.
      const killIn = (delayMs: number) => setTimeout(() => daemon.child.kill('SIGKILL'), delayMs);
      const early = random(3) === 0;
      if (early) killIn(50 + random(300));
      const ready = () => /listening on .*:(\d+)\n/.exec(daemon.stdout)?.[1];
      await until(() => dead || ready(), 'a start or a death', 20_000);
      daemon.port = Number(ready() ?? 0);
      if (!early) killIn(random(250));
      while (!dead && daemon.port) {
        if (trouble && isLate && random(3) === 0) place!.begin(trouble);
        await act(daemon, trouble).catch((error: unknown) => {
          if (error instanceof assert.AssertionError) throw error;
        });
        await new Promise((resolve) => setTimeout(resolve, random(60)));
      }
      const { signal } = await daemon.exited;
      place?.end();
      if (trouble && signal === null) isRefusedStart(daemon);
      else assert.equal(signal, 'SIGKILL', daemon.stderr);
      for (const file of stateFiles(stateDir)) {
        assert.doesNotThrow(() => JSON.parse(readFileSync(file, 'utf8')), `${file} cannot be read`);
      }
    }

    const last = await DaemonProcess.start(['--workers', '8'], stateDir);
    let tasks: Task[] = [];
    await until(
      async () => {
        tasks = (await last.get('/api/tasks')).json<{ tasks: Task[] }>().tasks;
        return tasks.every(({ status }) => FINAL.includes(status));
      },
      'everything to end',
      60_000,
    );
    observe(tasks);

    const { outcomes } = (await last.request('GET', '/api/history', { token: last.token })).json<{
      outcomes: Task[];
    }>();
    for (const each of [outcomes, tasks])
      assert.equal(new Set(each.map(({ id }) => id)).size, each.length, 'listed twice');
    const lines = journal();
    assert.deepEqual(
      lines.filter((line) => line.startsWith('overlap')),
      [],
    );
    const count = (verb: string, id: string) => lines.filter((line) => line === `${verb} ${id}`).length;
    for (const [id, kind] of accepted) {
      const status = finished.get(id);
      const onRecord = outcomes.find((each) => each.id === id)?.status;
      assert.ok(
        status,
        `${id} (${kind}, accepted in round ${rounds.get(id)}) was lost; on record: ${onRecord}`,
      );
      assert.equal(count('begin', id), endsWhenFinished.get(id), `${id} ran again after its end`);
      if (kind === 'plain') assert.ok(count('begin', id) <= 1, `${id} is not resumable and ran twice`);
      if (status === 'completed')
        assert.ok(count('end', id) >= 1, `${id} is called completed and never ended`);
    }
    assert.deepEqual(
      [...readdirSync(stateDir), ...readdirSync(join(stateDir, 'sessions'))].filter((name) =>
        name.includes('corrupt'),
      ),
      [],
    );
    // A command stopped between its last line and its exit counts as interrupted: nobody can tell. That is rare.
    const endedTwice = [...accepted.keys()].filter((id) => count('end', id) > 1).length;
    // Where the disk is full no command can leave word of its end.
    assert.ok(
      endedTwice <= accepted.size / (place ? 5 : 20),
      `${endedTwice} of ${accepted.size} sessions did their work twice`,
    );
    const summary = FINAL.map(
      (status) => `${[...finished.values()].filter((one) => one === status).length} ${status}`,
    );
    console.log(
      `      ${accepted.size} sessions over ${kills} kills: ${summary.join(', ')}; ${endedTwice} ended twice`,
    );
    assert.ok(accepted.size > kills / 4, 'too few sessions to prove anything');
  });
}

/** Where a start fails, that is said in one sentence, and nothing else. */
function isRefusedStart({ stderr }: DaemonProcess): void {
  const said = stderr.split('\n').filter((line) => line !== '' && !/ (INFO|WARN|ERROR) /.test(line));
  // With too few handles Node itself may fail to read the program.
  if (said.some((line) => line.includes('EMFILE'))) return;
  assert.deepEqual([said.length, /^dispatchd: /.test(said[0] ?? '')], [1, true], stderr);
}

function stateFiles(stateDir: string): string[] {
  const sessions = join(stateDir, 'sessions');
  const names = existsSync(sessions) ? readdirSync(sessions).filter((name) => name.endsWith('.json')) : [];
  const single = ['lifecycle.json', 'instance.json']
    .map((name) => join(stateDir, name))
    .filter((file) => existsSync(file));
  return [...single, ...names.map((name) => join(sessions, name))];
}
