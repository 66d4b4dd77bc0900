import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Report } from '../../src/health/report';
import { beginTrack, observe } from '../../src/health/track';
import type { Track } from '../../src/health/trackState';
import { explore } from '../../src/kinds/generic/explore';
import { NONE_KNOWN, readFleet, type KnownSeries } from '../../src/kinds/generic/fleet';
import { readVector } from '../../src/kinds/generic/vector';
import { readMetrics } from '../../src/kinds/generic/metrics';
import { toReport } from '../../src/kinds/generic/report';
import { createProbe } from '../../src/kinds/probe';
import { median, ROUNDS } from './measure';
import { atMost, ms, times, type Part } from './report';
import { watch, type Watching } from './watching';
import type { Measured } from './watcher';

const SERIES = 1_000;
const LINES = 5_000;
const DAEMONS = 50;
const WARM_UP = 200;
const REPEATS = 100;
/** Polls of each daemon in a round, back to back. */
const POLLS = 20;
const WARM_UP_POLLS = 40;

/** What daemons of any make cost: what they say is read beside what the runtime itself takes for the text. */
export async function measureGeneric(node: string): Promise<Part> {
  const { series, names, whole } = measureReading();
  const { generic, smithy, ratio } = await compareDaemons(node);
  const isRead = await readsMoreThanItMay();
  const rows: [what: string, base: string, baseMs: number, oursMs: number, ratio: number][] = [
    [
      `${SERIES} series of a fleet, verdict and model included`,
      'JSON.parse',
      series.baseMs,
      series.oursMs,
      series.ratio,
    ],
    [`two named metrics of ${LINES} lines`, 'split', names.baseMs, names.oursMs, names.ratio],
    [`a whole page of ${LINES} lines`, 'split', whole.baseMs, whole.oursMs, whole.ratio],
    [`a poll of ${DAEMONS} generic daemons`, `${DAEMONS} smithies`, smithy, generic, ratio],
  ];
  return {
    figures: Object.fromEntries(
      rows.map(([what, , baseMs, oursMs, times]) => [what, { baseMs, oursMs, times }]),
    ),
    tables: [
      {
        title: 'Daemons of any make',
        method: [
          `Reading: wall time of ${REPEATS} repeats by turns, median of ${ROUNDS}, not drawn, what changes is new each time. Daemons: CPU of`,
          `the built extension, ${POLLS} polls of each back to back, tree hidden.`,
        ],
        head: ['', 'against', 'takes', 'ours', 'ratio'],
        rows: rows.map(([what, base, baseMs, oursMs, of]) => [what, base, ms(baseMs), ms(oursMs), times(of)]),
      },
    ],
    targets: [
      atMost(`reading ${SERIES} series, against JSON.parse`, 3, series.ratio, times),
      atMost(`configured names in a page of ${LINES} lines, against splitting it`, 3, names.ratio, times),
      atMost(`a whole page of ${LINES} lines, against splitting it`, 60, whole.ratio, times),
      atMost('answers over 4 MiB that are read', 0, isRead ? 1 : 0, String, true),
      atMost(`CPU of a poll of ${DAEMONS} generic daemons, against ${DAEMONS} smithies`, 1, ratio, times),
    ],
  };
}

/** What is said, beside what the runtime takes for the text. */
function measureReading() {
  const vector = vectorOf(SERIES);
  const look = fleetReader();
  const page = pageOf(LINES);
  const said = readMetrics(page);
  const series = compare(
    () => JSON.parse(vector),
    () => look(vector),
  );
  const names = compare(
    () => page.split('\n'),
    () => [said.at('app_jobs_done_total', true), said.at('app_queue_waiting{queue="q7"}', true)],
  );
  const whole = compare(
    () => page.split('\n'),
    () => explore(readMetrics(page), Date.now(), { isWritten: false }),
    10,
  );
  return { series, names, whole };
}

/** By turns, so that what disturbs one disturbs the other. */
function compare(base: () => unknown, ours: () => unknown, repeats = REPEATS) {
  const time = (work: () => unknown) => {
    const startedMs = performance.now();
    for (let n = 0; n < repeats; n++) work();
    return (performance.now() - startedMs) / repeats;
  };
  for (let n = 0; n < WARM_UP / REPEATS; n++) {
    time(base);
    time(ours);
  }
  const rounds = Array.from({ length: ROUNDS }, () => ({ base: time(base), ours: time(ours) }));
  return {
    baseMs: median(rounds.map((round) => round.base)),
    oursMs: median(rounds.map((round) => round.ours)),
    ratio: median(rounds.map((round) => round.ours / round.base)),
  };
}

function vectorOf(count: number): string {
  const result = Array.from({ length: count }, (_, n) => ({
    metric: {
      instance: `10.0.${n >> 8}.${n & 255}:9100`,
      job: 'workers',
      zone: n % 3 === 0 ? 'eu-west' : 'us-east',
    },
    value: [1_795_618_798.977, String(1 + (n % 500) + 0.8970000743865967)],
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

/** What a window does with the answer of a Prometheus until there is something to draw. */
function fleetReader(): (body: string) => Track {
  const setting = { rowName: 'worker {{instance}}', value: 'age', redAbove: 600 } as const;
  let known: KnownSeries = NONE_KNOWN;
  let track = beginTrack(true, {}, { wallAt: 0, monotonicMs: 0, uptimeMs: 0 });
  let nowMs = 0;
  return (body) => {
    nowMs += 5_000;
    const vector = readVector(body);
    if ('is' in vector) throw new Error(vector.is);
    const nowAt = vector.at! + nowMs;
    const look = readFleet(setting, known, vector, { nowAt, monotonicMs: nowMs });
    known = look.known;
    const report: Report = toReport(undefined, look.fleet, {
      daemonNow: nowAt,
      pollStaleThresholdMs: 600_000,
    });
    const now = { wallAt: nowMs, monotonicMs: nowMs, uptimeMs: nowMs };
    ({ track } = observe(track, { ok: true, startedMs: nowMs, latencyMs: 1, report }, 0, now));
    if (track.verdict.state !== 'healthy') throw new Error(`the fleet is ${track.verdict.state}`);
    return track;
  };
}

/** As the client libraries write it: a line of help and one of the type before the series of each name. */
function pageOf(lines: number): string {
  const page: string[] = [];
  for (let metric = 0; page.length < lines - 12; metric++) {
    const name = `app_part_${metric}_seconds`;
    page.push(`# HELP ${name} How long part ${metric} took.`, `# TYPE ${name} histogram`);
    for (let le = 0; le < 8; le++)
      page.push(`${name}_bucket{path="/api/${metric}",le="${2 ** le}"} ${le * 17}`);
  }
  page.push('# TYPE app_jobs_done_total counter', 'app_jobs_done_total 1.795e+06');
  for (let queue = 0; queue < 10; queue++) page.push(`app_queue_waiting{queue="q${queue}"} ${queue}`);
  return `${page.join('\n')}\n`;
}

async function compareDaemons(node: string) {
  const kinds = ['generic', 'smithy'] as const;
  const watchings: Watching[] = [];
  const rounds: Record<(typeof kinds)[number], number[]> = { generic: [], smithy: [] };
  try {
    for (const kind of kinds) {
      const spec = { kind, daemons: DAEMONS, sessions: 0, active: 0 };
      watchings.push(await watch(node, spec, { kind: 'extension', treeVisible: false }));
      await watchings.at(-1)!.ask({ do: 'poll', times: WARM_UP_POLLS });
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const [n, kind] of kinds.entries()) {
        const { cpuMs, polls } = await watchings[n]!.ask<Measured>({ do: 'poll', times: POLLS });
        rounds[kind].push(cpuMs / polls);
      }
    }
  } finally {
    for (const { end } of watchings) end();
  }
  return {
    generic: median(rounds.generic),
    smithy: median(rounds.smithy),
    ratio: median(rounds.generic.map((cpuMs, round) => cpuMs / rounds.smithy[round]!)),
  };
}

/** Whether a page that is longer than what is read is read all the same. */
async function readsMoreThanItMay(): Promise<boolean> {
  const page = pageOf(100_000);
  if (page.length <= 4 * 1024 * 1024) throw new Error('the page is too short to be refused');
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const probe = createProbe({ kind: 'http', origin }, { kind: 'generic' });
  try {
    return (await probe.ask()).ok;
  } finally {
    await probe.close();
    server.closeAllConnections();
    server.close();
  }
}
