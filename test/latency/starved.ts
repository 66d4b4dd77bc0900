import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { wait, withFleet } from './fleet';
import type { Row } from './rows';

const DAEMONS = 10;
/** Longer than an ask may take. */
const STALL_MS = 6_000;
/** Between two of them other asks end. */
const STALL_EVERY_MS = 15_000;

/** Twice as many busy processes as cores, and now and then our own event loop stands still: nobody is dead. */
export async function starved(minutes: number): Promise<readonly Row[]> {
  return withFleet(DAEMONS, {}, async ({ watching }) => {
    const busy = Array.from({ length: 2 * cpus().length }, () =>
      spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
    );
    const beganAt = Date.now();
    try {
      while (Date.now() - beganAt < minutes * 60_000) {
        await wait(STALL_EVERY_MS);
        watching.standStill(STALL_MS);
      }
    } finally {
      for (const child of busy) child.kill('SIGKILL');
    }
    const steps = watching.steps().filter(({ at }) => at >= beganAt);
    const of = `${steps.length} steps of ${DAEMONS} living daemons in ${minutes} min`;
    return [
      {
        what: `starved machine, stalled editor: red, of ${of}`,
        values: [steps.filter(({ isRed }) => isRed).length],
        unit: '',
        wanted: { atMost: 0 },
      },
      {
        what: 'starved machine, stalled editor: told',
        values: [steps.flatMap(({ told }) => told).length],
        unit: '',
        wanted: { atMost: 0 },
      },
    ];
  });
}
