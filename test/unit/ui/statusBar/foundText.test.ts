import assert from 'node:assert/strict';
import { offeredId } from '../../../../src/ui/tree/findingRows';
import { renderStatus } from '../../../../src/ui/statusBar/statusText';
import { Watch } from '../../health/support';
import { drawn, modelOf, offeredSmithy, texts } from '../support';

const now = new Watch().time.now();

describe('the status item where no daemon is watched', () => {
  for (const [found, text] of [
    [[offeredSmithy(3457)], '1 daemon found'],
    [[offeredSmithy(3457), offeredSmithy(3458)], '2 daemons found'],
    [[offeredSmithy(3457), offeredSmithy(3458, { isIgnored: true })], '1 daemon found'],
  ] as const) {
    it(`counts what was found: ${text}`, () => {
      const view = renderStatus([], [], now, 0, found);
      assert.equal(view.text, `$(search) ${text}`);
      assert.equal(view.severity, 'plain');
      assert.equal(view.spoken, `Daemon Health: ${text}, not watched yet`);
    });
  }

  it('says what was found and where, with a link that watches', () => {
    const { tooltip } = renderStatus([], [], now, 0, [offeredSmithy(3457, { owner: 'user nobody' })]);
    assert.match(texts(tooltip), /smithy on port 3457, ~\/shop, runs as user nobody/);
    const link = /\[Watch\]\(command:daemonHealth\.watch\?([^)]*)\)/.exec(drawn(tooltip).value)?.[1];
    const [target] = JSON.parse(decodeURIComponent(link ?? '')) as unknown[];
    assert.equal(offeredId(target), 'http://localhost:3457');
  });

  it('finds none where all are ignored', () => {
    const view = renderStatus([], [], now, 0, [offeredSmithy(3457, { isIgnored: true })]);
    assert.doesNotMatch(view.text, /found/);
  });

  it('speaks of the watched one where there is one', () => {
    const view = renderStatus([modelOf(Watch.healthy())], [], now, 0, [offeredSmithy(3458)]);
    assert.equal(view.text, '$(pulse) smithy');
  });
});
