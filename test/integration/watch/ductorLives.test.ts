import assert from 'node:assert/strict';
import { played, type Step } from '../../support/ductorLife';
import { DuctorHouse, titleOf, type DuctorWindow } from '../../support/ductorWindow';

/** The lives before the one that is looked at in the end lie so far back that no file's time is in doubt. */
const LONG_AGO_MS = 600_000;

describe('the lives of a ductor', function () {
  this.timeout(30_000);
  let house: DuctorHouse;
  let window: DuctorWindow;

  beforeEach(() => (house = new DuctorHouse()));
  afterEach(() => house.close());

  /** A life with a turn, a named session and a task, and a window that has seen them. */
  async function working(): Promise<void> {
    const life = await house.begin({ agoMs: LONG_AGO_MS });
    life.turn('long refactoring');
    life.named('vastpike');
    life.task('nightly lint');
    window = await house.open().look();
    assert.equal(window.watched.instance?.sessions.length, 3);
  }

  /** Plays steps, and looks after those of these names. */
  async function seeing(steps: readonly Step[], seen: readonly string[] | 'all'): Promise<void> {
    for (const { name, play } of steps) {
      await play();
      if (seen === 'all' || seen.includes(name)) await window.look(1_000);
    }
  }

  const ALL_THREE = ['long refactoring', 'nightly lint', 'vastpike'];

  describe('that are ended in good order', () => {
    const rows: readonly (readonly [what: string, seen: readonly string[] | 'all'])[] = [
      ['where every step is seen', 'all'],
      ['where none is', []],
      ['where it is seen to say that it stops', ['main says stopped']],
      ['where it is seen half-way', ['vastpike is idle']],
      ['where it is seen at its last moment', ['task 36d19e43 is over']],
      ['where only its silence is seen', ['is gone']],
      ['where the next is seen while it starts', ['vastpike is idle', 'listens', 'main runs']],
    ];
    for (const [what, seen] of rows) {
      it(`tell of all their work, ${what}`, async () => {
        await working();
        await seeing(house.life.end(), seen);
        await seeing(house.next().start(), seen);
        await window.look(1_000);
        await window.look(15_000);
        assert.deepEqual(window.news, ['restart: 0 resumed, 3 interrupted']);
        assert.deepEqual(window.interrupted.toSorted(), ALL_THREE);
      });
    }

    it('tell of the work of a sub-agent, which ends first', async () => {
      const life = await house.begin({ agoMs: LONG_AGO_MS, subAgents: ['coder'] });
      life.turn('review', { agent: 'coder' });
      life.task('nightly lint', { agent: 'coder' });
      life.named('vastpike');
      window = await house.open().look();
      await seeing(life.end(), 'all');
      await seeing(house.next({ subAgents: ['coder'] }).start(), 'all');
      await window.look(15_000);
      assert.deepEqual(window.news, ['restart: 0 resumed, 3 interrupted']);
      assert.deepEqual(window.interrupted.toSorted(), ['coder: review', 'nightly lint', 'vastpike']);
    });

    it('do not tell of what ended before: a task that was cancelled, a turn that was done', async () => {
      await working();
      const done = house.life.turn('a question', { chat: 1_002 });
      await window.look();
      done();
      house.life.cancel();
      await window.look();
      await seeing(house.life.end(), 'all');
      await seeing(house.next().start(), 'all');
      await window.look(15_000);
      assert.deepEqual(window.news, ['restart: 0 resumed, 2 interrupted']);
      assert.deepEqual(window.interrupted.toSorted(), ['long refactoring', 'vastpike']);
    });

    it('do not tell of a sub-agent that was stopped alone long before', async () => {
      const life = await house.begin({ agoMs: LONG_AGO_MS, subAgents: ['coder'] });
      const done = life.turn('review', { agent: 'coder' });
      window = await house.open().look();
      life.stopAgent('coder');
      done();
      await window.look(1_000);
      await window.look(61_000);
      await seeing(life.end(), 'all');
      await seeing(house.next().start(), 'all');
      await window.look(15_000);
      assert.deepEqual(window.interrupted, []);
    });
  });

  describe('that are killed', () => {
    it('tell once what is resumed, and not before it is: messages to chats are slow', async () => {
      await working();
      house.life.turn('second chat', { chat: 1_002 });
      house.life.named('rareant');
      await window.look();
      await house.life.kill();
      await window.look(1_000);
      const rest = await played(house.next().start(), 'tells of turn 1002');
      await window.look(1_000);
      assert.deepEqual(window.news, [], 'none of the named sessions is back yet');
      await seeing(rest, 'all');
      await window.look(1_000);
      assert.deepEqual(window.news, ['restart: 2 resumed, 3 interrupted']);
      assert.deepEqual(window.interrupted.toSorted(), ['long refactoring', 'nightly lint', 'second chat']);
    });

    it('tell of two named sessions of which one is resumed later, where no turn ran', async () => {
      const life = await house.begin({ agoMs: LONG_AGO_MS });
      life.named('vastpike');
      life.named('rareant');
      window = await house.open().look();
      await life.kill();
      const rest = await played(house.next().start(), 'resumes vastpike');
      await window.look(1_000);
      await seeing(rest, 'all');
      await window.look(1_000);
      assert.deepEqual(window.news, ['restart: 2 resumed, 0 interrupted']);
    });

    it('are told after ten seconds, where what was resumed does not show', async () => {
      await working();
      await house.life.kill();
      await played(house.next().start(), 'main notes its start');
      await window.look(1_000);
      assert.deepEqual(window.news, []);
      await window.look(11_000);
      assert.deepEqual(window.news, ['restart: 0 resumed, 3 interrupted']);
    });

    it('are told by the next window where none was open, once, and listed', async () => {
      await working();
      await window.close();
      await house.life.kill();
      await house.begin();
      window = await house.open().look();
      await window.look(1_000);
      assert.deepEqual(window.news, ['restart: 1 resumed, 2 interrupted']);
      assert.deepEqual(window.interrupted.toSorted(), ['long refactoring', 'nightly lint']);
      const third = await house.open().look();
      assert.deepEqual(third.news, []);
      assert.deepEqual(third.interrupted.toSorted(), ['long refactoring', 'nightly lint']);
    });

    it('are told as a reboot after one', async () => {
      await working();
      await window.close();
      await house.life.kill();
      await house.begin({ bootId: 'another boot' });
      window = await house.open().look();
      await window.look(1_000);
      assert.deepEqual(window.news, ['reboot: 1 resumed, 2 interrupted']);
    });

    it('are not told by the next window where nothing ran', async () => {
      await house.begin({ agoMs: LONG_AGO_MS });
      await (await house.open().look()).close();
      await house.life.kill();
      await house.begin();
      window = await house.open().look();
      assert.deepEqual(window.news, []);
    });

    it('tell the next window of no work that must have ended long before', async () => {
      house.clock.wait(-10 * 3_600_000);
      const life = await house.begin();
      life.turn('long refactoring');
      life.named('vastpike');
      const early = house.open();
      await early.look();
      assert.equal(early.watched.instance?.sessions.length, 2);
      await early.close();
      await life.kill();
      house.clock.wait(10 * 3_600_000);
      house.forget();
      await house.begin();
      window = await house.open().look();
      await window.look(15_000);
      assert.deepEqual(window.news, []);
    });
  });

  describe('that are stopped', () => {
    it('leave it stopped, and nothing is told until it answers again', async () => {
      await working();
      await seeing(house.life.end(), 'all');
      await window.lookOn();
      assert.equal(window.state, 'stopped');
      await window.lookOn();
      assert.equal(window.state, 'stopped');
      assert.deepEqual(window.notices, []);
      await house.begin();
      await window.look();
      assert.equal(window.state, 'unverified');
    });

    it('leave it stopped in the next window, too', async () => {
      await working();
      await seeing(house.life.end(), 'all');
      await window.look(1_000);
      await window.close();
      window = await house.open().lookOn();
      assert.equal(window.state, 'stopped');
      assert.deepEqual(window.notices, []);
    });

    it('are not what a crash of the main agent is, which removes its number too', async () => {
      await working();
      await house.life.crash();
      await window.lookOn();
      assert.equal(window.state, 'unreachable');
    });

    it('are not what a kill is in the middle of its end', async () => {
      await working();
      await played(house.life.end(), 'vastpike is idle');
      await window.look();
      assert.equal(window.state, 'stopped');
      await house.life.kill();
      await window.lookOn();
      assert.equal(window.state, 'unreachable');
    });
  });

  describe('whose turn runs out of time', () => {
    const config = { timeouts: { normal: 95, max_extensions: 3 } };

    it('tell that once, as assumed, and list it', async () => {
      const life = await house.begin({ agoMs: 90_000, config });
      life.turn('silent turn');
      window = await house.open().look();
      await window.look(5_100);
      assert.deepEqual(window.timedOut, []);
      life.timeOut(95);
      await window.look(200);
      await window.look(1_000);
      assert.deepEqual(window.timedOut, ['silent turn (assumed)']);
      assert.deepEqual(
        (window.model.lost ?? []).map((session) => [titleOf(session), session.status]),
        [['silent turn', 'timed-out']],
      );
    });

    it('tell nothing where the turn is done before', async () => {
      const life = await house.begin({ agoMs: 90_000, config });
      const done = life.turn('quick turn');
      window = await house.open().look();
      done();
      await window.look(1_000);
      await window.look(10_000);
      assert.deepEqual(window.timedOut, []);
    });

    it('tell nothing where the daemon ends', async () => {
      const life = await house.begin({ agoMs: 90_000, config });
      life.turn('silent turn');
      window = await house.open().look();
      await seeing(life.end(), 'all');
      await seeing(house.next().start(), 'all');
      await window.look(15_000);
      assert.deepEqual(window.timedOut, []);
      assert.deepEqual(window.interrupted, ['silent turn']);
    });
  });
});
