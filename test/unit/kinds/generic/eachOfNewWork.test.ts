import assert from 'node:assert/strict';
import { assessLoop } from '../../../../src/health/staleness';
import { proveEach } from '../../../../src/kinds/generic/each';
import { isJudged, itemOf } from '../../../../src/kinds/generic/items';
import type { ProofSetting } from '../../../../src/model/askSetting';
import { FakeTime, HOUR_MS, MINUTE_MS, reportWith } from '../../health/support';

type Thing = Readonly<Record<string, unknown>>;

/** Looks at several things again and again, by a clock that moves only when told. */
class Looks {
  readonly time = new FakeTime();
  #remembered: Parameters<typeof proveEach>[3];

  constructor(private readonly setting: ProofSetting) {}

  look(things: readonly Thing[], afterMs = MINUTE_MS): string {
    this.time.advance(afterMs);
    const { setting } = this;
    const all = things.map(itemOf);
    const items = all.filter((item) => isJudged(item, setting.each!));
    const idle = all.filter((item) => !items.includes(item));
    const { wallAt: nowAt, monotonicMs } = this.time;
    const proven = proveEach(setting, { items, idle }, { nowAt, monotonicMs }, this.#remembered);
    this.#remembered = proven.remembered;
    const loop = assessLoop(
      reportWith({
        progress: proven.signs,
        daemonNow: nowAt,
        pollStaleThresholdMs: setting.redAfterMs,
        malformed: [],
      }),
    );
    return loop.kind === 'unknown' ? loop.why.is : loop.kind;
  }

  ago(ms: number): number {
    return this.time.wallAt - ms;
  }
}

const BUSY: ProofSetting = {
  by: 'time',
  at: 'doneAt',
  redAfterMs: 5 * MINUTE_MS,
  each: { at: 'jobs', name: 'name', where: { state: ['busy'] } },
};

describe('a proof of several things, where one gets work after a long idle time', () => {
  it('counts the wait of that one from when its work was first seen', () => {
    const looks = new Looks(BUSY);
    const doneAt = looks.ago(8 * HOUR_MS);
    const a = (state: string) => ({ name: 'a', state, doneAt });
    const b = { name: 'b', state: 'idle', doneAt };
    assert.equal(looks.look([a('idle'), b]), 'nothingOwed');
    assert.equal(looks.look([b, a('busy')]), 'noSignYet');
    assert.equal(looks.look([a('busy'), b], 4 * MINUTE_MS), 'noSignYet');
    assert.equal(looks.look([a('busy'), b], 2 * MINUTE_MS), 'stale');
  });

  it('takes one that is at work at the first look by what it shows', () => {
    const looks = new Looks(BUSY);
    const doneAt = looks.ago(8 * HOUR_MS);
    assert.equal(looks.look([{ name: 'a', state: 'busy', doneAt }]), 'stale');
    assert.equal(looks.look([{ name: 'a', state: 'busy', doneAt }]), 'stale');
  });

  it('is the same by the value that says so of each', () => {
    const looks = new Looks({ ...BUSY, busy: 'runs', each: { at: 'jobs', name: 'name' } });
    const doneAt = looks.ago(8 * HOUR_MS);
    assert.equal(looks.look([{ name: 'a', runs: false, doneAt }]), 'nothingOwed');
    assert.equal(looks.look([{ name: 'a', runs: true, doneAt }]), 'noSignYet');
    assert.equal(looks.look([{ name: 'a', runs: true, doneAt }], 6 * MINUTE_MS), 'stale');
  });

  it('knows no two of one name apart, and none without a name', () => {
    for (const name of ['same', undefined]) {
      const looks = new Looks(BUSY);
      const doneAt = looks.ago(8 * HOUR_MS);
      const things = (state: string) => [
        { name, state, doneAt },
        { name, state: 'idle', doneAt },
      ];
      assert.equal(looks.look(things('idle')), 'nothingOwed');
      assert.equal(looks.look(things('busy')), 'stale');
    }
  });

  it('knows them by their ids, where these are named', () => {
    const looks = new Looks({ ...BUSY, each: { ...BUSY.each!, sessions: { id: 'id' } } });
    const doneAt = looks.ago(8 * HOUR_MS);
    const things = (state: string) => [
      { id: '1', name: 'same', state, doneAt },
      { id: '2', name: 'same', state: 'idle', doneAt },
    ];
    assert.equal(looks.look(things('idle')), 'nothingOwed');
    assert.equal(looks.look(things('busy')), 'noSignYet');
  });

  it('is by a schedule late from when the run of that one was seen to end', () => {
    const looks = new Looks({
      by: 'due',
      at: 'nextAt',
      busy: 'runningAt',
      redAfterMs: 5 * MINUTE_MS,
      each: { at: 'jobs', name: 'name' },
    });
    const nextAt = looks.ago(2 * HOUR_MS);
    const job = (runningAt: number | null) => [{ name: 'a', nextAt, runningAt }];
    assert.equal(looks.look(job(looks.ago(3 * HOUR_MS))), 'nothingOwed');
    assert.equal(looks.look(job(null)), 'noSignYet');
    assert.equal(looks.look(job(null), 6 * MINUTE_MS), 'stale');
  });
});
