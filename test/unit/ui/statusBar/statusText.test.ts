import assert from 'node:assert/strict';
import type { Conflict } from '../../../../src/health/conflicts';
import { readStatus } from '../../../../src/kinds/smithy/status';
import { verdictText } from '../../../../src/words/verdicts';
import { STATE_LABELS } from '../../../../src/words/states';
import { renderStatus } from '../../../../src/ui/statusBar/statusText';
import { Watch, goodReport } from '../../health/support';
import { by, INTO, STATES } from '../intoStates';
import { HOSTILE, drawn, markdown, modelOf, texts } from '../support';

/** What a tooltip may run. */
const OFFERED = ['restart', 'showDetails', 'showLog', 'start', 'snooze', 'openHealthPage'].map(
  (command) => `daemonHealth.${command}`,
);

function viewOf(...watches: readonly (readonly [name: string, watch: Watch])[]) {
  const models = watches.map(([name, watch], index) => modelOf(watch, name, 3457 + index));
  return renderStatus(models, [], watches[0]![1].time.now());
}

describe('the status item', () => {
  for (const state of STATES) {
    it(`names its state, in text or spoken: ${state}`, () => {
      const watch = INTO[state]();
      assert.equal(watch.state, state);
      const view = viewOf(['smithy', watch]);
      assert.ok(view.spoken.includes(STATE_LABELS[state].label), view.spoken);
      if (state !== 'healthy') assert.ok(view.text.includes(STATE_LABELS[state].label), view.text);
      assert.ok(view.text.startsWith(`$(${STATE_LABELS[state].icon}) `), view.text);
      const { point, why = point } = verdictText(modelOf(watch, 'smithy', 3457), watch.time.now());
      assert.ok(texts(view.tooltip).toLowerCase().includes(why.toLowerCase()), texts(view.tooltip));
      assert.match(texts(view.tooltip), /(Since|Noticed) \d/);
    });
  }

  it('counts daemons that all are in one state, as it counts healthy ones', () => {
    const all = (state: (typeof STATES)[number], count: number) =>
      viewOf(...Array.from({ length: count }, (_, index) => [`d${index}`, INTO[state]()] as const));
    assert.equal(all('offline', 3).text, '$(circle-outline) 3 daemons offline');
    assert.equal(all('unverified', 2).text, '$(question) 2 daemons unverified');
    assert.match(all('offline', 3).spoken, /^Daemon Health: 3 daemons offline/);
    assert.equal(all('healthy', 2).text, '$(pulse) 2 daemons');
    assert.equal(all('healthy', 2).spoken, 'Daemon Health: 2 daemons healthy');
    assert.equal(all('offline', 1).text, '$(circle-outline) d0 offline');
    assert.equal(all('wedged', 2).text, '$(error) d0 wedged 3 min · +1');
    const mixed = viewOf(['a', INTO.unverified()], ['b', INTO.healthy()]);
    assert.equal(mixed.text, '$(question) a unverified');
  });

  it('says once that a daemon is well', () => {
    const watch = INTO.healthy();
    const said = texts(viewOf(['smithy', watch]).tooltip);
    assert.equal(said.split('completes cycles').length, 2, said);
  });

  it('has the colour of its state', () => {
    const severities = Object.fromEntries(
      STATES.map((state) => [state, viewOf(['d', INTO[state]()]).severity]),
    );
    const red = STATES.filter((state) => severities[state] === 'red');
    const amber = STATES.filter((state) => severities[state] === 'amber');
    assert.deepEqual(red, ['unresponsive', 'unreachable', 'failing', 'wedged']);
    assert.deepEqual(amber, ['wrongAnswer', 'unavailable', 'stuck', 'unstable']);
  });

  it('quantifies a wedge: whole minutes since the last completed cycle', () => {
    const view = viewOf(['smithy', INTO.wedged()]);
    assert.equal(view.text, '$(error) smithy wedged 3 min');
    assert.equal(view.spoken, 'Daemon Health: smithy wedged for over 3 minutes');
    const young = by(new Watch(), (watch) => watch.answer(goodReport(watch.time, { pollStale: true })));
    assert.equal(viewOf(['smithy', young]).text, '$(error) smithy wedged');
    assert.equal(viewOf(['smithy', young]).spoken, 'Daemon Health: smithy wedged for 2 s');
  });

  it('shows the worst first, then how many others have a problem', () => {
    const view = viewOf(['calm', INTO.healthy()], ['slow', INTO.stuck()], ['smithy', INTO.wedged()]);
    assert.equal(view.text, '$(error) smithy wedged 3 min · +1');
    assert.match(view.spoken, /smithy wedged.*and 1 more with problems/);
    assert.equal(view.severity, 'red');
    const shown = texts(view.tooltip);
    assert.ok(
      shown.indexOf('smithy') < shown.indexOf('slow') && shown.indexOf('slow') < shown.indexOf('calm'),
    );
  });

  it('describes the worst, and has a line for each of the others', () => {
    const many = Array.from({ length: 10 }, (_, index) => [`daemon ${index}`, INTO.healthy()] as const);
    const { tooltip } = viewOf(...many, ['slow', INTO.stuck()], ['the wedged one', INTO.wedged()]);
    const text = texts(tooltip);
    assert.match(text, /^the wedged one/);
    const lines = drawn(tooltip)
      .value.split('\n\n')
      .map((line) => line.replaceAll('\\', ''));
    assert.ok(lines.includes('$(warning) **slow** stuck · 3 tasks, no worker'), lines.join('\n'));
    assert.ok(lines.includes('$(pulse) **daemon 6** healthy'), lines.join('\n'));
    assert.doesNotMatch(text, /daemon 7/);
    assert.match(text, /3 more in the tree$/);
  });

  it('has one truth about time in its hover: since when, how long that is, and when it was noticed', () => {
    const watch = Watch.healthy();
    watch
      .wait(70_000)
      .answer(goodReport(watch.time, { pollStale: true, lastPollCompletedAt: watch.time.wallAt - 70_000 }));
    watch
      .wait(2_000)
      .answer(goodReport(watch.time, { pollStale: true, lastPollCompletedAt: watch.time.wallAt - 72_000 }));
    const view = viewOf(['smithy', watch]);
    assert.equal(view.spoken, 'Daemon Health: smithy wedged for over 1 minute');
    assert.match(
      texts(view.tooltip),
      /No cycle since (\d\d:\d\d:\d\d) \(1 min 12 s\)\. Noticed \d\d:\d\d:\d\d\.The poll loop hangs/,
    );
  });

  it('says "starting" of what did not run, and "restarting" only of a restart', () => {
    const first = by(INTO.offline(), (watch) => watch.restart({ restarting: true }));
    assert.equal(viewOf(['smithy', first]).text, '$(loading~spin) smithy starting');
    assert.match(texts(viewOf(['smithy', first]).tooltip), /Start under way/);
    first.wait(1_000).fail('refused');
    assert.equal(viewOf(['smithy', first]).text, '$(loading~spin) smithy starting');
    assert.equal(viewOf(['smithy', INTO.restarting()]).text, '$(sync~spin) smithy restarting');
  });

  it('lets its long lines wrap: a space is a space', () => {
    for (const state of STATES)
      assert.doesNotMatch(drawn(viewOf(['smithy', INTO[state]()]).tooltip).value, /&nbsp;|\u00a0/);
  });

  it('counts healthy daemons, and names a single one', () => {
    assert.equal(viewOf(['smithy', INTO.healthy()]).text, '$(pulse) smithy');
    assert.equal(viewOf(['a', INTO.healthy()], ['b', INTO.healthy()]).text, '$(pulse) 2 daemons');
  });

  it('says so while a daemon recovers, and is plain meanwhile', () => {
    const watch = INTO.wedged();
    watch.wait(5_000).answer();
    const view = viewOf(['smithy', watch]);
    assert.match(view.text, /smithy recovering$/);
    assert.equal(view.severity, 'plain');
  });

  describe('with two daemons on one database', () => {
    const conflict: Conflict = {
      id: 'conflict#/home/someone/x](command:evil',
      database: '/home/someone/x](command:evil',
      parties: [3457, 3458].map((port) => ({
        name: 'smithy',
        kind: 'smithy',
        port,
        database: '/home/someone/project/.stoneforge/stoneforge.db',
        databaseShown: '~/project',
        isWorking: true,
        isWatched: port === 3457,
      })),
    };
    const viewWith = (watch: Watch, conflicts = [conflict]) =>
      renderStatus([modelOf(watch, 'smithy', 3457)], conflicts, watch.time.now());

    it('says so in amber while both are well by themselves', () => {
      const view = viewWith(INTO.healthy());
      assert.equal(view.text, '$(warning) 2 smithys share a database');
      assert.equal(view.severity, 'amber');
      assert.equal(view.spoken, 'Daemon Health: 2 smithys share a database');
      assert.match(texts(view.tooltip), /^2 smithy daemons work on the same database, ~\/project/);
      const [, query] = /command:daemonHealth\.showDetails\?([^)]*)\)/.exec(markdown(view.tooltip))!;
      assert.deepEqual(JSON.parse(decodeURIComponent(query!)), [conflict.id]);
      assert.doesNotMatch(markdown(view.tooltip), /command:evil/);
      assert.equal(viewWith(INTO.healthy(), [conflict, conflict]).text.endsWith(' · +1'), true);
    });

    it('links to it also where a folder has brackets in its name', () => {
      const id = 'conflict#/x (copy)/.stoneforge/stoneforge.db';
      const view = viewWith(INTO.healthy(), [{ ...conflict, id }]);
      const [, query] = /command:daemonHealth\.showDetails\?([^)]*)\)/.exec(markdown(view.tooltip))!;
      assert.deepEqual(JSON.parse(decodeURIComponent(query!)), [id]);
    });

    it('counts it beside a daemon that is red, and describes that one first', () => {
      const view = viewWith(INTO.wedged());
      assert.equal(view.text, '$(error) smithy wedged 3 min · +1');
      assert.equal(view.severity, 'red');
      assert.match(texts(view.tooltip), /^smithywedged.*2 smithy daemons work on the same database/s);
    });

    const viewOfBoth = (...watches: Watch[]) => {
      const models = watches.map((watch, n) => modelOf(watch, `smithy ${n}`, 3457 + n));
      return renderStatus(models, [conflict], watches[0]!.time.now());
    };

    it('comes before what is amber, and is one problem with the queue that both have', () => {
      const view = viewOfBoth(INTO.stuck(), INTO.stuck());
      assert.equal(view.text, '$(warning) 2 smithys share a database');
      assert.equal(view.spoken, 'Daemon Health: 2 smithys share a database');
      assert.equal(view.severity, 'amber');
      assert.match(texts(view.tooltip), /^2 smithy daemons work on the same database.*smithy 0stuck/s);
    });

    it('counts what is amber elsewhere', () => {
      const view = viewOfBoth(INTO.stuck(), INTO.stuck(), INTO.unavailable());
      assert.equal(view.text, '$(warning) 2 smithys share a database · +1');
    });

    it('counts once beside each loop that hangs', () => {
      const view = viewOfBoth(INTO.wedged(), INTO.wedged());
      assert.equal(view.text, '$(error) smithy 0 wedged 3 min · +2');
    });
  });

  it('offers the bundled daemon where there is none', () => {
    const view = renderStatus([], [], new Watch().time.now());
    assert.match(view.spoken, /no daemon found/);
    assert.match(markdown(view.tooltip), /\(command:daemonHealth\.start\)/);
  });

  it('counts what happened while nobody looked, with the way to the page', () => {
    const watch = Watch.healthy();
    const view = renderStatus([modelOf(watch, 'smithy', 3457)], [], watch.time.now(), 3);
    assert.match(view.text, /^\$\(pulse\) smithy \$\(bell-dot\) 3$/);
    assert.match(view.spoken, /, 3 things happened while you were away$/);
    assert.match(texts(view.tooltip), /^3 things happened while you were away/);
    assert.match(markdown(view.tooltip), /\[What Happened\?\]\(command:daemonHealth\.openHealthPage\)/);
    const calm = renderStatus([modelOf(watch, 'smithy', 3457)], [], watch.time.now(), 0);
    assert.doesNotMatch(`${calm.text}${calm.spoken}`, /bell|away/);
  });

  it('links only to allowed commands, with arguments that cannot end the link', () => {
    for (const state of STATES) {
      const { value, isTrusted } = drawn(viewOf(['x)](command:evil', INTO[state]()]).tooltip);
      const links = [...value.matchAll(/(?<!\\)\(command:([^)?]+)(\?[^)]*)?\)/g)];
      assert.ok(links.length >= 2);
      assert.deepEqual(isTrusted, { enabledCommands: links.map(([, command]) => command) });
      for (const [, command, query] of links) {
        assert.ok(OFFERED.includes(command!), command);
        if (query === undefined) continue;
        assert.match(query, /^\?[\w%.~-]+$/);
        assert.deepEqual(JSON.parse(decodeURIComponent(query.slice(1))), ['http://127.0.0.1:3457']);
      }
    }
  });

  it('draws no icon but its own, whatever a daemon is called', () => {
    const { text } = viewOf(['smithy ($(error) $(bell~spin))', Watch.healthy()]);
    assert.deepEqual(
      [...text.matchAll(/\$\([\w~-]+\)/g)].map(([icon]) => icon),
      ['$(pulse)'],
    );
  });

  for (const hostile of HOSTILE) {
    it(`draws nothing a daemon says: ${JSON.stringify(hostile.slice(0, 30))}`, () => {
      const report = readStatus(
        { isRunning: false, available: false, reason: hostile, instance: { id: hostile, version: hostile } },
        undefined,
      );
      const refused = readStatus({ isRunning: hostile }, undefined);
      assert.ok(!('is' in report) && 'is' in refused);
      const watches = [
        by(new Watch(), (watch) => watch.answer(report)),
        by(new Watch(), (watch) => watch.fail('wrongAnswer', { cause: refused })),
      ];
      for (const watch of watches) {
        const view = viewOf(['smithy', watch]);
        const ours = markdown(view.tooltip);
        for (const piece of ['bold', 'workbench', 'heading', 'xxxx', 'data:image', '$(sync', 'backwards'])
          assert.equal(ours.includes(piece), false, piece);
        assert.doesNotMatch(texts(view.tooltip), /[\p{Cc}\p{Cf}]/u);
        assert.ok(texts(view.tooltip).length < 1_000);
        assert.ok(view.text.length < 80 && view.spoken.length < 200);
      }
    });
  }
});
