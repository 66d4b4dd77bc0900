import assert from 'node:assert/strict';
import { SmithyProcess, smithySession } from '../../support/smithyProcess';
import { RealDispatchd } from '../../support/realDispatchd';
import { endWindows, FakeWindow, type Look } from '../../support/window/fakeWindow';
import { dispatchdOf, installed, type Version } from '../../support/window/installed';
import { RecordedMachine } from '../../support/window/recorded';
import type { ShownRow, WindowState } from '../../support/window/shown';

const VERSIONS = ['old', 'new'] as const;

interface Kept {
  readonly isIt: (row: ShownRow) => boolean;
  /** What the row tells, in the words of neither version. */
  readonly tells: (row: ShownRow) => string;
}

const wordsOf = ({ label, description }: ShownRow) => `${label} · ${description.replace(/^· /, '')}`;
/** A part of a row, wherever it stands. */
const part = (row: ShownRow, pattern: RegExp) => pattern.exec(wordsOf(row))?.[1] ?? `none in ${wordsOf(row)}`;

/** Rows whose words come from what was kept, each with what its label or context is. */
const KEPT: Readonly<Record<string, Kept>> = {
  'the adopted smithy': {
    isIt: ({ depth, label }) => depth === 0 && label === 'smithy (project)',
    tells: ({ label, description }) => `${label} ${description.split(' · ')[0]}`,
  },
  'the dispatchd that was stopped from here': {
    isIt: (row) => row.context === 'detail.state' && /stopped from here/i.test(wordsOf(row)),
    // Since when it is offline each window has seen by itself.
    tells: (row) => part(row, /(stopped from here)/i).toLowerCase(),
  },
  'the snoozes': {
    isIt: ({ context }) => context === 'detail.snooze',
    tells: (row) =>
      part(row, /snoozed (until [^·]+)/i)
        .trim()
        .replace('until it is restarted', 'until the next restart'),
  },
  'the last restarts': { isIt: ({ context }) => context === 'detail.restarts', tells: wordsOf },
  'each restart': { isIt: ({ context }) => context === 'restartRecord', tells: wordsOf },
  'the lost work': {
    isIt: ({ context }) => context.startsWith('session.interrupted.named.smithy'),
    tells: (row) =>
      ['e-\\S+', 'worker', 'interrupted (?:\\S+ )?\\d\\d:\\d\\d']
        .map((pattern) => part(row, new RegExp(`(${pattern})`)))
        .join(),
  },
  'how much work is lost': { isIt: ({ context }) => context === 'detail.interrupted', tells: wordsOf },
};

describe('a window over what the version before kept', function () {
  this.timeout(90_000);
  let machine: RecordedMachine;
  let smithies: SmithyProcess[];
  let daemon: RealDispatchd | undefined;

  beforeEach(async () => {
    machine = await RecordedMachine.make();
    const { smithy, otherSmithy } = machine.ports;
    smithies = [
      await new SmithyProcess(machine.project).startAt(smithy),
      await new SmithyProcess(machine.other).startAt(otherSmithy),
    ];
    await smithies[0]!.says({ sessions: [smithySession('e-3')] });
    await smithies[0]!.completesCycle();
  });
  afterEach(async () => {
    await endWindows();
    for (const smithy of smithies) await smithy.kill();
    await daemon?.stop();
    daemon = undefined;
    machine.dispose();
  });

  function open(version: Version, state: WindowState = machine.state()): Promise<FakeWindow> {
    const { smithy, otherSmithy } = machine.ports;
    return FakeWindow.open({
      extension: installed(version),
      storage: machine.storage(),
      state,
      folders: [machine.project],
      usualDaemons: [{ name: 'dispatchd', url: machine.dispatchdOrigin, kind: 'dispatchd' }],
      env: {
        DAEMON_HEALTH_DISCOVERY_PORTS: `${smithy},${otherSmithy}`,
        DISPATCHD_STATE_DIR: `${machine.folder}/nowhere`,
      },
    });
  }

  const shown = (window: FakeWindow) =>
    window.until('both daemons', ({ rows }) =>
      ['1 running', '2 not resumed', 'stopped from here'].every((words) =>
        rows.some((row) => wordsOf(row).toLowerCase().includes(words)),
      ),
    );

  const told = ({ rows }: Look, { isIt, tells }: Kept) => rows.filter(isIt).map(tells);

  /** The strip of the last day, drawn. */
  const strips = ({ rows }: Look) =>
    rows
      .filter(({ context }) => context === 'detail.history')
      .map(({ hover }) => {
        const svg = /base64,([\w+/=]+)/.exec(hover)?.[1] ?? '';
        return Buffer.from(svg, 'base64').toString();
      });

  it('shows what that version shows', async () => {
    // One moment for both: what is kept has times from now on.
    const state = machine.state();
    const windows = await Promise.all(VERSIONS.map((version) => open(version, structuredClone(state))));
    await Promise.all(windows.map(shown));
    const [old, next] = (await Promise.all(windows.map((window) => window.look()))) as [Look, Look];
    for (const [what, kept] of Object.entries(KEPT)) {
      assert.notEqual(told(old, kept).length, 0, `the old window shows ${what}`);
      assert.doesNotMatch(told(old, kept).join(), /none in/);
      assert.deepEqual(told(next, kept), told(old, kept), what);
    }
    assert.equal(strips(old).length, 2);
    for (const strip of strips(old)) assert.match(strip, /^<svg .*<path/);
    // A problem is as wide as it was long now, and no longer a whole half hour.
    const coloursOf = (strip: string): readonly string[] => strip.match(/fill="[^"]+"/g) ?? [];
    strips(old).forEach((strip, index) => {
      const drawn = coloursOf(strips(next)[index] ?? '');
      assert.deepEqual(
        coloursOf(strip).filter((colour) => !drawn.includes(colour)),
        [],
        'the last 24 h',
      );
    });
    for (const look of [old, next]) {
      assert.equal(
        look.rows.some(({ context }) => context === 'found'),
        false,
        'a daemon that is ignored is not offered',
      );
      assert.deepEqual(
        look.messages.map(({ text }) => text),
        [],
      );
      assert.deepEqual(look.faults, []);
    }
  });

  it('shows that a wedged loop was in the last 24 h', async () => {
    const window = await open('new');
    await shown(window);
    const row = (await window.look()).rows.find(
      ({ id, context }) => context === 'detail.history' && id.startsWith(machine.dispatchdOrigin),
    );
    assert.match(row?.description ?? '', /^wedged once/);
  });

  it('offers the commands that ran before, whole', async () => {
    daemon = await new RealDispatchd(dispatchdOf('old'), machine.project).start(
      '--port',
      String(machine.ports.dispatchd),
    );
    const picks = await Promise.all(
      VERSIONS.map(async (version) => {
        const window = await open(version);
        await window.row('dispatchd', 'healthy');
        return (await window.run('runCommand')).picks;
      }),
    );
    assert.deepEqual(picks[1], picks[0]);
    assert.deepEqual(picks[1], [
      [
        '$(history) sleep 302 · project · 40 s',
        '$(history) sleep 301 · project · 1 h',
        '$(history) echo built · project · 10 min',
      ],
    ]);
  });

  it('knows the life of a dispatchd that it remembers, and tells that another one began', async () => {
    const state = machine.state();
    // As in the recording, where that dispatchd had been killed and not stopped.
    const { [machine.dispatchdOrigin]: _snooze, ...snoozes } = state.global['snoozes'] as Record<
      string,
      object
    >;
    const global = { ...state.global, snoozes };
    const stateDir = machine.stateDir('killed');
    daemon = new RealDispatchd(dispatchdOf('new'), machine.project, stateDir);
    await daemon.start('--port', String(machine.ports.dispatchd), '--workers', '2');
    const text = /^dispatchd restarted after a reboot.*; 1 session resumed, 1 interrupted\.$/;
    for (const version of VERSIONS) {
      const window = await open(version, { ...state, global });
      await window.until('the message', ({ messages }) =>
        messages.some((message) => text.test(message.text)),
      );
    }
  });

  it('offers a daemon again that is no longer ignored', async () => {
    const window = await open('new');
    await shown(window);
    await window.run('offerIgnored');
    const { state } = await window.until('the other smithy', ({ rows }) =>
      rows.some(({ context }) => context === 'found'),
    );
    assert.equal('ignoredDaemons' in state.global, false);
  });

  it('ends a snooze that was to last until the restart', async () => {
    const window = await open('new');
    await shown(window);
    await window.answer({ to: 'Snooze notifications of smithy', press: 'Cancel Snooze' });
    await window.run('snooze', machine.smithyOrigin);
    const { state } = await window.look();
    assert.deepEqual(Object.keys(state.global['snoozes'] as object), [machine.dispatchdOrigin]);
  });
});
