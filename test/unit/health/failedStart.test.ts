import assert from 'node:assert/strict';
import type { Failure } from '../../../src/health/report';
import { severityOf } from '../../../src/health/verdict';
import { reasonText } from '../../../src/words/reasons';
import { MINUTE_MS, Watch, wedgedReport } from './support';

const WHY = 'the command "sf" was not found on PATH';

/** One that was healthy, ended by a restart, and could not be started again. */
function failed(watch = Watch.healthy()): Watch {
  watch.restart({ restarting: true });
  watch.wait(1_000).fail('refused');
  watch.restart({ restarting: false, proven: false, startFailed: WHY });
  return watch;
}

const seen = ({ track: { verdict } }: Watch) =>
  `${verdict.state} ${severityOf(verdict)}: ${reasonText(verdict.reason)}`;
const OFFLINE = `offline amber: start failed: ${WHY}`;

describe('a start that failed', () => {
  it('leaves the daemon offline, amber and with the reason, at once and from then on', () => {
    const watch = failed();
    assert.equal(seen(watch), OFFLINE);
    for (let poll = 0; poll < 20; poll++) {
      watch.wait(5_000).fail(poll % 3 === 2 ? 'reset' : 'refused');
      assert.equal(seen(watch), OFFLINE);
    }
  });

  it('is not told a second time: its restart has told it', () => {
    const watch = failed();
    watch.repeat(60, MINUTE_MS, () => watch.fail('refused'));
    assert.deepEqual(watch.spoken, []);
  });

  it('ends the incident that the restart was to cure', () => {
    const watch = Watch.healthy();
    watch.wait(5_000).answer(wedgedReport(watch.time, 3 * MINUTE_MS));
    assert.deepEqual(watch.spoken, ['problem wedged']);
    failed(watch);
    assert.equal(seen(watch), OFFLINE);
    assert.equal(watch.track.incident, undefined);
  });

  it('is shown although nothing was asked since the old process ended', () => {
    const watch = Watch.healthy();
    watch.restart({ restarting: true });
    watch.restart({ restarting: false, proven: false, startFailed: WHY });
    assert.equal(seen(watch), OFFLINE, 'the last answer is that of the process that was ended');
  });

  it('is shown of a daemon that was never up, too', () => {
    assert.equal(seen(failed(new Watch())), OFFLINE);
  });

  for (const kind of ['timeout', 'statusHung', 'wrongAnswer'] as const satisfies Failure['kind'][]) {
    it(`does not hide that something listens there (${kind})`, () => {
      const watch = failed();
      assert.notEqual(watch.wait(5_000).fail(kind), 'offline');
      assert.equal(watch.wait(5_000).fail('refused'), 'offline');
      assert.equal(seen(watch), OFFLINE);
    });
  }

  it('is over once the daemon answers, and an outage after that is one', () => {
    const watch = failed();
    assert.equal(watch.wait(5_000).answer(), 'healthy');
    assert.equal(watch.track.startFailed, undefined);
    watch.repeat(3, 5_000, () => watch.fail('refused'));
    assert.equal(watch.state, 'unreachable');
  });

  it('is over once it is started again', () => {
    const watch = failed();
    assert.equal(watch.wait(5_000).restart({ restarting: true }), 'restarting');
    watch.restart({ restarting: false, proven: false });
    assert.equal(watch.track.startFailed, undefined);
  });

  it('is over once it is stopped from here', () => {
    const watch = failed();
    watch.stopByUs();
    watch.wait(5_000).fail('refused');
    assert.equal(seen(watch), 'offline plain: stopped from here');
  });

  it('is plain once it is dismissed, and no outage', () => {
    const watch = failed();
    watch.wait(1_000).fail('refused');
    watch.dismissStartFailure();
    assert.equal(seen(watch), 'offline plain: stopped from here');
    watch.repeat(5, 5_000, () => watch.fail('refused'));
    assert.equal(seen(watch), 'offline plain: stopped from here');
    assert.deepEqual(watch.spoken, []);
  });

  it('is nothing to dismiss where none failed', () => {
    const watch = Watch.healthy();
    assert.equal(watch.dismissStartFailure(), 'healthy');
    assert.equal(watch.track.stoppedByUs, false);
  });

  it('is remembered by the next window, which asks first', () => {
    const watch = new Watch({ seenUpAt: 1, startFailed: WHY });
    assert.equal(seen(watch), 'unverified plain: not asked yet');
    watch.fail('refused');
    assert.equal(seen(watch), OFFLINE);
    const other = new Watch({ seenUpAt: 1, startFailed: WHY });
    assert.equal(other.answer(), 'healthy', 'somebody started it meanwhile');
  });
});
