import { at } from '../../support/target';
import assert from 'node:assert/strict';
import { readStatus } from '../../../src/kinds/smithy/status';
import type { Reason } from '../../../src/health/cause';
import type { Report, Sample } from '../../../src/health/report';
import { loadRecording } from '../../fixtures/recordings';
import { FAILURES, FakeTime } from '../health/support';
import { systemClock } from '../../../src/app/systemClock';
import { Monitor } from '../../../src/watch/monitor';
import type { Probe } from '../../../src/kinds/probe';

const DAEMON = {
  name: 'd',
  ...at('http://127.0.0.1:9'),
  pollIntervalMs: 5_000,
  configured: true,
};
const DEPS = { clock: systemClock, random: () => 0.5, isFocused: () => true, onStep: () => undefined };

/** Probes that are made when the test says so, and know whether they are open. */
class Probes {
  made = 0;
  open = 0;
  #release: (() => void) | undefined;
  readonly #held: Promise<void>;

  constructor(isHeld = false) {
    this.#held = isHeld ? new Promise((resolve) => (this.#release = resolve)) : Promise.resolve();
  }

  release(): void {
    this.#release?.();
  }

  readonly create = async (): Promise<Probe> => {
    this.made++;
    await this.#held;
    this.open++;
    return {
      ask: () =>
        Promise.resolve({
          ok: false,
          startedMs: 0,
          failure: { kind: 'refused', cause: { is: 'connectionRefused' } },
        }),
      statusText: () => Promise.resolve('status'),
      close: () => {
        this.open--;
        return Promise.resolve();
      },
    };
  };
}

function monitorOf(probes: Probes): Monitor {
  return new Monitor(DAEMON, {}, { ...DEPS, createProbe: probes.create });
}

describe('the probe of a monitor', () => {
  it('is one, whoever asks first', async () => {
    const probes = new Probes();
    const monitor = monitorOf(probes);
    await Promise.all([monitor.poll(), monitor.statusText()]);
    await monitor.statusText();
    assert.equal(probes.made, 1);
    monitor.dispose();
    await new Promise(setImmediate);
    assert.equal(probes.open, 0);
  });

  it('is not made any more once the daemon is no longer watched', async () => {
    const probes = new Probes();
    const monitor = monitorOf(probes);
    monitor.dispose();
    await assert.rejects(monitor.statusText(), /no longer watched/);
    await monitor.poll();
    assert.equal(probes.made, 0);
  });

  it('is closed although it was still being made then', async () => {
    const probes = new Probes(true);
    const monitor = monitorOf(probes);
    const status = monitor.statusText().catch(() => undefined);
    monitor.dispose();
    probes.release();
    await status;
    await new Promise(setImmediate);
    assert.deepEqual([probes.made, probes.open], [1, 0]);
  });

  it('is tried again when it could not be made', async () => {
    let fails = true;
    const probes = new Probes();
    const monitor = new Monitor(
      DAEMON,
      {},
      {
        ...DEPS,
        createProbe: () => (fails ? Promise.reject(new Error('no chunk')) : probes.create()),
      },
    );
    await assert.rejects(monitor.statusText(), /no chunk/);
    fails = false;
    assert.equal(await monitor.statusText(), 'status');
    monitor.dispose();
  });
});

describe('a monitor whose own event loop stands still', () => {
  type Ask = { readonly answers: boolean; readonly ourLagMs: number };

  /** A monitor whose asks come out like this, one after the other; a poll fails where more are made. */
  function monitorThatSees(asks: Ask[]): Monitor {
    const probe: Probe = {
      ask: () => {
        const { answers, ourLagMs } = asks.shift()!;
        const startedMs = performance.now();
        return Promise.resolve<Sample>(
          answers
            ? { ok: true, startedMs, latencyMs: 2, ourLagMs, report: readRunning() }
            : { ok: false, startedMs, ourLagMs, failure: FAILURES.timeout },
        );
      },
      statusText: () => Promise.resolve(''),
      close: () => Promise.resolve(),
    };
    return new Monitor(DAEMON, {}, { ...DEPS, createProbe: () => Promise.resolve(probe) });
  }

  function readRunning(): Report {
    const { body, headers } = loadRecording('status-running');
    return readStatus(body, Date.parse(headers.date ?? '')) as Report;
  }

  const late = { answers: false, ourLagMs: 6_000 };
  const rows: readonly [
    what: string,
    asks: Ask[],
    left: number,
    streak: number | undefined,
    reason: Reason,
  ][] = [
    [
      'asks again at once, and takes the answer',
      [late, { answers: true, ourLagMs: 0 }],
      0,
      undefined,
      { is: 'loopAdvances' },
    ],
    [
      'asks again at once, and takes the silence',
      [late, { answers: false, ourLagMs: 0 }],
      0,
      1,
      { is: 'notYetAnOutage', cause: FAILURES.timeout.cause },
    ],
    [
      'takes an answer that was read late: it proves life',
      [{ answers: true, ourLagMs: 6_000 }],
      0,
      undefined,
      { is: 'loopAdvances' },
    ],
    [
      'takes a silence that it stood still for no more than a second of',
      [{ answers: false, ourLagMs: 1_000 }],
      0,
      1,
      { is: 'notYetAnOutage', cause: FAILURES.timeout.cause },
    ],
    [
      'after three asks says that it cannot tell',
      [late, late, late, late],
      1,
      undefined,
      { is: 'cannotTell', cause: { is: 'editorStoodStill', stoodStillMs: 6_000 } },
    ],
  ];
  for (const [what, asks, left, streak, reason] of rows) {
    it(what, async () => {
      const monitor = monitorThatSees(asks);
      await monitor.poll();
      monitor.dispose();
      assert.equal(monitor.track.streak?.count, streak);
      assert.deepEqual(monitor.track.verdict.reason, reason);
      assert.equal(asks.length, left, 'asks that were not made');
    });
  }
});

describe('a monitor of a daemon that asks to wait', () => {
  it('leaves it alone when the window gets the focus, and asks it when the user does', async () => {
    const time = new FakeTime();
    let asked = 0;
    const probe: Probe = {
      ask: () => {
        asked++;
        return Promise.resolve({ ok: false, startedMs: time.monotonicMs, failure: FAILURES.untold });
      },
      statusText: () => Promise.resolve(''),
      close: () => Promise.resolve(),
    };
    const monitor = new Monitor(
      DAEMON,
      {},
      { ...DEPS, clock: time, createProbe: () => Promise.resolve(probe) },
    );
    await monitor.focused();
    assert.equal(asked, 1, 'nobody has asked it yet');
    for (const waitMs of [1_000, 58_000]) {
      time.advance(waitMs);
      await monitor.focused();
    }
    assert.equal(asked, 1);
    await monitor.attend();
    assert.equal(asked, 2);
    time.advance(60_000);
    await monitor.focused();
    assert.equal(asked, 3, 'the minute is over');
    monitor.dispose();
  });
});

describe('a monitor whose timer comes late', () => {
  it('counts no failure from before our own stall', async () => {
    const time = new FakeTime();
    const probes = new Probes();
    const remembered = { seenUpAt: time.wallAt };
    const monitor = new Monitor(DAEMON, remembered, { ...DEPS, clock: time, createProbe: probes.create });
    const counts: (number | undefined)[] = [];
    for (const waitMs of [0, 1_000, 1_000, 23_000, 1_000]) {
      time.advance(waitMs);
      await monitor.poll();
      counts.push(monitor.track.streak?.count);
    }
    monitor.dispose();
    assert.deepEqual(counts, [1, 2, 3, 1, 2]);
  });
});

describe('a monitor whose step throws', () => {
  it('says so, and asks again in time', async () => {
    const errors: unknown[] = [];
    const asked: (() => void)[] = [];
    const again = new Promise<void>((resolve) => asked.push(() => undefined, resolve));
    const poison = new Proxy({} as Report, {
      get: () => {
        throw new Error('poison');
      },
    });
    const monitor = new Monitor(
      { ...DAEMON, pollIntervalMs: 20 },
      {},
      {
        ...DEPS,
        onError: (error) => errors.push(error),
        createProbe: () =>
          Promise.resolve({
            ask: () => {
              asked.shift()?.();
              return Promise.resolve({ ok: true, startedMs: 0, latencyMs: 1, report: poison });
            },
            statusText: () => Promise.resolve('status'),
            close: () => Promise.resolve(),
          }),
      },
    );
    await monitor.poll();
    await again;
    monitor.dispose();
    assert.match(String(errors[0]), /poison/);
  });
});
