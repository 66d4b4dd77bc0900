/** The core of the product as a window has it, in a process of its own: it watches what it is told and says what it saw. */
import type { HealthEvent } from '../../src/health/advance';
import { severityOf } from '../../src/health/verdict';
import type { Probe } from '../../src/kinds/probe';
import { createProbe } from '../../src/kinds/probe';
import { placeOf } from '../../src/kinds/target';
import { systemClock } from '../../src/app/systemClock';
import { AdoptedDaemons } from '../../src/store/adopted';
import { Discovery } from '../../src/watch/discovery/discovery';
import { isTaken, scan } from '../../src/watch/discovery/scan';
import { Registry } from '../../src/watch/registry';
import { reasonText } from '../../src/words/reasons';
import { MemoryMemento } from '../support/memento';
import type { Seen, WatcherRequest } from './seen';

const send = (seen: Seen) => process.send?.(seen);

process.on('disconnect', () => process.exit());
process.on('message', (request: WatcherRequest) => {
  if (request.do === 'watch') watch(request.origins, request.discovery);
  else standStill(request.forMs);
});

/** As a focused window, with the settings that a user has who only names the daemons. */
function watch(origins: readonly string[], discovery: boolean): void {
  const askMs = new Map<string, number>();
  const registry = new Registry({
    clock: systemClock,
    random: Math.random,
    isFocused: () => true,
    createProbe: (target, kind) =>
      Promise.resolve(timed(placeOf(target), createProbe(target, { kind }), askMs)),
    recall: () => ({}),
    onError: (error) => console.error(error),
  });
  registry.on('stepped', ({ daemon, track }, events) => {
    const origin = placeOf(daemon.target);
    send({
      is: 'step',
      at: Date.now(),
      origin,
      state: track.verdict.state,
      reason: reasonText(track.verdict.reason),
      isRed: severityOf(track.verdict) === 'red',
      hasAnswered: track.sample?.ok === true,
      isRecovering: track.incident?.phase === 'recovering',
      askMs: askMs.get(origin) ?? 0,
      told: events.flatMap((event: HealthEvent) => (event.kind === 'notice' ? event.notice.kind : [])),
    });
  });
  registry.on('change', () => {
    const ports = registry.conflicts.flatMap(({ parties }) => parties.map(({ port }) => port));
    send({ is: 'conflicts', at: Date.now(), ports });
  });
  new Discovery({
    registry,
    clock: systemClock,
    settings: {
      daemonList: () => ({
        raw: origins.map((url) => ({ name: url, url, kind: 'smithy' })),
        configured: true,
        allowRemote: false,
      }),
      hasOwnList: true,
      discovery,
    },
    kept: new AdoptedDaemons(new MemoryMemento(), new MemoryMemento(), console.error),
    recall: () => ({}),
    workspaceFolders: () => [],
    isFocused: () => true,
    scan,
    accepts: isTaken,
    log: console.error,
  }).start();
}

/** Notes how long each ask takes. */
function timed(origin: string, probe: Probe, askMs: Map<string, number>): Probe {
  const ask = probe.ask.bind(probe);
  probe.ask = async () => {
    const startedMs = performance.now();
    const sample = await ask();
    askMs.set(origin, performance.now() - startedMs);
    return sample;
  };
  return probe;
}

/** As an extension does that computes. */
function standStill(forMs: number): void {
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs);
}
