import assert from 'node:assert/strict';
import { clockTime } from '../../../src/base/time';
import type { Signs } from '../../../src/health/progress';
import { proofOf } from '../../../src/health/proof';
import type { Report } from '../../../src/health/report';
import { problemText } from '../../../src/words/problemText';
import { modelOf } from '../ui/support';
import { MINUTE_MS, reportWith, SECOND_MS, Watch } from './support';

const LIMIT_MS = 5 * MINUTE_MS;

/** What a daemon of any make says whose last sign is so old. */
function saying(watch: Watch, signs: Partial<Omit<Signs, 'kind'>> & { readonly agoMs?: number }): Report {
  const { agoMs, ...rest } = signs;
  const daemonNow = watch.time.wallAt;
  const provenAt = agoMs === undefined ? undefined : daemonNow - agoMs;
  const progress: Signs = {
    kind: 'signs',
    by: 'time',
    ...(provenAt !== undefined && { provenAt, owedSinceAt: provenAt }),
    ...rest,
  };
  return reportWith({ kind: 'any', progress, daemonNow, pollStaleThresholdMs: LIMIT_MS });
}

describe('a daemon whose user named a proof of progress', () => {
  it('is healthy by its sign, red without one, and over it after 30 s of good answers', () => {
    const watch = new Watch();
    assert.equal(watch.answer(saying(watch, { agoMs: MINUTE_MS })), 'healthy');
    watch.wait(5_000);
    assert.equal(watch.answer(saying(watch, { agoMs: 6 * MINUTE_MS })), 'wedged');
    assert.equal(watch.reasonInWords, 'no progress: the time that proves progress is older than 5 min');
    watch.wait(5_000);
    watch.answer(saying(watch, { agoMs: SECOND_MS }));
    assert.ok(watch.track.incident, 'it may come back');
    for (let ms = 0; ms <= 40_000; ms += 5_000) watch.wait(5_000).answer(saying(watch, { agoMs: SECOND_MS }));
    assert.equal(watch.state, 'healthy');
    assert.equal(watch.track.incident, undefined);
  });

  it('is told with what proves that, and of no poll cycle', () => {
    const watch = new Watch();
    watch.answer(saying(watch, { agoMs: 6 * MINUTE_MS }));
    const model = modelOf(watch, 'scheduler');
    const now = watch.time.now();
    assert.equal(
      problemText(model, 'wedged', '', now).replace(clockTime(now.wallAt - 6 * MINUTE_MS, now.wallAt), 'AT'),
      'scheduler is wedged: the daemon answers, but has shown no progress since AT: the time that proves progress is older than 5 min.',
    );
  });

  it('is asked again when its sign will be too old, and not an interval later', () => {
    const watch = new Watch();
    watch.answer(saying(watch, { agoMs: LIMIT_MS - 2_000 }));
    assert.ok(watch.nextDelayMs() < 2_500, `${watch.nextDelayMs()} ms`);
  });

  it('is not healthy where it owes nothing and its sign is old', () => {
    const watch = new Watch();
    const daemonNow = watch.time.wallAt;
    const progress: Signs = { kind: 'signs', by: 'counter', provenAt: daemonNow - 6 * MINUTE_MS };
    assert.equal(
      watch.answer(reportWith({ kind: 'any', progress, daemonNow, pollStaleThresholdMs: LIMIT_MS })),
      'unverified',
    );
  });

  it('is not red at once after the machine slept, and is after as long as a sign may take', () => {
    const watch = new Watch();
    watch.answer(saying(watch, { agoMs: SECOND_MS }));
    watch.time.sleep(60 * MINUTE_MS);
    watch.wait(5_000);
    assert.equal(watch.answer(saying(watch, { agoMs: 61 * MINUTE_MS })), 'unverified');
    watch.wait(4 * MINUTE_MS);
    assert.equal(watch.answer(saying(watch, { agoMs: 65 * MINUTE_MS })), 'unverified');
    watch.wait(2 * MINUTE_MS);
    assert.equal(watch.answer(saying(watch, { agoMs: 67 * MINUTE_MS })), 'wedged');
  });

  it('says that it stops in words of its own, and has no poll loop', () => {
    const watch = new Watch();
    assert.equal(watch.answer({ ...saying(watch, { agoMs: 0 }), isRunning: false }), 'stopped');
    assert.equal(watch.reasonInWords, 'the daemon says that work is stopped, or stops');
  });

  describe('is proven to be restarted', () => {
    const before = (watch: Watch) => saying(watch, { agoMs: SECOND_MS });
    const after = (watch: Watch, signs: Parameters<typeof saying>[1]) =>
      proofOf(before(new Watch()), { ok: true, report: saying(watch.wait(10_000), signs) }, 'gone').is;

    it('by a sign that is newer than the old process', () => {
      assert.equal(after(new Watch(), { agoMs: SECOND_MS }), 'proven');
    });
    it('and not by one that the old process wrote', () => {
      assert.equal(after(new Watch(), { agoMs: 11_000 }), 'notYet');
    });
    it('and never by a schedule that is kept, since nothing may be due for long', () => {
      assert.equal(after(new Watch(), { by: 'due', agoMs: 0 }), 'newButUntold');
    });
    it('nor where there is nothing to do', () => {
      assert.equal(after(new Watch(), { by: 'counter' }), 'newButUntold');
    });
  });
});
