import assert from 'node:assert/strict';
import { SmithyProcess, smithySession } from '../../support/smithyProcess';
import { RealDispatchd } from '../../support/realDispatchd';
import { endWindows, FakeWindow, type Look } from '../../support/window/fakeWindow';
import { dispatchdOf, installed, type Version } from '../../support/window/installed';
import { RecordedMachine } from '../../support/window/recorded';
import type { WindowState } from '../../support/window/shown';

/** Windows of one workspace, one after the other: this version, the version before, this version again. */
describe('a window of the version before over what this version kept', function () {
  this.timeout(120_000);
  let machine: RecordedMachine;
  let smithy: SmithyProcess;
  let daemon: RealDispatchd;
  let storage: string;

  beforeEach(async () => {
    machine = await RecordedMachine.make();
    storage = machine.storage();
    smithy = await new SmithyProcess(machine.project).startAt(machine.ports.smithy);
    await smithy.says({ sessions: [smithySession('e-3')] });
    daemon = await new RealDispatchd(dispatchdOf('new'), machine.project).start(
      '--port',
      String(machine.ports.dispatchd),
    );
  });
  afterEach(async () => {
    await endWindows();
    await smithy.kill();
    await daemon.stop();
    machine.dispose();
  });

  async function open(version: Version, state: WindowState, restart?: object): Promise<FakeWindow> {
    const window = await FakeWindow.open({
      extension: installed(version),
      storage,
      state,
      folders: [machine.project],
      usualDaemons: [
        { name: 'dispatchd', url: machine.dispatchdOrigin, kind: 'dispatchd', ...(restart && { restart }) },
      ],
      answers: [
        { to: 'Restart dispatchd?', press: 'Restart' },
        { to: 'Snooze notifications of dispatchd', press: 'Until it is restarted' },
        { to: 'Snooze notifications of smithy', press: '1 hour' },
      ],
      env: {
        DAEMON_HEALTH_DISCOVERY_PORTS: String(machine.ports.smithy),
        DISPATCHD_STATE_DIR: daemon.stateDir,
      },
    });
    await window.row('smithy (project)', 'healthy');
    return window;
  }

  const of = (state: Readonly<Record<string, unknown>>, key: string, origin: string) =>
    (state[key] as Record<string, unknown>)[origin];
  const commandsOf = (state: WindowState) =>
    (state.workspace['recentCommands'] as { command: string }[]).map(({ command }) => command);
  const restartsOf = ({ global }: WindowState) =>
    of(global, 'restarts', machine.dispatchdOrigin) as { startFailed?: string; text: string }[];
  const noFaults = ({ faults, messages }: Look) => {
    assert.deepEqual(faults, []);
    assert.deepEqual(
      messages.filter(
        ({ text, buttons }) => buttons.includes('Show Log') && /undefined|TypeError/.test(text),
      ),
      [],
    );
  };

  it('loses nothing, and this version shows all of it afterwards', async () => {
    const first = await open('new', machine.state());
    await first.row('dispatchd', 'healthy');
    await first.run('snooze', machine.smithyOrigin);
    await first.run('runCommand', { command: 'sleep 310', cwd: machine.project, timeoutMs: 60_000 });
    await first.run('restart', machine.dispatchdOrigin);
    const kept = await first.close();
    noFaults(kept);
    assert.equal(restartsOf(kept.state).length, 2);

    const old = await open('old', kept.state);
    await old.row('dispatchd', 'healthy');
    await old.row('2 not resumed');
    assert.equal((await old.look()).rows.filter(({ context }) => context === 'restartRecord').length, 2);
    await old.run('snooze', machine.dispatchdOrigin);
    await old.run('runCommand', { command: 'sleep 311', cwd: machine.project, timeoutMs: 60_000 });
    const between = await old.close();
    noFaults(between);

    const last = await open('new', between.state);
    await last.row('dispatchd', 'healthy');
    await last.row('2 not resumed');
    await last.row('Snoozed', 'until the next restart');
    assert.deepEqual((await last.run('runCommand')).picks[0]?.slice(0, 2), [
      '$(history) sleep 311 · project · 1 min',
      '$(history) sleep 310 · project · 1 min',
    ]);
    const end = await last.close();
    noFaults(end);
    const { state } = end;
    for (const [before, after] of [
      [kept.state.global, state.global],
      [kept.state.workspace, state.workspace],
    ] as const) {
      assert.deepEqual(Object.keys(before).sort(), Object.keys(after).sort());
    }
    assert.deepEqual(commandsOf(state), ['sleep 311', ...commandsOf(kept.state)]);
    assert.deepEqual(restartsOf(state), restartsOf(kept.state));
    assert.deepEqual(state.global['ignoredDaemons'], kept.state.global['ignoredDaemons']);
    assert.deepEqual(state.workspace['discovery'], kept.state.workspace['discovery']);
    assert.deepEqual(state.workspace['lostWork'], kept.state.workspace['lostWork']);
    assert.deepEqual(
      of(state.global, 'snoozes', machine.smithyOrigin),
      of(kept.state.global, 'snoozes', machine.smithyOrigin),
    );
    for (const origin of [machine.smithyOrigin, machine.dispatchdOrigin]) {
      const spans = of(kept.state.workspace, 'histories', origin) as unknown[];
      // The last span goes on.
      const known = of(state.workspace, 'histories', origin) as unknown[];
      assert.deepEqual(known.slice(0, spans.length - 1), spans.slice(0, -1), `the history of ${origin}`);
      assert.equal(of(state.workspace, 'daemons', origin) !== undefined, true);
    }
    assert.deepEqual(
      of(state.workspace, 'lives', machine.dispatchdOrigin),
      of(kept.state.workspace, 'lives', machine.dispatchdOrigin),
    );
  });

  it('leaves what only this version knows: why a start failed', async () => {
    await daemon.kill();
    const nothing = { command: '/nowhere/dispatchd', args: ['x'], mode: 'background' };
    const first = await open('new', machine.state(), nothing);
    await first.row('dispatchd', 'offline');
    await first.run('restart', machine.dispatchdOrigin);
    const kept = await first.close();
    const why = restartsOf(kept.state)[0]?.startFailed;
    assert.match(why ?? '', /nowhere/);
    const remembered = of(kept.state.workspace, 'daemons', machine.dispatchdOrigin);
    assert.equal((remembered as { startFailed?: string }).startFailed, why);

    const old = await open('old', kept.state, nothing);
    await old.row('dispatchd', 'offline');
    const between = await old.close();
    noFaults(between);
    assert.equal(restartsOf(between.state)[0]?.startFailed, why);
    assert.deepEqual(of(between.state.workspace, 'daemons', machine.dispatchdOrigin), remembered);

    const last = await open('new', between.state, nothing);
    await last.until('why the start failed', ({ rows }) =>
      rows.some(
        ({ context, description }) => context === 'detail.startFailed' && description.includes('nowhere'),
      ),
    );
    noFaults(await last.close());
  });
});
