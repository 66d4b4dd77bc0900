import assert from 'node:assert/strict';
import { SEVERITY } from '../../../src/health/states';
import { SimulatedSmithy } from './simulatedSmithy';
import { DAY_MS, FakeTime, HOUR_MS, MINUTE_MS, SECOND_MS, Watch } from './support';

interface Scene {
  readonly time: FakeTime;
  readonly smithy: SimulatedSmithy;
  readonly watch: Watch;
  /** While false the windows are not focused. */
  focused: boolean;
}

type Script = readonly (readonly [at: string, act: (scene: Scene) => void])[];

/** "1:02:03" after the beginning, in ms. */
function clock(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
}

function words(ms: number): string {
  const whole = Math.floor(ms / SECOND_MS);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/**
 * Plays a script against a smithy, polled as the monitor polls, for so long. Gives what the log and the user get:
 * "0:01:02 → wedged", "0:01:02 ! problem wedged".
 */
function play(
  script: Script,
  lastsMs: number,
  prepare?: (scene: Scene) => void,
): { lines: string[]; scene: Scene; polls: number } {
  const time = new FakeTime();
  const beginMs = time.uptimeMs;
  const scene: Scene = { time, smithy: new SimulatedSmithy(time), watch: new Watch({ time }), focused: true };
  prepare?.(scene);
  const { watch, smithy } = scene;
  const lines: string[] = [];
  const pending = [...script];
  const passedMs = () => time.uptimeMs - beginMs;
  let polls = 0;
  let [heardTransitions, heardNotices] = [0, 0];

  const listen = () => {
    for (; heardTransitions < watch.transitions.length; heardTransitions++) {
      lines.push(`${words(passedMs())} → ${watch.transitions[heardTransitions]!.to}`);
    }
    for (; heardNotices < watch.notices.length; heardNotices++) {
      const { notice } = watch.notices[heardNotices]!;
      lines.push(`${words(passedMs())} ! ${notice.kind} ${notice.state}`);
    }
  };

  while (passedMs() < lastsMs) {
    watch.observe(smithy.poll());
    polls++;
    listen();
    const delayMs = watch.nextDelayMs({ focused: scene.focused, random: (polls % 10) / 10 });
    let leftMs = delayMs;
    for (let next = pending[0]; next && clock(next[0]) <= passedMs() + leftMs; next = pending[0]) {
      pending.shift();
      const untilMs = Math.max(0, clock(next[0]) - passedMs());
      time.advance(untilMs);
      smithy.run();
      next[1](scene);
      listen();
      leftMs = Math.max(0, leftMs - untilMs);
    }
    time.advance(leftMs);
    smithy.run();
  }
  assert.deepEqual(pending, [], 'the whole script was played');
  return { lines, scene, polls };
}

describe('a whole day', () => {
  it('of a healthy daemon says nothing', () => {
    const { lines, polls } = play([], DAY_MS);
    assert.deepEqual(lines, ['0:00:00 → starting', '0:00:05 → healthy']);
    assert.ok(polls > 17_000 && polls <= 17_280, `${polls} polls`);
  });

  it('of a healthy daemon without focus, with a clock a day off, says nothing and asks a third as often', () => {
    const { lines, polls } = play([], DAY_MS, (scene) => {
      scene.focused = false;
      scene.smithy.skewMs = -DAY_MS;
    });
    assert.deepEqual(lines, ['0:00:00 → starting', '0:00:13 → healthy']);
    assert.ok(polls > 5_500 && polls < 6_500, `${polls} polls`);
  });

  it('with a natural wedge flapping for hours is one incident, reminded hourly, recovered once', () => {
    const { lines } = play(
      [
        // Two workers whose agents never start hold each cycle for 2 × 120 s; 4.7 s later the next one starts.
        ['1:00:00', ({ smithy }) => void (smithy.cycleMs = 240_300)],
        ['3:30:00', ({ smithy }) => void (smithy.cycleMs = 8)],
      ],
      5 * HOUR_MS,
    );
    assert.deepEqual(
      lines.filter((line) => line.includes('!')),
      [
        '1:01:05 ! problem wedged',
        '2:01:05 ! reminder wedged',
        '3:01:10 ! reminder wedged',
        '3:31:40 ! recovered wedged',
      ],
    );
    // From 1:00:05 on a cycle starts every 245 s, the last of the slow ones at 3:27:05.
    const states = lines.slice(2).filter((line) => line.includes('→'));
    assert.deepEqual(
      states.map((line) => line.split('→ ')[1]),
      Array.from({ length: 37 }, () => ['wedged', 'healthy']).flat(),
    );
  });

  it('in which the loop hangs for good is red within 250 ms of the threshold, until it is restarted', () => {
    const { lines, scene } = play(
      [
        ['2:00:00', ({ smithy }) => void (smithy.cycleMs = Infinity)],
        ['2:30:00', ({ watch }) => void watch.restart({ restarting: true })],
        ['2:30:01', ({ smithy }) => void (smithy.http = 'refuses')],
        ['2:30:04', ({ smithy }) => smithy.restart()],
        ['2:30:12', ({ watch }) => void watch.restart({ restarting: false, proven: true })],
      ],
      4 * HOUR_MS,
    );
    assert.deepEqual(lines.slice(2), [
      '2:01:05 → wedged',
      '2:01:05 ! problem wedged',
      '2:30:00 → restarting',
      '2:30:12 → healthy',
    ]);
    const lateMs = scene.watch.notices[0]!.atMs - clock('2:01:05');
    assert.ok(lateMs > 0 && lateMs <= 250, `${lateMs} ms`);
  });

  it('in which the first cycle after a restart by hand hangs', () => {
    const { lines } = play(
      [
        ['1:00:01', ({ smithy }) => void (smithy.http = 'refuses')],
        [
          '1:00:04',
          ({ smithy }) => {
            smithy.restart();
            smithy.cycleMs = Infinity;
          },
        ],
      ],
      2 * HOUR_MS,
    );
    assert.deepEqual(lines.slice(2), [
      '1:00:01 → notAnswering',
      '1:00:04 → starting',
      '1:01:04 → wedged',
      '1:01:04 ! problem wedged',
    ]);
  });

  it('with restarts by hand that take three seconds says nothing', () => {
    const restartIn = (_: unknown, index: number): Script => [
      [`0:${10 * (index + 1)}:00`, ({ smithy }) => void (smithy.http = 'refuses')],
      [`0:${10 * (index + 1)}:03`, ({ smithy }) => smithy.restart()],
    ];
    const script = Array.from({ length: 20 }, restartIn).flat();
    const { lines } = play(script, 4 * HOUR_MS);
    assert.deepEqual(
      lines.filter((line) => line.includes('!') || /un(reachable|responsive)|wedged/.test(line)),
      [],
    );
  });

  it('with the laptop closed at noon and over night raises no alarm', () => {
    const nap =
      (ms: number, options = {}) =>
      ({ time }: Scene): void =>
        time.sleep(ms, options);
    const { lines } = play(
      [
        ['2:00:00', nap(HOUR_MS)],
        ['4:00:00', nap(20 * MINUTE_MS, { monotonicStands: false })],
        ['6:00:00', nap(14 * HOUR_MS)],
      ],
      DAY_MS,
    );
    assert.deepEqual(
      lines.filter((line) => line.includes('!') || SEVERITY[line.split('→ ')[1] as 'healthy'] !== 'plain'),
      [],
    );
    assert.match(lines.at(-1)!, /healthy$/);
  });

  it('with a daemon that died in its sleep is red within three polls of waking', () => {
    const { lines } = play(
      [
        [
          '2:00:00',
          ({ time, smithy }) => {
            time.sleep(8 * HOUR_MS);
            smithy.http = 'refuses';
          },
        ],
      ],
      12 * HOUR_MS,
    );
    assert.deepEqual(lines.slice(2), [
      '10:00:02 → notAnswering',
      '10:00:12 → unreachable',
      '10:00:12 ! problem unreachable',
      '11:00:35 ! reminder unreachable',
    ]);
  });

  it('with clocks set to and fro changes nothing that speaks', () => {
    const jump =
      (ms: number) =>
      ({ time }: Scene): void =>
        time.jumpWall(ms);
    const { lines } = play(
      [
        ['0:20:00', jump(HOUR_MS)],
        ['0:40:00', jump(-2 * HOUR_MS)],
        ['1:00:01', jump(DAY_MS)],
        ['1:20:03', jump(-DAY_MS)],
      ],
      2 * HOUR_MS,
    );
    assert.deepEqual(
      lines.filter((line) => line.includes('!') || SEVERITY[line.split('→ ')[1] as 'healthy'] !== 'plain'),
      [],
    );
  });

  it('with faults of every kind says each of them once', () => {
    const http =
      (value: SimulatedSmithy['http']) =>
      ({ smithy }: Scene) =>
        void (smithy.http = value);
    const { lines } = play(
      [
        // One lost answer.
        ['0:59:58', http('refuses')],
        ['1:00:03', http('answers')],
        // An event loop blocked for 20 s, then for minutes.
        ['2:00:00', http('never answers')],
        ['2:05:00', http('answers')],
        // A status that hangs while /api/health answers.
        ['3:00:00', http('status hangs')],
        ['3:02:00', http('answers')],
        // The process is gone for a while.
        ['4:00:00', http('refuses')],
        ['4:10:00', ({ smithy }) => smithy.restart()],
        // Another service takes the port for 8 s, then for a minute.
        ['5:00:00', http('is another service')],
        ['5:00:08', http('answers')],
        ['6:00:00', http('is another service')],
        ['6:01:00', http('answers')],
        // No worker for half an hour; the last ten of it the loop hangs as well.
        ['7:00:00', ({ smithy }) => void (smithy.stuck = true)],
        ['7:20:00', ({ smithy }) => void (smithy.cycleMs = 600_000)],
        ['7:29:00', ({ smithy }) => void (smithy.cycleMs = 8)],
        ['7:31:00', ({ smithy }) => void (smithy.stuck = false)],
        // Somebody stops it, and starts it again two hours later.
        ['8:00:00', ({ smithy }) => void (smithy.isRunning = false)],
        ['10:00:00', ({ smithy }) => void (smithy.isRunning = true)],
      ],
      11 * HOUR_MS,
    );
    assert.deepEqual(
      lines.filter((line) => line.includes('!')),
      [
        '2:00:21 ! problem unresponsive',
        '2:05:36 ! recovered unresponsive',
        '3:00:19 ! problem unresponsive',
        '3:02:40 ! recovered unresponsive',
        '4:00:11 ! problem unreachable',
        '4:10:37 ! recovered unreachable',
        '6:00:10 ! problem wrongAnswer',
        '6:01:30 ! recovered wrongAnswer',
        '7:00:11 ! problem stuck',
        '7:21:05 ! problem wedged',
        '7:31:30 ! recovered stuck',
      ],
    );
    assert.deepEqual(lines.slice(-3), ['8:00:00 → stopped', '10:00:03 → unverified', '10:00:08 → healthy']);
  });
});
