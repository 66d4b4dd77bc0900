import assert from 'node:assert/strict';
import { exportPast } from '../../../../src/diagnostics/exportPast';
import type { Entry, Life, Phase } from '../../../../src/health/incidentLog';
import type { History } from '../../../../src/health/history';
import { newsIn, pastOf, type PastSource } from '../../../../src/health/past';
import type { Session } from '../../../../src/health/report';
import type { DaemonState } from '../../../../src/health/states';
import { toHtml, type PageNode } from '../../../../src/ui/healthPage/node';
import { pageOf } from '../../../../src/ui/healthPage/page';
import type { PageModel } from '../../../../src/ui/healthPage/pageModel';
import { idAt } from '../../../support/target';
import { goodReport, HOUR_MS, MINUTE_MS, SECOND_MS, Watch } from '../../health/support';

const ID = idAt('http://127.0.0.1:3470');
/** On the local clock, as the page tells it. */
const LEFT_AT = new Date(2026, 2, 1, 18, 4, 0).getTime();
const BACK_AT = new Date(2026, 2, 2, 8, 55, 0).getTime();
const HUNG_AT = new Date(2026, 2, 2, 2, 10, 0).getTime();
const AWAY = { leftAt: LEFT_AT, backAt: BACK_AT, isSeen: false };

function phase(state: DaemonState, fromAt: number, endedAt: number, more: Partial<Phase> = {}): Phase {
  const reason = { is: 'loopHangs', stale: { is: 'pollStale' } } as const;
  return {
    is: 'phase',
    daemonId: ID,
    name: 'dispatchd',
    state,
    reason,
    fromAt,
    seenAt: endedAt,
    endedAt,
    seenBy: {},
    ...more,
  };
}

const life: Life = {
  is: 'life',
  daemonId: ID,
  name: 'dispatchd',
  at: HUNG_AT + 5 * MINUTE_MS,
  by: 'others',
  isReboot: false,
  isInferred: false,
  wasUpMs: HOUR_MS,
  work: { resumed: 1, interrupted: 1 },
};

const LOG: readonly Entry[] = [
  phase('wedged', HUNG_AT, HUNG_AT + 257 * SECOND_MS),
  phase('unreachable', HUNG_AT + 257 * SECOND_MS, HUNG_AT + 5 * MINUTE_MS, {
    reason: { is: 'wentAway', cause: { is: 'connectionRefused' }, count: 3, forMs: 12_000, isMixed: false },
    evidence: '/home/ada/evidence.md',
    found: 'waited for 28 s; 0 % CPU',
  }),
  life,
];

function session(id: string, status: string, more: Partial<Session> = {}): Session {
  const startedAt = HUNG_AT - 10 * MINUTE_MS;
  const endedAt = status === 'running' ? undefined : HUNG_AT;
  return { id, title: id, status, kind: 'foreground', startedAt, ...(endedAt && { endedAt }), ...more };
}

function source(name = 'dispatchd', sessions: readonly Session[] = [], history?: History): PastSource {
  const watch = new Watch();
  watch.time.wallAt = BACK_AT;
  watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions }));
  return { daemonId: ID, name, track: watch.track, history, lost: [] };
}

const WORK = [
  session('one', 'completed'),
  session('two', 'completed'),
  session('three', 'completed'),
  session('late', 'timed-out', { timeoutMs: 600_000 }),
  session('cut', 'interrupted'),
];

function modelOf(of: PastSource = source('dispatchd', WORK), log: readonly Entry[] = LOG): PageModel {
  return {
    past: pastOf([of], log, { sinceAt: LEFT_AT, nowAt: BACK_AT, away: AWAY }),
    range: 'away',
    ranges: ['away', 'hour', 'day', 'week'],
    daemons: [{ daemonId: ID, now: 'healthy', severity: 'plain', canRunAgain: true }],
    shows: 'tables',
  };
}

/** All texts of a part of the page, as a reader hears them. */
function textOf(node: PageNode): string {
  return typeof node === 'string' ? node : node.children.map(textOf).join(' ').replace(/\s+/g, ' ').trim();
}

function find(node: PageNode, isIt: (attrs: Readonly<Record<string, string>>) => boolean): PageNode[] {
  if (typeof node === 'string') return [];
  return [...(isIt(node.attrs) ? [node] : []), ...node.children.flatMap((child) => find(child, isIt))];
}

describe('the health page', () => {
  it('says first what happened since one left: each thing with its time, and what waits', () => {
    const { body, actions } = pageOf(modelOf());
    const [lead] = find(body, ({ id }) => id === 'lead');
    const text = textOf(lead!);
    assert.match(
      text,
      /^Since you left at .*18:04: dispatchd hung 02:10:00 to 02:14:17, then was gone 02:14:17 to 02:15:00/,
    );
    assert.match(text, /and restarted, not from here, at 02:15:00/);
    assert.match(text, /3 sessions finished, 1 timed out, 1 was interrupted\./);
    assert.match(text, /1 session waits for you/);
    assert.deepEqual(
      [...actions.values()].filter((action) => action.is === 'command'),
      [{ is: 'command', command: 'daemonHealth.runAgain', targets: [`${ID}#session#cut`] }],
    );
  });

  it('gives the cause of each phase, and says what is known from the daemon alone', () => {
    const rowOf = (log: readonly Entry[]) =>
      textOf(
        find(
          pageOf(modelOf(source(), log)).body,
          (attrs) => attrs['data-key']?.startsWith('incident ') === true,
        )[0]!,
      );
    assert.match(rowOf(LOG), /The poll loop hangs \(the daemon itself says so\); connection refused 3 times/);
    assert.match(rowOf(LOG), /It waited for 28 s; 0 % CPU\./);
    assert.doesNotMatch(rowOf(LOG), /told by the daemon/);
    const told = LOG.map((entry) => (entry.is === 'phase' ? { ...entry, toldByIt: true as const } : entry));
    assert.match(rowOf(told), /, told by the daemon/);
  });

  it('never calls time that no window watched free of problems', () => {
    const [lead] = find(pageOf(modelOf(source(), [])).body, ({ id }) => id === 'lead');
    assert.equal(
      textOf(lead!).replace(/at .*18:04/, 'at 18:04'),
      'Since you left at 18:04: no window watched.',
    );
  });

  it('draws each lane true to the second, and tells the same in the table', () => {
    const { body } = pageOf(modelOf());
    const red = find(body, (attrs) => attrs['data-state'] === 'wedged') as {
      attrs: Record<string, string>;
    }[];
    assert.equal(red.length, 1);
    assert.equal(red[0]!.attrs['data-ms'], String(257 * SECOND_MS));
    const shareMs = (Number.parseFloat(red[0]!.attrs['width']!) / 100) * (BACK_AT - LEFT_AT);
    assert.ok(Math.abs(shareMs - 257 * SECOND_MS) < 100, `${shareMs} ms`);
    const rows = find(
      body,
      (attrs) => attrs['data-key']?.startsWith('part ') === true && attrs['role'] === undefined,
    );
    assert.match(
      rows.map(textOf).join('\n'),
      /dispatchd Wedged .*02:10:00 .*02:14:17 4 min 17 s The poll loop hangs/,
    );
    assert.match(rows.map(textOf).join('\n'), /dispatchd Not watched /);
  });

  it('draws a daemon’s words as text, wherever they stand', () => {
    const evil = `"><img src=x onerror=alert(1)><script>alert('x')</script>\u202e`;
    const evilSession = session(evil, 'interrupted', { title: evil });
    const log = [
      phase('wedged', HUNG_AT, HUNG_AT + MINUTE_MS, {
        name: evil,
        reason: { is: 'startFailed', said: evil },
      }),
    ];
    const html = toHtml(pageOf(modelOf(source(evil, [evilSession]), log)).body);
    assert.doesNotMatch(html, /<img|<script|onerror=(?!alert\(1\)&gt;)/);
    assert.ok(html.includes('&lt;img src=x'));
    const allowed = /^<\/?[a-z0-9]+(?: [a-zA-Z0-9-]+="[^"<>]*")*>$/;
    for (const [tag] of html.matchAll(/<[^>]*>/g)) assert.match(tag, allowed);
  });

  it('is its sentences first, then the lanes, and the tables for who opens them', () => {
    const drawn = (['sentences', 'lanes', 'tables'] as const).map((shows) => {
      const { body } = pageOf({ ...modelOf(), shows });
      const has = (name: string) => find(body, (attrs) => attrs['class'] === name).length;
      return [
        find(body, ({ id }) => id === 'lead').length,
        has('lane'),
        find(body, (attrs) => attrs['data-key']?.startsWith(`session ${ID} `) === true).length,
      ];
    });
    assert.deepEqual(drawn, [
      [1, 0, 0],
      [1, 1, WORK.length],
      [1, 1, 2 * WORK.length],
    ]);
  });

  it('keeps what a button does to itself: the page names it only', () => {
    const { body, actions } = pageOf(modelOf());
    for (const name of find(body, (attrs) => 'data-act' in attrs).map(
      (node) => (node as { attrs: Record<string, string> }).attrs,
    )) {
      if (name['id'] !== 'range') assert.ok(actions.has(name['data-act']!), name['data-act']);
    }
    assert.doesNotMatch(toHtml(body), /evidence\.md/);
  });

  it('says of a restart from here that the daemon was restarted', () => {
    const log = LOG.map((entry) => (entry === life ? { ...life, by: 'us' as const } : entry));
    const { body } = pageOf(modelOf(undefined, log));
    const text = textOf(find(body, ({ id }) => id === 'lead')[0]!);
    assert.match(text, /then was gone 02:14:17 to 02:15:00 and was restarted from here at 02:15:00/);
  });

  it('counts what happened while nobody looked, until that was seen', () => {
    const of = source('dispatchd', WORK);
    assert.equal(newsIn([of], LOG, AWAY), 3);
    assert.equal(newsIn([of], LOG, { ...AWAY, isSeen: true }), 0);
    assert.equal(newsIn([of], LOG, undefined), 0);
  });

  it('is exported as Markdown without secrets, without the home directory, and without Markdown of a daemon', () => {
    const evil = '```\n# x\n[a](http://evil) token=abcdef1234567890';
    const { past } = modelOf(source(evil, [session(evil, 'failed', { title: evil })]));
    const text = exportPast(past, () => false, '/home/ada');
    assert.match(text, /hung 02:10:00 to 02:14:17/);
    assert.match(text, /report: ~\/evidence\.md/);
    assert.match(text, /It waited for 28 s; 0 % CPU\./);
    assert.doesNotMatch(text, /abcdef1234567890/);
    assert.equal(text.match(/^# /gm)?.length, 3, 'its own title, and two in blocks');
    assert.match(text, /^````+text$/m);
  });
});
