import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOLD_MAX } from '../../../src/store/policy';
import { SpeakerLease, type SpeakerLeaseOptions, type Span } from '../../../src/store/speakerTurn';
import type { AllTold, Told, ToldFor } from '../../../src/store/toldEntries';
import { until } from '../../support/until';

const WINDOWS = 5;
const always = () => true;

class Window extends SpeakerLease {
  /** A group of one. */
  async maySpeak(key: string, stillWanted: () => boolean, toldFor?: ToldFor): Promise<boolean> {
    return (await this.claim([{ key, ...(toldFor !== undefined && { toldFor }) }], stillWanted)).has(key);
  }
}

describe('the say among several windows', () => {
  let folder: string;
  let opened: Window[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-lease-'));
    opened = [];
  });
  afterEach(() => {
    for (const each of opened) each.dispose();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  // Longer than a window needs for the file on a busy machine.
  const window = (options: Partial<SpeakerLeaseOptions> = {}) => {
    const each = new Window({ folder, pid: process.pid, takeoverMs: 500, ...options });
    opened.push(each);
    return each;
  };

  const file = () => join(folder, 'notices.json');
  const readTold = () => (JSON.parse(readFileSync(file(), 'utf8')) as { value: AllTold }).value;
  const writeTold = (value: object) => writeFileSync(file(), JSON.stringify({ version: 1, value }));

  interface Written {
    readonly startedAtMs: number;
    readonly startTicks?: number;
  }

  /** Another window has the focus. */
  const rewriteSpeaker = (change: (written: Written) => object) => {
    const written = JSON.parse(readFileSync(join(folder, 'speaker.json'), 'utf8')) as Written;
    writeFileSync(join(folder, 'speaker.json'), JSON.stringify({ ...written, ...change(written) }));
  };

  /** Another window told what was told. */
  const rewriteTold = (change: (told: Told & Written) => object) =>
    writeTold(
      Object.fromEntries(
        Object.entries(readTold()).map(([key, told]) => [
          key,
          { ...told, ...change(told as Told & Written) },
        ]),
      ),
    );

  /** Its process had the same number, and began earlier. */
  const bornEarlier = ({ startedAtMs, startTicks }: Written) => ({
    startedAtMs: startedAtMs - 60_000,
    ...(startTicks !== undefined && { startTicks: startTicks - 1 }),
  });

  /** Time passes over what has been told. */
  const agedBy = (ms: number) => rewriteTold(({ at }) => ({ at: at - ms }));

  it('is had by exactly one of five for each thing to tell', async () => {
    const windows = Array.from({ length: WINDOWS }, () => window());
    for (const key of ['a wedged', 'a recovered', 'b wedged']) {
      const said = await Promise.all(windows.map((each) => each.maySpeak(key, always)));
      assert.equal(said.filter(Boolean).length, 1, key);
    }
  });

  it('is had by the window with the focus, whoever asks first', async () => {
    const windows = Array.from({ length: WINDOWS }, () => window());
    await windows[3]!.take();
    const said = await Promise.all(windows.map((each) => each.maySpeak('wedged', always)));
    assert.deepEqual(said, [false, false, false, true, false]);
  });

  it('moves with the focus', async () => {
    const [first, second] = [window(), window()];
    await first.take();
    await second.take();
    const said = await Promise.all([first, second].map((each) => each.maySpeak('wedged', always)));
    assert.deepEqual(said, [false, true]);
  });

  it('is taken over from a window that has the focus but does not speak', async () => {
    const [hung, other] = [window(), window()];
    await hung.take();
    assert.equal(await other.maySpeak('wedged', always), true);
    assert.equal(await hung.maySpeak('wedged', always), false);
  });

  it('is taken over at once from a window that crashed', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await window({ pid }).take();
    let asked = false;
    const other = window({ takeoverMs: 60_000 });
    assert.equal(await other.maySpeak('wedged', () => (asked = true)), true);
    assert.equal(asked, false, 'it did not wait');
  });

  for (const [whose, other] of [
    ['whose process number another process has by now', bornEarlier],
    ['of an earlier boot', () => ({ bootId: '11111111-1111-1111-1111-111111111111' })],
  ] as const) {
    it(`is taken over at once from a window ${whose}`, async () => {
      await window().take();
      rewriteSpeaker(other);
      let asked = false;
      assert.equal(await window({ takeoverMs: 60_000 }).maySpeak('wedged', () => (asked = true)), true);
      assert.equal(asked, false, 'it did not wait');
    });
  }

  for (const [where, elsewhere] of [
    ['another container', { pidNamespace: 'pid:[1]', pid: 2 ** 22 + 1 }],
    ['another machine', { bootId: 'unknown', machine: 'another', pid: 2 ** 22 + 1 }],
  ] as const) {
    it(`is waited for from a window in ${where}, whose process number says nothing here`, async () => {
      await window().take();
      rewriteSpeaker(() => elsewhere);
      let asked = false;
      assert.equal(await window().maySpeak('wedged', () => (asked = true)), true);
      assert.equal(asked, true, 'it waited');
    });

    it(`is left to a window in ${where} that goes on telling`, async () => {
      await window().maySpeak('countdown', always, 'whileOpen');
      rewriteTold(() => elsewhere);
      const focused = window();
      await focused.take();
      assert.equal(await focused.maySpeak('countdown', always, 'whileOpen'), false);
      agedBy(16_000);
      assert.equal(await focused.maySpeak('countdown', always, 'whileOpen'), true);
    });
  }

  it('is understood where an earlier version wrote neither birth nor boot', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(join(folder, 'speaker.json'), JSON.stringify({ windowId: 'a', pid }));
    let asked = false;
    const other = window({ takeoverMs: 60_000 });
    assert.equal(await other.maySpeak('wedged', () => (asked = true)), true);
    assert.equal(asked, false, 'it did not wait');
    writeFileSync(join(folder, 'speaker.json'), JSON.stringify({ windowId: 'a', pid: process.ppid }));
    assert.equal(await window().maySpeak('down', () => (asked = true)), true);
    assert.equal(asked, true, 'it waited');
  });

  it('is let go by a window whose news is over after the wait', async () => {
    const [focused, other] = [window(), window()];
    await focused.take();
    assert.equal(await other.maySpeak('wedged', () => false), false);
  });

  it('comes again for the next incident, and again to one window only', async () => {
    const windows = Array.from({ length: WINDOWS }, () => window({ toldWindowMs: 0 }));
    for (let incident = 0; incident < 3; incident++) {
      assert.equal(await windows[incident]!.maySpeak('wedged', always), true);
    }
  });

  it('is everybody’s where no file can be written: told twice is better than never', async () => {
    const nowhere = () => window({ folder: '/dev/null/x', takeoverMs: 1 });
    const [one, other] = [nowhere(), nowhere()];
    assert.deepEqual(
      [await one.maySpeak('wedged', always), await other.maySpeak('wedged', always)],
      [true, true],
    );
    assert.equal(await one.maySpeak('wedged', always), false, 'once a window');
  });

  it('is kept for what a window goes on telling, and asked for again by the same one', async () => {
    const [showing, other] = [window({ toldWindowMs: 0 }), window({ toldWindowMs: 0 })];
    assert.equal(await showing.maySpeak('countdown', always, 'whileOpen'), true);
    for (let n = 0; n < 3; n++) {
      assert.equal(await other.maySpeak('countdown', always, 'whileOpen'), false);
      assert.equal(await showing.maySpeak('countdown', always, 'whileOpen'), true);
    }
  });

  it('is not had by a window whose connection is lost, until it is back', async () => {
    let reconnect = () => {};
    const gone = window({ reach: () => new Promise<void>((resolve) => (reconnect = resolve)) });
    await gone.take();
    const answer = gone.maySpeak('restarted', always);
    assert.equal(await window().maySpeak('restarted', always), true);
    reconnect();
    assert.equal(await answer, false);
  });

  it('is asked for again by a window that was away: what it was to tell may be over', async () => {
    let isOver = false;
    const reach = async () => {
      await new Promise((resolve) => setTimeout(resolve, 80));
      isOver = true;
    };
    assert.equal(await window({ reach, takeoverMs: 60 }).maySpeak('wedged', () => !isOver), false);
  });

  it('passes on when the window that went on telling does not say so any more', async () => {
    const [silent, other] = [window(), window()];
    await silent.maySpeak('countdown', always, 'whileOpen');
    agedBy(14_000);
    assert.equal(await other.maySpeak('countdown', always, 'whileOpen'), false);
    await silent.maySpeak('countdown', always, 'whileOpen');
    agedBy(14_000);
    assert.equal(await other.maySpeak('countdown', always, 'whileOpen'), false, 'it said so meanwhile');
    agedBy(2_000);
    assert.equal(await other.maySpeak('countdown', always, 'whileOpen'), true);
    assert.equal(await silent.maySpeak('countdown', always, 'whileOpen'), false);
  });

  it('passes to the window with the focus at once when the one that went on telling was closed', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await window({ pid }).maySpeak('countdown', always, 'whileOpen');
    const [other, reloaded] = [window(), window()];
    assert.equal(await other.maySpeak('countdown', always, 'whileOpen'), false);
    await reloaded.take();
    assert.equal(await reloaded.maySpeak('countdown', always, 'whileOpen'), true);
  });

  it('passes to exactly one of five after a while when the window that went on telling was closed', async function () {
    this.timeout(20_000);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    // They come at moments of their own, some while another one is about to succeed.
    const reach = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    for (let session = 0; session < 20; session++) {
      const key = `countdown ${session}`;
      assert.equal(await window({ pid }).maySpeak(key, always, 'whileOpen'), true);
      agedBy(16_000);
      const windows = Array.from({ length: WINDOWS }, () => window({ reach }));
      const said = await Promise.all(windows.map((each) => each.maySpeak(key, always, 'whileOpen')));
      assert.equal(said.filter(Boolean).length, 1);
      rmSync(folder, { recursive: true });
    }
  });

  it('is had once in the time that a thing counts as told', async () => {
    assert.equal(await window().maySpeak('restarted', always, 60_000), true);
    assert.equal(await window({ toldWindowMs: 0 }).maySpeak('restarted', always, 60_000), false);
    assert.equal(await window().maySpeak('restarted', always, 0), true);
  });

  describe('over what began in a span of time', () => {
    let now: number;
    beforeEach(() => (now = Date.now()));
    const ago = (afterMs: number, byMs: number) => ({ afterAt: now - afterMs, byAt: now - byMs });
    const told = (span: Span) => window().maySpeak('a restarted', always, span);

    it('is had once, however differently the windows saw it', async () => {
      assert.equal(await told(ago(9_000, 6_000)), true);
      for (const span of [ago(9_000, 6_000), ago(30_000, 8_500), ago(6_500, 1_000), ago(60_000, 0)]) {
        assert.equal(await told(span), false);
      }
    });

    it('comes again for the next one, however soon', async () => {
      assert.equal(await told(ago(9_000, 6_000)), true);
      assert.equal(await told(ago(6_000, 5_999)), true);
      assert.equal(await told(ago(5_000, 4_000)), true);
      assert.equal(await told(ago(9_000, 6_000)), false, 'the first one, seen late');
      assert.equal(await told(ago(5_500, 3_000)), false, 'the third one, seen otherwise');
    });

    it('is had once for each by one of five windows', async () => {
      for (const [afterMs, byMs] of [
        [50_000, 45_000],
        [40_000, 35_000],
        [30_000, 25_000],
      ] as const) {
        const said = await Promise.all(
          Array.from({ length: WINDOWS }, (_, n) => told(ago(afterMs + n * 100, byMs - n * 100))),
        );
        assert.equal(said.filter(Boolean).length, 1);
      }
    });

    it('is kept while it goes on, and comes again for what begins after its end', async () => {
      const first = window();
      assert.equal(await first.maySpeak('wedged', always, { afterAt: now - 600_000 }), true);
      agedBy(600_000);
      assert.equal(await window().maySpeak('wedged', always, { afterAt: now }), false, 'it goes on');
      await window().over('wedged');
      assert.equal(await window().maySpeak('wedged', always, { afterAt: now }), false, 'another says that');
      await first.over('wedged');
      assert.equal(await window().maySpeak('wedged', always, { afterAt: now - 1 }), false, 'seen late');
      assert.equal(await window().maySpeak('wedged', always, { afterAt: Date.now() + 1 }), true);
    });

    it('comes again after the end that another window saw whole, though the one that told it did not', async () => {
      const first = window();
      const other = window();
      assert.equal(await first.maySpeak('wedged', always, { afterAt: now - 600_000 }), true);
      agedBy(600_000);
      await other.seenOver('wedged', now - 300_000);
      await first.over('wedged');
      assert.equal(await window().maySpeak('wedged', always, { afterAt: now - 400_000 }), false, 'seen late');
      assert.equal(await other.maySpeak('wedged', always, { afterAt: now - 100_000 }), true, 'the next one');
    });

    it('goes on where a window saw only the end of what was before', async () => {
      assert.equal(await window().maySpeak('wedged', always, { afterAt: now - 1_000 }), true);
      await window().seenOver('wedged', now - 300_000);
      assert.equal(await window().maySpeak('wedged', always, { afterAt: now + 1_000 }), false);
    });

    it('comes again after a while where the window that told it was closed', async () => {
      const { pid } = spawnSync(process.execPath, ['-e', '']);
      await window({ pid }).maySpeak('wedged', always, { afterAt: now });
      assert.equal(await window().maySpeak('wedged', always, { afterAt: now + 1_000 }), false);
      agedBy(121_000);
      assert.equal(await window().maySpeak('wedged', always, { afterAt: now + 1_000 }), true);
    });

    it('comes again where a process got the number of the window that was closed', async () => {
      await window().maySpeak('wedged', always, { afterAt: now });
      agedBy(121_000);
      rewriteTold(bornEarlier);
      assert.equal(await window().maySpeak('wedged', always, { afterAt: now }), true);
    });
  });

  it('is not silenced by what was told before the clock was set back', async () => {
    const asked: Record<string, ToldFor | undefined> = {
      once: undefined,
      'for a week': 7 * 86_400_000,
      'what goes on being told': 'whileOpen',
      'a span': { afterAt: Date.now() - 1_000, byAt: Date.now() },
      'what goes on': { afterAt: Date.now() - 1_000 },
    };
    for (const [key, toldFor] of Object.entries(asked)) {
      await window().maySpeak(key, always, toldFor);
      agedBy(-86_400_000);
      assert.equal(await window().maySpeak(key, always, toldFor), true, key);
      assert.equal(await window().maySpeak(key, always, toldFor), false, `${key}, told again`);
    }
  });

  for (const [to, setMs] of Object.entries({ back: -86_400_000, forward: 86_400_000 })) {
    it(`knows what was told before the clock was set ${to}, and what began after that`, async () => {
      const now = Date.now();
      const asked: Record<string, ToldFor | undefined> = {
        once: undefined,
        'for a minute': 60_000,
        'what goes on being told': 'whileOpen',
        'a span': { afterAt: now - 1_000, byAt: now },
        'what goes on': { afterAt: now - 1_000 },
      };
      const first = window();
      for (const [key, toldFor] of Object.entries(asked)) await first.maySpeak(key, always, toldFor);
      await first.maySpeak('what ended', always, { afterAt: now - 1_000 });
      rewriteTold(({ at, byAt, bootedAt }) => ({
        at: at - setMs,
        ...(typeof byAt === 'number' && { byAt: byAt - setMs }),
        bootedAt: bootedAt! - setMs,
      }));
      for (const [key, toldFor] of Object.entries(asked)) {
        assert.equal(await window().maySpeak(key, always, toldFor), false, key);
      }
      await first.over('what ended');
      const again = (afterAt: number) => window().maySpeak('what ended', always, { afterAt });
      assert.equal(await again(now - 500), false, 'the one that was told, seen late');
      assert.equal(await again(Date.now() + 1), true, 'the next one');
    });
  }

  it('is told anew where nobody can read what was told: twice is better than never', async () => {
    const entries = ['null', '5', '{"at":5}', '{"at":"x","windowId":"a","pid":1}', '{"at":1,"windowId":"a"}'];
    for (const text of [
      '',
      '{"version":1,"va',
      ...entries.map((entry) => `{"version":1,"value":{"wedged":${entry}}}`),
    ]) {
      writeFileSync(file(), text);
      const [one, other] = [window(), window()];
      assert.equal(await one.maySpeak('wedged', always), true, text);
      assert.equal(await other.maySpeak('wedged', always), false, `${text}, told again`);
      // A window that knows what was told mends the file.
      for (const each of [one, other]) each.dispose();
    }
  });

  it('forgets what was told more than a week ago, and the oldest of too much', async () => {
    await window().maySpeak('old', always);
    agedBy(8 * 86_400_000);
    await window().maySpeak('new', always);
    assert.deepEqual(Object.keys(readTold()), ['new']);
    await window().claim(
      Array.from({ length: TOLD_MAX }, (_, index) => ({ key: `newer ${index}` })),
      always,
    );
    assert.equal(Object.keys(readTold()).length, TOLD_MAX);
    assert.equal('new' in readTold(), false);
  });

  it('removes what an older version left more than a week ago, and nothing else', async () => {
    const eightDaysAgo = Date.now() / 1_000 - 8 * 86_400;
    for (const name of ['told.old', 'told.new', 'other']) writeFileSync(join(folder, name), '{}');
    for (const name of ['told.old', 'other']) utimesSync(join(folder, name), eightDaysAgo, eightDaysAgo);
    await window().maySpeak('wedged', always);
    await until(() => !existsSync(join(folder, 'told.old')), 'the old file to go');
    assert.deepEqual(readdirSync(folder).sort(), ['notices.json', 'other', 'told.new']);
  });

  it('leaves no files behind but what was told and the speaker', async () => {
    const windows = Array.from({ length: WINDOWS }, () => window({ toldWindowMs: 0 }));
    await windows[0]!.take();
    for (const each of windows) await each.maySpeak('wedged', always);
    assert.deepEqual(readdirSync(folder).sort(), ['notices.json', 'speaker.json']);
  });

  describe('over a group', () => {
    const keys = Array.from({ length: 40 }, (_, index) => `${index} unreachable`);
    const claims = keys.map((key) => ({ key }));

    it('is had by exactly one of five, all of it, in one change of the file', async () => {
      const windows = Array.from({ length: WINDOWS }, () => window());
      const said = await Promise.all(windows.map((each) => each.claim(claims, always)));
      assert.deepEqual(said.map(({ size }) => size).sort(), [0, 0, 0, 0, 40]);
      assert.deepEqual(Object.keys(readTold()), keys);
      assert.equal(new Set(Object.values(readTold()).map(({ at }) => at)).size, 1);
    });

    it('is had of what no other window told, and of what is still wanted after the wait', async () => {
      await window().claim(claims.slice(0, 10), always);
      const focused = window();
      await focused.take();
      const ours = await window().claim(claims, (key) => key !== keys[39]);
      assert.deepEqual([...ours], keys.slice(10, 39));
    });
  });

  it('is given back by the window that did not tell after all, and by no other one', async () => {
    const [one, other] = [window(), window()];
    assert.equal(await one.maySpeak('wedged', always, { afterAt: 1 }), true);
    await other.giveBack(['wedged']);
    assert.equal(await other.maySpeak('wedged', always, { afterAt: 1 }), false);
    await one.giveBack(['wedged']);
    assert.equal(await other.maySpeak('wedged', always, { afterAt: 1 }), true);
  });

  it('is taken at once, whoever has the focus, for what a window did itself', async () => {
    const [focused, acting] = [window({ takeoverMs: 60_000 }), window({ takeoverMs: 60_000 })];
    await focused.take();
    await acting.mark([{ key: 'restarted', toldFor: 60_000 }]);
    assert.equal(await focused.maySpeak('restarted', always, 60_000), false);
  });
});
