import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DaemonProcess, newStateDir, stopDaemons } from '../support/dispatchd/daemonProcess';
import { plantQueued } from '../support/dispatchd/planted';
import { median } from './measure';
import { extensionDir } from './places';
import { atMost, ms, times, type Part } from './report';

const QUEUED = 10_000;
const STATUS_ROUNDS = 300;
const LATENCY_ROUNDS = 40;
const TASKS = 200;
const WORKERS = 4;
/** Short, so that what is measured is the work and not the wait for the next cycle. */
const INTERVAL_MS = 10;

/** The bundled daemon: what a queue costs its status, and what its care costs a command, against the bare command. */
export async function measureDispatchd(): Promise<Part> {
  const file = join(extensionDir, 'dist', 'dispatchd.js');
  const start = (flags: readonly string[], stateDir = newStateDir()) =>
    DaemonProcess.start(flags, stateDir, {}, file);
  try {
    const full = newStateDir();
    plantQueued(full, QUEUED);
    const idle = ['--workers', '0'];
    const [noneMs, queuedMs] = await statuses([await start(idle), await start(idle, full)]);

    const worker = await start(['--workers', `${WORKERS}`, '--poll-interval-ms', `${INTERVAL_MS}`]);
    const bareMs: number[] = [];
    const taskMs: number[] = [];
    for (let round = 0; round < LATENCY_ROUNDS; round++) {
      bareMs.push(await timed(bare));
      taskMs.push(await timed(() => ended(worker, 1)));
    }
    const bareAllMs = await timed(async () => {
      let left = TASKS;
      await Promise.all(
        Array.from({ length: WORKERS }, async () => {
          while (left-- > 0) await bare();
        }),
      );
    });
    const allMs = await timed(() => ended(worker, TASKS));
    const [latency, bareLatency] = [median(taskMs), median(bareMs)];
    const perSecond = (allOfThemMs: number) => `${((1_000 * TASKS) / allOfThemMs).toFixed(0)} / s`;
    const ratio = queuedMs! / noneMs!;
    return {
      figures: { noneMs, queuedMs, ratio, latency, bareLatency, allMs, bareAllMs },
      tables: [
        {
          title: 'dispatchd',
          method: [
            `Median of ${STATUS_ROUNDS} status requests by turns; median of ${LATENCY_ROUNDS} commands "true" from the request to its end; ${TASKS} of them with ${WORKERS} workers. Cycles every ${INTERVAL_MS} ms.`,
          ],
          head: ['', 'measured', 'against', 'ratio'],
          rows: [
            [`status with ${QUEUED} queued, against none`, ms(queuedMs!), ms(noneMs!), times(ratio)],
            ['one command, against the bare one', ms(latency), ms(bareLatency), times(latency / bareLatency)],
            [
              `${TASKS} commands, against bare ones`,
              perSecond(allMs),
              perSecond(bareAllMs),
              times(allMs / bareAllMs),
            ],
          ],
        },
      ],
      targets: [atMost(`status of dispatchd with ${QUEUED} queued, against none`, 2, ratio, times)],
    };
  } finally {
    await stopDaemons();
  }
}

/** The median of status requests to each daemon, by turns, so that all have the same machine. */
async function statuses(daemons: readonly DaemonProcess[]): Promise<number[]> {
  const took = daemons.map((): number[] => []);
  for (let round = 0; round < STATUS_ROUNDS; round++) {
    for (const [index, daemon] of daemons.entries())
      took[index]!.push(await timed(() => daemon.get('/api/daemon/status')));
  }
  return took.map(median);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

async function bare(): Promise<void> {
  await once(spawn('/bin/sh', ['-c', 'true'], { stdio: 'ignore' }), 'exit');
}

/** Has so many commands run, and waits until nothing waits or runs. */
async function ended(daemon: DaemonProcess, count: number): Promise<void> {
  for (let posted = 0; posted < count; posted++) await daemon.submit({ command: 'true' });
  for (;;) {
    const answer = await daemon.get('/api/daemon/status');
    const { waiting, health } = answer.json<{
      waiting: { count: number };
      health: { busyWorkers: number };
    }>();
    if (waiting.count + health.busyWorkers === 0) return;
  }
}
