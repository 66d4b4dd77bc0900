import assert from 'node:assert/strict';
import { AnsweringServer, healthyAnswer } from '../support/answeringServer';
import { openVSCode, watching, type VSCodeWindow } from './harness';

const COUNT = 50;
const GONE = 40;

describe('daemons that fail from one cause', function () {
  this.timeout(120_000);
  let daemons: readonly AnsweringServer[] = [];
  let window: VSCodeWindow | undefined;

  before(async () => {
    daemons = await Promise.all(Array.from({ length: COUNT }, () => AnsweringServer.start(healthyAnswer)));
    const watched = daemons.map(({ url }, index) => ({
      name: `smithy ${index + 1}`,
      kind: 'smithy' as const,
      url,
      pollIntervalMs: 5_000,
    }));
    window = await openVSCode({ colorTheme: 'dark', machineSettings: watching(...watched) });
    await window.item('healthy').waitFor();
  });

  after(async () => {
    await window?.close();
    await Promise.all(daemons.slice(GONE).map((daemon) => daemon.stop()));
  });

  it('are told in one message, whose list leads to each of them', async () => {
    await Promise.all(daemons.slice(0, GONE).map((daemon) => daemon.stop()));
    const toast = window!.toast(`${GONE} daemons are unreachable`);
    await toast.waitFor();
    await window!.screenshots('together-1-told');
    assert.equal(await window!.toasts().count(), 1);
    await toast.getByRole('button', { name: 'Show List' }).click();
    const list = window!.quickInput();
    const options = list.getByRole('option');
    await options.first().waitFor();
    assert.equal(await options.first().getAttribute('aria-setsize'), String(GONE));
    await window!.screenshot('together-2-list');
    await list.locator('input').first().fill('smithy 33');
    await list.getByRole('option', { name: 'smithy 33' }).click();
    await window!.selectedRow('smithy 33').waitFor();
    await window!.screenshot('together-3-row');
  });
});
