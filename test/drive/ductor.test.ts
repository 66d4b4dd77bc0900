import assert from 'node:assert/strict';
import { FakeDuctor, MAIN_RUNS, DUCTOR, taskEntry, tasksAnswer } from '../support/fakeDuctor';
import { openVSCode, type VSCodeWindow } from './harness';

describe('a ductor, in a window', function () {
  this.timeout(100_000);
  let ductor: FakeDuctor;
  let window: VSCodeWindow;

  before(async () => {
    ductor = await FakeDuctor.start();
    // Limits as short as a test has patience; its files are those of the recordings.
    ductor.begin({
      agoMs: 3 * 3_600_000,
      config: { timeouts: { normal: 600, activity_extension: 120 }, cli_timeout: 600 },
    });
    ductor.write('named_sessions.json', { sessions: DUCTOR.files.named.sessions.slice(0, 1) });
    ductor.routes['/tasks/list'] = tasksAnswer(
      taskEntry({ name: 'docs-sweep', task_id: 'a' }),
      taskEntry({
        name: 'nightly-fail',
        task_id: 'b',
        status: 'failed',
        error: 'Timeout after 3600s',
        completed_at: Date.now() / 1_000,
        elapsed_seconds: 3_600,
      }),
    );
    window = await openVSCode({
      colorTheme: 'dark',
      env: { DUCTOR_HOME: ductor.home, DAEMON_HEALTH_DISCOVERY_PORTS: String(ductor.port) },
    });
    await window.statusItem('daemonHealth.status').click();
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('ductor-failed');
  });

  after(async () => {
    await window?.close();
    await ductor?.stop();
  });

  const row = (name: string | RegExp) => window.page.locator('.monaco-list-row', { hasText: name }).first();
  const toast = (text: string | RegExp) => window.toasts().filter({ hasText: text });

  it('is offered, and watched when the user says so', async () => {
    const offer = row(`Found: ductor on ${ductor.port}`);
    await offer.hover();
    await window.screenshot('ductor-1-offered');
    await offer.getByRole('button', { name: 'Watch' }).click();
    await row(/ductor.*unverified/).waitFor();
    await row('whether messages reach the daemon is not known').waitFor();
    await window.statusItem('daemonHealth.status').filter({ hasText: 'ductor unverified' }).waitFor();
  });

  it('lists what runs and what ended', async () => {
    for (const name of ['docs-sweep', 'rareant', /^Ended (today|lately)/]) await row(name).waitFor();
    await window.screenshot('ductor-2-work');
  });

  it("counts down a chat's turn, and says what of that is assumed", async () => {
    ductor.turn(600_000 - 16_000);
    await window.runCommand('Daemon Health: Refresh');
    await toast(/“migrate the database sc…” may time out in 1\d s \(assumed\)\./).waitFor();
    assert.equal(await window.toasts().getByText('Extend', { exact: true }).count(), 0);
    await window.screenshot('ductor-3-countdown');
    await toast(/“migrate the database sc…” may time out in [89] s \(assumed\)!/).waitFor();
    await row('migrate the database schema').hover();
    await window.screenshot('ductor-4-last');
  });

  it('says that it was extended, once it outlives its deadline', async () => {
    await toast(/“migrate the database sc…” extended by 120 s \(1 of 3\)/).waitFor({ timeout: 40_000 });
    await window.screenshot('ductor-5-extended');
    ductor.endTurns();
    await window.runCommand('Daemon Health: Refresh');
    await window.toasts().first().waitFor({ state: 'detached', timeout: 20_000 });
  });

  it('tells that it was restarted, and lists what that interrupted until somebody dealt with it', async () => {
    ductor.turn(60_000, 'review the release notes');
    await window.runCommand('Daemon Health: Refresh');
    await row('review the release notes').waitFor();
    ductor.endTurns();
    ductor.write('named_sessions.json', { sessions: [] });
    const error = 'Bot restarted while task was running';
    const task = taskEntry({ name: 'docs-sweep', task_id: 'a', status: 'failed', error });
    ductor.routes['/tasks/list'] = tasksAnswer(task);
    ductor.begin();
    await window.runCommand('Daemon Health: Refresh');
    await toast(/ductor restarted.*; 3 sessions interrupted/).waitFor();
    await row(/Interrupted.*3 not resumed/).waitFor();
    await row('review the release notes').click({ button: 'right' });
    await window.page.getByRole('menuitem', { name: 'Dismiss Session' }).waitFor();
    await window.screenshot('ductor-6-restarted');
    await window.page.getByRole('menuitem', { name: 'Dismiss Session' }).click();
    await row(/Interrupted.*2 not resumed/).waitFor();
  });

  it('is unavailable while an agent is crashed, and says which and why', async () => {
    ductor.routes['/interagent/health'] = DUCTOR.agents;
    await window.runCommand('Daemon Health: Refresh');
    await row(/unavailable/).waitFor();
    await row('the sub-agent coder crashed: RuntimeError: polling stopped').waitFor();
    await window.screenshot('ductor-7-crashed');
    ductor.routes['/interagent/health'] = MAIN_RUNS;
    await window.runCommand('Daemon Health: Refresh');
    await row(/ductor.*(unverified|recovering)/).waitFor();
  });

  it('says nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});
