import { FALLBACK_TIMEOUT_MS, RECOVERY_HOLD_MS, REQUEST_TIMEOUT_MS } from '../../src/health/policy';
import { fillQueue } from '../support/fullQueue';
import type { SmithyProcess } from '../support/smithyProcess';
import { type Fleet, wait, withFleet } from './fleet';
import type { Row } from './rows';

/** So many at a time: more processes than these want the cores for themselves. */
const AT_ONCE = 25;
const ROUNDS = 2;
const BLOCK_MS = 28_000;
/** Each has a core for itself, so that only one runs at a time. */
const SPINNING = 10;
const SPIN_MS = 60_000;
/** Each begins at another phase of its polls. */
const PHASE_STEP_MS = 500;
/** The poll after the recovery was held for long enough. */
const RECOVERY_SEEN_MS = 6_000;

/** A process that gets no CPU at all. */
export async function frozen(): Promise<readonly Row[]> {
  return withFleet(AT_ONCE, {}, async (fleet) => {
    const redAfterSeconds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      redAfterSeconds.push(
        ...(await fleet.atEachPhase((smithy) => redAfter(fleet, smithy, () => freeze(smithy)))),
      );
      await Promise.all(
        fleet.smithys.map(async (smithy) => {
          const goesOnAt = Date.now();
          process.kill(smithy.pid, 'SIGCONT');
          await fleet.watching.step(smithy.url, goesOnAt, 'is not healthy again', isHealthy);
        }),
      );
    }
    return [
      { what: 'frozen process: red', values: redAfterSeconds, unit: 's', wanted: { median: 20, atMost: 24 } },
      askRow('frozen process', fleet),
    ];
  });
}

/** A process whose event loop stands still, and goes on. */
export async function blocked(): Promise<readonly Row[]> {
  return withFleet(AT_ONCE, {}, async (fleet) => {
    const { watching } = fleet;
    const runs = await fleet.atEachPhase(async (smithy) => {
      const red = redAfter(fleet, smithy, () => smithy.says({ blockForMs: BLOCK_MS }));
      await wait(BLOCK_MS);
      const goesOnAt = Date.now();
      const seconds = await red;
      const good = await watching.step(smithy.url, goesOnAt, 'stays red', ({ isRed }) => !isRed);
      const over = await watching.step(
        smithy.url,
        good.at,
        'recovers for ever',
        (step) => !step.isRecovering,
      );
      return { red: seconds, goodAgain: (good.at - goesOnAt) / 1e3, recovering: (over.at - good.at) / 1e3 };
    });
    const holdSeconds = RECOVERY_HOLD_MS / 1e3;
    return [
      {
        what: 'event loop blocked for 28 s: red',
        values: runs.map(({ red }) => red),
        unit: 's',
        wanted: { median: 20, atMost: 24 },
      },
      {
        what: 'and goes on: no longer red',
        values: runs.map(({ goodAgain }) => goodAgain),
        unit: 's',
        wanted: { atMost: 6 },
      },
      {
        what: 'and recovering for',
        values: runs.map(({ recovering }) => recovering),
        unit: 's',
        wanted: { atLeast: holdSeconds, atMost: holdSeconds + RECOVERY_SEEN_MS / 1e3 },
      },
      askRow('event loop blocked', fleet),
    ];
  });
}

/** A process alone in a busy loop: it runs, on a machine that has a core to spare. One after the other. */
export async function spinning(): Promise<readonly Row[]> {
  return withFleet(SPINNING, {}, async (fleet) => {
    const values: number[] = [];
    for (const [n, smithy] of fleet.smithys.entries()) {
      await wait(n * PHASE_STEP_MS);
      values.push(await redAfter(fleet, smithy, () => smithy.says({ spinForMs: SPIN_MS })));
      await smithy.kill();
    }
    return [
      { what: 'busy loop: red', values, unit: 's', wanted: { median: 20, atMost: 24 } },
      askRow('busy loop', fleet),
    ];
  });
}

/** A process that accepts nothing, and whose kernel drops what asks for a connection. */
export async function fullQueue(): Promise<readonly Row[]> {
  return withFleet(AT_ONCE, { backlog: 1 }, async (fleet) => {
    const waiting: { destroy(): unknown }[] = [];
    const values = await fleet.atEachPhase((smithy) =>
      redAfter(fleet, smithy, async () => {
        freeze(smithy);
        waiting.push(...(await fillQueue(smithy.port)));
      }),
    );
    for (const socket of waiting) socket.destroy();
    return [
      { what: 'accept queue full: red', values, unit: 's', wanted: { median: 20, atMost: 24 } },
      askRow('accept queue full', fleet),
    ];
  });
}

/** Seconds from when that began until the daemon was red. */
async function redAfter(
  fleet: Fleet,
  { url }: SmithyProcess,
  begin: () => Promise<void> | void,
): Promise<number> {
  const beganAt = Date.now();
  await begin();
  const { at } = await fleet.watching.step(url, beganAt, 'was never red', ({ isRed }) => isRed);
  return (at - beganAt) / 1e3;
}

function freeze({ pid }: SmithyProcess): void {
  process.kill(pid, 'SIGSTOP');
}

/** All asks of a part: none is longer than promised, and its timer comes on time. */
function askRow(what: string, { watching }: Fleet): Row {
  const asks = watching.steps().filter(({ hasAnswered }) => !hasAnswered);
  return {
    what: `${what}: one ask without an answer`,
    values: asks.map(({ askMs }) => askMs / 1e3),
    unit: 's',
    wanted: { atMost: (REQUEST_TIMEOUT_MS + FALLBACK_TIMEOUT_MS) / 1e3 },
  };
}

const isHealthy = ({ state }: { readonly state: string }) => state === 'healthy';
