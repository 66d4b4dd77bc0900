import assert from 'node:assert/strict';
import type { DaemonModel } from '../../../src/model/daemonModel';
import type { OfferedDaemon } from '../../../src/model/foundDaemon';
import type { Target } from '../../../src/model/target';
import { dashboardOf } from '../../../src/ui/shared/usable';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { daemonRows, rowHover } from '../../../src/ui/tree/daemonRows';
import { offeredId, withFindings } from '../../../src/ui/tree/findingRows';
import { conflictsOf } from '../../../src/watch/conflicts';
import { decideAdoption } from '../../../src/watch/discovery/adoption';
import { daemonIdOf } from '../../../src/settings/daemonList';
import { Watch, goodReport } from '../health/support';
import { http, watchedAt } from '../../support/target';
import { modelOf, texts } from './support';

const DATABASE = { path: '/project/db', realPath: '/project/db' };

/** A healthy daemon that names its process and its database. */
function modelAt(target: Target): DaemonModel {
  const watch = new Watch();
  watch.answer(goodReport(watch.time, { instance: { id: 'a', pid: 5 }, database: DATABASE }));
  const model = modelOf(watch);
  return { ...model, daemon: { ...model.daemon, ...watchedAt(target) } };
}

function foundAt(target: Target): OfferedDaemon {
  return {
    kind: 'smithy',
    target,
    folder: '/project',
    place: '/project',
    database: DATABASE.realPath,
    isRunning: true,
    belongs: true,
    isIgnored: false,
  };
}

const TARGETS: [place: string, target: Target][] = [
  ['/run/x/state.json', { kind: 'file', paths: ['/run/x/state.json', '/run/x/work.json'] }],
  ['x status --json', { kind: 'command', argv: ['x', 'status', '--json'] }],
];

for (const [place, target] of TARGETS) {
  describe(`a daemon watched at ${place}`, () => {
    const model = modelAt(target);
    const { id } = model.daemon;
    const now = new Watch().time.now();

    it('has rows that show where it is watched, and no port', () => {
      const [root, ...rows] = daemonRows(model, now, undefined);
      assert.equal(root.id, id);
      assert.equal(root.value, `smithy (${place}): healthy`);
      assert.match(
        rowHover(root, model, now),
        new RegExp(`^smithy \\(${place.replaceAll('.', '\\.')}\\): healthy\\.`),
      );
      assert.equal(root.contextValue, 'daemon.up.noAddress');
      assert.equal(rows.find((row) => row.id === `${id}#instance`)?.description, 'smithy · pid 5');
      for (const row of [root, ...rows]) assert.doesNotMatch(JSON.stringify(row), /\bport\b|undefined/);
    });

    it('is in the status bar as any other', () => {
      const [shown, addressed] = [model, modelAt(http('http://127.0.0.1:3457'))].map((each) =>
        renderStatus([each], [], now),
      );
      assert.equal(shown!.text, addressed!.text);
      assert.equal(shown!.spoken, addressed!.spoken);
      assert.equal(texts(shown!.tooltip), texts(addressed!.tooltip));
    });

    it('has no dashboard', () => {
      assert.equal(dashboardOf(model), undefined);
      assert.equal(dashboardOf(modelAt(http('http://127.0.0.1:3457'))), 'http://127.0.0.1:3457');
    });

    it('takes part in no conflict, watched or found', () => {
      const other = modelAt(http('http://127.0.0.1:3457'));
      const second = http('http://127.0.0.1:3458');
      assert.equal(conflictsOf({ models: [other, modelAt(second)], found: [] }).length, 1);
      assert.equal(conflictsOf({ models: [other], found: [foundAt(second)] }).length, 1);
      assert.deepEqual(conflictsOf({ models: [other, model], found: [] }), []);
      assert.deepEqual(conflictsOf({ models: [other], found: [foundAt(target)] }), []);
    });

    it('is not adopted, though it belongs to the workspace', () => {
      const nothing = { adopted: [], retired: [] };
      assert.equal(decideAdoption(nothing, [], [foundAt(http('http://127.0.0.1:3457'))]).adopted.length, 1);
      assert.deepEqual(decideAdoption(nothing, [], [foundAt(target)]), { ...nothing, notes: [] });
    });

    it('is offered by where it was found', () => {
      const row = withFindings([], [], [foundAt(target)])[0]![0];
      assert.equal(row.label, 'Found: smithy');
      assert.equal(row.value, `smithy at ${place}, /project. It is not watched.`);
      assert.equal(offeredId(row.id), daemonIdOf(target));
    });
  });
}
