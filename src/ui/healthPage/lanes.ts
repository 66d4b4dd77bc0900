import type { LanePart } from '../../health/lane';
import type { DaemonPast, Past, SessionPast } from '../../health/past';
import { STATES } from '../../health/states';
import { partText } from '../../words/laneText';
import { sessionInShort, sessionText } from '../../words/pastText';
import { el, type PageElement } from './node';
import type { PageDaemon } from './pageModel';
import { laneLabel, moreSessions, PAGE, tickText } from './pageText';
import { percent, scaleOf, ticksOf, type Scale } from './scale';

const LANE_PX = 22;
const BAR_PX = 10;
const EXTENDED_PX = 3;
/** Heights tell the states apart without colours, as in the strip of the tooltip. */
const HEIGHTS = { red: 22, amber: 17, healthy: 11, other: 7, notWatched: 22 } as const;
/** A daemon with more of them is read in the table; so is each of many daemons, of which the page would be no picture. */
const MAX_BARS = 40;
const MAX_BARS_IN_ALL = 100;

/** A lane for each daemon, with a bar for each of its sessions under it, on one axis. */
export function lanes(past: Past, daemons: readonly PageDaemon[]): PageElement {
  const scale = scaleOf(past.sinceAt, past.nowAt);
  const most = Math.min(MAX_BARS, Math.ceil(MAX_BARS_IN_ALL / past.daemons.length));
  return el(
    'div',
    { class: 'lanes' },
    el('p', { class: 'help' }, PAGE.help),
    el('div', { class: 'lane-row axis', 'aria-hidden': 'true' }, el('span', {}), axis(scale)),
    ...past.daemons.flatMap((daemon) => laneRows(daemon, daemons, scale, most)),
    el('p', { class: 'caption', id: 'caption', 'aria-hidden': 'true' }),
  );
}

function axis(scale: Scale): PageElement {
  const rangeMs = scale.nowAt - scale.sinceAt;
  return el(
    'svg',
    { class: 'axis-svg', height: '18' },
    el(
      'defs',
      {},
      el(
        'pattern',
        {
          id: 'hatch',
          width: '6',
          height: '6',
          patternUnits: 'userSpaceOnUse',
          patternTransform: 'rotate(45)',
        },
        el('rect', { class: 'hatch', width: '1.2', height: '6' }),
      ),
    ),
    ...ticksOf(scale).map((at) => {
      const x = scale.x(at);
      const anchor = x < 4 ? 'start' : x > 96 ? 'end' : 'middle';
      return el(
        'text',
        { x: percent(x), y: '13', 'text-anchor': anchor },
        tickText(at, rangeMs, scale.nowAt),
      );
    }),
  );
}

/** @param most so many bars */
function laneRows(
  past: DaemonPast,
  daemons: readonly PageDaemon[],
  scale: Scale,
  most: number,
): readonly PageElement[] {
  const daemon = daemons.find(({ daemonId }) => daemonId === past.daemonId);
  const left = past.sessions.length - most;
  return [
    el(
      'div',
      { class: 'lane-row', 'data-key': `lane ${past.daemonId}` },
      el(
        'span',
        { class: 'who' },
        el('strong', {}, past.name),
        ' ',
        el('span', { class: `now ${daemon?.severity ?? 'plain'}` }, daemon?.now ?? ''),
      ),
      lane(past, scale),
    ),
    ...past.sessions.slice(0, most).map((session) => sessionRow(past, session, scale)),
    ...(left > 0 ? [note(moreSessions(left))] : []),
    ...(past.isWorkTold ? [] : [note(PAGE.workNotTold)]),
  ];
}

function note(text: string): PageElement {
  return el('div', { class: 'lane-row' }, el('span', { class: 'what' }, text), el('span', {}));
}

function lane({ daemonId, name, lane: parts }: DaemonPast, scale: Scale): PageElement {
  return el(
    'svg',
    {
      class: 'lane',
      height: String(LANE_PX),
      role: 'group',
      'aria-label': laneLabel(name),
      'data-key': daemonId,
    },
    ...ticksOf(scale).map((at) => {
      const x = percent(scale.x(at));
      return el('line', { class: 'tick', x1: x, x2: x, y1: '0', y2: String(LANE_PX) });
    }),
    ...parts.map((part, index) => lanePart(part, scale, index === parts.length - 1)),
  );
}

/** @param isLast the tab key comes to the newest part */
function lanePart(part: LanePart, scale: Scale, isLast: boolean): PageElement {
  const look = lookOf(part);
  const height = HEIGHTS[look];
  const [from, to] = [scale.x(part.fromAt), scale.x(part.toAt)];
  const text = partText(part, scale.nowAt);
  return el(
    'rect',
    {
      class: `part ${look}`,
      'data-key': `part ${part.fromAt}`,
      'data-state': part.state,
      'data-ms': String(part.toAt - part.fromAt),
      x: percent(from),
      width: percent(to - from),
      y: String(LANE_PX - height),
      height: String(height),
      role: 'img',
      'aria-label': text,
      tabindex: isLast ? '0' : '-1',
    },
    el('title', {}, text),
  );
}

function lookOf({ state }: LanePart): keyof typeof HEIGHTS {
  if (state === 'notWatched') return state;
  if (state === 'noProblem') return 'other';
  const row = STATES[state];
  if (row.severity !== 'plain') return row.severity;
  return row.works === 'proven' ? 'healthy' : 'other';
}

function sessionRow({ daemonId }: DaemonPast, past: SessionPast, scale: Scale): PageElement {
  const { session, fromAt, endedAt, isLive, end, waits } = past;
  const text = sessionText(past, scale.nowAt);
  const untilAt = isLive ? scale.nowAt : (endedAt ?? fromAt);
  const [from, to] = [scale.x(fromAt), scale.x(untilAt)];
  const look = waits
    ? 'waits'
    : end === 'failed' || end === 'timedOut'
      ? 'red'
      : end === 'interrupted'
        ? 'amber'
        : isLive
          ? 'live'
          : 'done';
  return el(
    'div',
    { class: 'lane-row session', 'data-key': `session ${daemonId} ${session.id}` },
    el(
      'span',
      { class: 'what' },
      el('span', { class: 'title' }, session.title),
      ' ',
      el('span', { class: 'how' }, sessionInShort(past, scale.nowAt)),
    ),
    el(
      'svg',
      { class: 'bars', height: String(BAR_PX), 'aria-hidden': 'true' },
      el(
        'rect',
        {
          class: `bar ${look}`,
          x: percent(from),
          width: percent(to - from),
          y: '1',
          height: String(BAR_PX - 2),
        },
        el('title', {}, `${session.title}: ${text}`),
      ),
      ...limitsOf(past, scale),
    ),
  );
}

/** The limit as a session began, what extensions added to that, and the limit as it is now. */
function limitsOf(
  { limitAt, deadlineAt, endedAt, extensions, isLive }: SessionPast,
  scale: Scale,
): readonly PageElement[] {
  const line = (at: number) => {
    const x = percent(scale.x(at));
    return el('line', { class: 'limit', x1: x, x2: x, y1: '0', y2: String(BAR_PX) });
  };
  if (limitAt === undefined) return [];
  const untilAt = isLive ? deadlineAt : endedAt;
  if (extensions === 0 || untilAt === undefined || untilAt <= limitAt) return [line(limitAt)];
  const [from, to] = [scale.x(limitAt), scale.x(untilAt)];
  const more = el('rect', {
    class: 'more',
    x: percent(from),
    width: percent(to - from),
    y: String(BAR_PX - EXTENDED_PX),
    height: String(EXTENDED_PX),
  });
  return [more, line(limitAt), ...(isLive ? [line(untilAt)] : [])];
}
