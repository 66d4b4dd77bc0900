import assert from 'node:assert/strict';
import type { DaemonState } from '../../../src/health/states';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { problemText } from '../../../src/words/problemText';
import { freshness } from '../../../src/words/states';
import { verdictText } from '../../../src/words/verdicts';
import { goodReport, HOUR_MS, MINUTE_MS, reportWith, Watch } from '../health/support';
import { by, INTO } from '../ui/intoStates';
import { modelOf, texts } from '../ui/support';

const said = (watch: Watch) => verdictText(modelOf(watch), watch.time.now());
const hoverOf = (watch: Watch) => texts(renderStatus([modelOf(watch)], [], watch.time.now()).tooltip);

describe('how long nobody has answered', () => {
  const goesOn = () => by(INTO.unresponsive(), (watch) => watch.wait(12 * MINUTE_MS).fail('timeout'));

  it('is told once in a hover, by the moment at which it began', () => {
    const hover = hoverOf(goesOn());
    assert.match(hover, /No answer since [\d:]+ \(12 min\)/);
    assert.doesNotMatch(hover, /\b10 s\b/);
  });

  it('is told by that moment in a message, which stays, and in one that reminds', () => {
    const watch = goesOn();
    const { point } = said(watch);
    const text = problemText(modelOf(watch), 'unresponsive', 'still ', watch.time.now());
    assert.equal(text, `smithy is still unresponsive: ${point.toLowerCase()}.`);
  });

  it('begins with the first request that failed, also where later ones fail in another way', () => {
    for (const [state, kind] of [
      ['unresponsive', 'statusHung'],
      ['unreachable', 'reset'],
    ] as const) {
      const watch = INTO[state]();
      const [, before] = /since ([\d:]+)/.exec(said(watch).point)!;
      watch.repeat(20, 30_000, () => watch.fail(kind));
      assert.equal(watch.state, state);
      assert.match(said(watch).point, new RegExp(`since ${before}$`));
    }
  });
});

describe('after the clock was set', () => {
  for (const jumpMs of [HOUR_MS, -HOUR_MS]) {
    for (const state of ['unresponsive', 'unreachable', 'wedged'] as const) {
      it(`all moments are those of the clock as it is: ${state}, ${jumpMs / HOUR_MS} h`, () => {
        const [watch, unset] = [INTO[state](), INTO[state]()];
        watch.time.jumpWall(jumpMs);
        const hours = (text: string) =>
          text.replaceAll(/\b\d\d(?=:\d\d:\d\d)/g, (hour) =>
            String(Number(hour) - jumpMs / HOUR_MS).padStart(2, '0'),
          );
        const { point, when } = said(watch);
        assert.deepEqual([point, when, freshness(modelOf(watch), watch.time.now())].map(hours), [
          said(unset).point,
          said(unset).when,
          freshness(modelOf(unset), unset.time.now()),
        ]);
        assert.equal(hours(hoverOf(watch)), hoverOf(unset));
      });
    }
  }
});

describe('what has gone on for longer than it is known', () => {
  const answered = (watch: Watch, parts: Parameters<typeof goodReport>[1]) =>
    by(watch, () => watch.answer(goodReport(watch.time, parts)));
  const cases: readonly (readonly [what: string, into: () => Watch, state: DaemonState])[] = [
    [
      'a loop that hangs, without its times',
      () => by(new Watch(), (watch) => watch.answer(reportWith({ pollStale: true }))),
      'wedged',
    ],
    [
      'a pause that should be over',
      () =>
        by(new Watch(), (watch) =>
          watch.repeat(12, 5_000, () =>
            watch.answer(
              goodReport(watch.time, {
                pause: { isPaused: true, resumesAt: watch.time.wallAt - 20 * MINUTE_MS },
              }),
            ),
          ),
        ),
      'stuck',
    ],
    ['tasks that are not merged', () => answered(new Watch(), { stuckMerges: 2 }), 'stuck'],
  ];
  for (const [what, into, state] of cases) {
    it(`was noticed at a moment, and is not said to have begun then: ${what}`, () => {
      const watch = into();
      assert.equal(watch.state, state);
      assert.match(said(watch).when, /^noticed \d\d:\d\d:\d\d$/);
    });
  }
});

it('a hover has no seconds that grow old until it is written again, which is with the next poll', () => {
  const silent = by(INTO.unresponsive(), (watch) => watch.wait(13_000).fail('timeout'));
  assert.match(hoverOf(silent), /No answer since [\d:]+\. Noticed/);
  const longSilent = by(silent, (watch) => watch.wait(MINUTE_MS).fail('timeout'));
  assert.match(hoverOf(longSilent), /No answer since [\d:]+ \(1 min\)\. Noticed/);
  const hung = modelOf(INTO.wedged());
  const slowly = { ...hung, daemon: { ...hung.daemon, pollIntervalMs: MINUTE_MS } };
  const hover = texts(renderStatus([slowly], [], INTO.wedged().time.now()).tooltip);
  assert.match(hover, /No cycle since [\d:]+ \(3 min\)\. Noticed/);
});

it('a hang of less than a second has no length', () => {
  const watch = by(new Watch(), (each) =>
    each.answer(goodReport(each.time, { pollStale: true, cycleAgoMs: 400 })),
  );
  assert.equal(watch.state, 'wedged');
  assert.doesNotMatch(hoverOf(watch), /0 ms|0 s/);
});

it('what a daemon says as a sentence ends once', () => {
  const unavailable = { is: 'said', said: 'The repository is gone.' } as const;
  const watch = by(new Watch(), (each) =>
    each.answer(goodReport(each.time, { available: false, unavailable })),
  );
  const now = watch.time.now();
  assert.match(hoverOf(watch), /The repository is gone\.Answering/);
  assert.equal(
    problemText(modelOf(watch), 'unavailable', '', now),
    'smithy is unavailable: The repository is gone.',
  );
});

describe('a hover and a row say nothing twice', () => {
  const paused = (more: object) =>
    by(new Watch(), (watch) =>
      watch.answer(
        goodReport(watch.time, {
          pause: { isPaused: true, resumesAt: watch.time.wallAt + HOUR_MS },
          ...more,
        }),
      ),
    );
  const failed = () =>
    by(Watch.healthy(), (watch) => {
      watch.restart({ restarting: true });
      watch.restart({ restarting: false, proven: false, startFailed: 'exit code 7' });
      watch.wait(1_000).fail('refused');
    });
  const all: Readonly<Record<string, () => Watch>> = {
    ...INTO,
    'paused until a time': () => paused({}),
    'a start that failed': failed,
    recovering: () => by(INTO.wedged(), (watch) => watch.wait(5_000).answer()),
  };
  for (const [what, into] of Object.entries(all)) {
    it(what, () => {
      const watch = into();
      const [model, now] = [modelOf(watch), watch.time.now()];
      const [lines, another] = [linesOf(hoverOf(watch)), verdictText(model, now)];
      assert.deepEqual(twice(lines), []);
      assert.ok(!(another.why ?? '').toLowerCase().includes(another.point.toLowerCase()), another.why);
      const healthy = modelOf(INTO.unresponsive(), 'worse', 3458);
      const inLine = texts(renderStatus([healthy, model], [], now).tooltip)
        .split('smithy')
        .at(-1)!;
      assert.deepEqual(twice(inLine.split(' · ')), []);
    });
  }
});

/** The lines of a hover: the name and the state, then a sentence each. */
function linesOf(hover: string): readonly string[] {
  return hover.replace('smithy', '').split(/\n\n|(?<=\w)\. ?|(?<=[a-z0-9)])(?=[A-Z])/);
}

/** Those that say no more than another one. The first is the state, which its reason may name. */
function twice(lines: readonly string[]): readonly string[] {
  const said = lines.map((line) => line.trim().toLowerCase()).filter((line) => line !== '');
  return said.filter((line, index) =>
    said.some((other, at) => at !== index && other.includes(line) && (index > 0 || other === line)),
  );
}
