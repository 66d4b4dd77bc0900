import assert from 'node:assert/strict';
import { SpeakerLease } from '../../../../src/store/speakerTurn';
import { makeStorage, type Storage } from '../../../support/storage';
import { until } from '../../../support/until';
import { DoorWindow } from './doorSupport';

const WINDOWS = 3;

describe('the doors of several windows', () => {
  let storage: Storage;
  let windows: { readonly door: DoorWindow; readonly lease: SpeakerLease }[];
  beforeEach(() => {
    storage = makeStorage();
    windows = Array.from({ length: WINDOWS }, () => {
      const lease = new SpeakerLease({ folder: storage.folder, pid: process.pid, takeoverMs: 500 });
      return { lease, door: new DoorWindow(lease) };
    });
  });
  afterEach(() => {
    for (const { door, lease } of windows) {
      door.door.dispose();
      lease.dispose();
    }
    storage.remove();
  });

  /** The same failures, as each window sees them. */
  const fail = (count: number) => {
    for (const { door } of windows) {
      const group = Array.from({ length: count }, (_, index) => door.fails(`daemon ${index}`));
      door.door.tell(group);
    }
  };
  const texts = () => windows.map(({ door }) => door.screen.texts);
  /** All windows have had their turn: whoever asks after them is told that somebody told it. */
  const allHadTheirTurn = async () => {
    const key = `${windows[0]!.door.model('daemon 0').daemon.id} problem unreachable`;
    for (const { lease } of windows) await lease.claim([{ key }], () => true);
  };

  it('tell a group once, in the window with the focus', async () => {
    await windows[1]!.lease.take();
    fail(40);
    await until(() => texts().flat().length > 0, 'a message');
    await allHadTheirTurn();
    assert.deepEqual(texts(), [[], ['40 daemons are unreachable.'], []]);
  });

  it('tell it in another window where VS Code takes no message of the one with the focus', async () => {
    await windows[1]!.lease.take();
    windows[1]!.door.screen.rejects = new Error('it is being closed');
    fail(40);
    await until(() => texts().flat().length > 0, 'a message');
    await allHadTheirTurn();
    assert.deepEqual(texts().flat(), ['40 daemons are unreachable.']);
    assert.equal(windows[1]!.door.errors.length, 1);
    // The one with the focus tries again, and finds that it was told.
    windows[1]!.door.screen.rejects = undefined;
    windows[1]!.door.wait(10_000);
    windows[1]!.door.door.update();
    await allHadTheirTurn();
    assert.deepEqual(texts().flat().length, 1);
  });

  it('tell the next outage where only the window that did not tell the first one saw its end whole', async () => {
    const [first, other] = [windows[0]!, windows[1]!];
    // What windows share has the time of the machine.
    for (const { door } of windows) door.time.wallAt = Date.now();
    await first.lease.take();
    fail(1);
    await until(() => texts().flat().length > 0, 'a message');
    await allHadTheirTurn();
    // The first window is without the focus by then, and asks too rarely to call it over.
    other.door.door.tell([other.door.recovers('daemon 0')]);
    await until(() => other.door.screen.texts.length > 0, 'the recovery');
    other.door.wait(300_000);
    other.door.door.tell([other.door.fails('daemon 0')]);
    await until(() => other.door.screen.texts.length > 1, 'the second outage');
    const outage = 'daemon 0 is unreachable: connection refused 3 times in 10 s; the daemon answered before.';
    assert.deepEqual(texts(), [
      [outage],
      ['daemon 0 is healthy again. It was unreachable for 5 s.', outage],
      [],
    ]);
  });
});
