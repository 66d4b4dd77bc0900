import type { ServerResponse } from 'node:http';
import { AnsweringServer, healthyAnswer } from '../support/answeringServer';
import { withFleet } from './fleet';
import type { Row } from './rows';
import { Watching } from './watching';

const AT_ONCE = 20;
const STALE_AFTER_MS = 20_000;

/** A loop that hangs, and a daemon that says so once a threshold is past. */
export async function wedged(): Promise<readonly Row[]> {
  return withFleet(AT_ONCE, {}, async (fleet) => {
    const values = await fleet.atEachPhase(async (smithy) => {
      await smithy.says({ pollStaleThresholdMs: STALE_AFTER_MS, hangs: true });
      const red = await fleet.watching.step(smithy.url, Date.now(), 'was never red', ({ isRed }) => isRed);
      const status = (await (await fetch(`${smithy.url}/api/daemon/status`)).json()) as {
        health: { lastPollStartedAt: string };
      };
      return red.at - (Date.parse(status.health.lastPollStartedAt) + STALE_AFTER_MS);
    });
    return [
      { what: 'hung loop: red after its threshold', values, unit: 'ms', wanted: { atLeast: 0, atMost: 250 } },
    ];
  });
}

/** What a daemon asks, for how long it is to be observed, and how long there is to be silence: all in seconds. */
const WAITS = [
  { asked: 60, observed: 130, silent: 60 },
  { asked: 3_600, observed: 310, silent: 300 },
] as const;

/** Of each: they are asked by one watcher and cost nothing while they wait. */
const SERVERS = 10;

/** A daemon that is over its limit of requests and asks to wait. */
export async function asksToWait(): Promise<readonly Row[]> {
  return (await Promise.all(WAITS.map(observe))).flat();
}

async function observe({ asked, observed, silent }: (typeof WAITS)[number]): Promise<readonly Row[]> {
  const requestedAt = new Map<AnsweringServer, number[]>();
  for (let n = 0; n < SERVERS; n++) requestedAt.set(await AnsweringServer.start(healthyAnswer), []);
  const servers = [...requestedAt.keys()];
  const watching = Watching.start(servers.map(({ url }) => url));
  try {
    await Promise.all(
      servers.map(({ url }) =>
        watching.step(url, 0, 'was never healthy', ({ state }) => state === 'healthy'),
      ),
    );
    for (const [server, times] of requestedAt) {
      server.become((response: ServerResponse) => {
        times.push(Date.now());
        response.writeHead(429, { 'retry-after': String(asked) }).end();
      });
    }
    const beganAt = Date.now();
    await new Promise((resolve) => setTimeout(resolve, observed * 1e3));
    const silences = [...requestedAt.values()].flatMap((times) =>
      times.slice(1).map((time, index) => (time - times[index]!) / 1e3),
    );
    // Steps since then, all of which are failures.
    const steps = watching.steps().filter(({ at, hasAnswered }) => at >= beganAt && !hasAnswered);
    const others = steps.filter(
      ({ state, reason }) => state !== 'unverified' || !reason.includes('asks to wait'),
    );
    const what = `429, asks to wait ${asked} s`;
    return [
      {
        what: `${what}: between two requests`,
        values: silences,
        unit: 's',
        wanted: { atLeast: silent, atMost: silent + 6 },
      },
      {
        what: `${what}: requests in ${observed} s`,
        values: [...requestedAt.values()].map((times) => times.length),
        unit: '',
        wanted: { atLeast: 1, atMost: Math.ceil(observed / silent) },
      },
      { what: `${what}: steps that do not say so`, values: [others.length], unit: '', wanted: { atMost: 0 } },
    ];
  } finally {
    watching.end();
    await Promise.all(servers.map((server) => server.stop()));
  }
}
