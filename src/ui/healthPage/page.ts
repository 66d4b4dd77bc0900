import { clockTime } from '../../base/time';
import type { LoggedIncident } from '../../health/loggedIncidents';
import type { DaemonPast, Past, SessionPast } from '../../health/past';
import { canGoOn } from '../../health/sessions';
import { SEVERITY } from '../../health/states';
import {
  endText,
  incidentSentence,
  lifeDetail,
  lifeText,
  pastSentences,
  spanText,
  wasText,
  waitingText,
  whyText,
} from '../../words/pastText';
import { capitalise } from '../../words/states';
import { sessionRowId } from '../tree/rowIds';
import { el, type PageElement, type PageNode } from './node';
import { lanes } from './lanes';
import type { Page, PageAction, PageDaemon, PageModel } from './pageModel';
import { row, table, timelineTables } from './tables';
import {
  CAPTIONS,
  COLUMNS,
  PAGE,
  RANGES,
  reportLabel,
  resumeLabel,
  runAgainLabel,
  showLabel,
} from './pageText';

/** Whether an incident that has no end goes on, or was left by all windows. */
export function isOpenIn({ daemons }: PageModel, { daemonId }: LoggedIncident): boolean {
  return daemons.some((daemon) => daemon.daemonId === daemonId && daemon.severity !== 'plain');
}

/** The whole page. Pure: texts are escaped when they are drawn, and what a button does stays with us. */
export function pageOf(model: PageModel): Page {
  const actions = new Map<string, PageAction>();
  const act = (id: string, action: PageAction) => {
    actions.set(id, action);
    return { 'data-act': id } as const;
  };
  const isOpen = (incident: LoggedIncident) => isOpenIn(model, incident);
  const body = el(
    'main',
    { id: 'page' },
    el(
      'div',
      { class: 'head' },
      el('h1', {}, PAGE.title),
      rangeChoice(model),
      el('button', { class: 'second', type: 'button', ...act('export', { is: 'export' }) }, PAGE.exportPage),
    ),
    lead(model, isOpen, act),
    ...(model.shows === 'sentences' ? [] : timeline(model, isOpen, act)),
  );
  return { body, actions };
}

function timeline(model: PageModel, isOpen: (incident: LoggedIncident) => boolean, act: Act) {
  const { past, shows, daemons } = model;
  return [
    section('timeline', PAGE.timeline, [
      past.daemons.length === 0 ? el('p', {}, PAGE.noDaemon) : lanes(past, daemons),
    ]),
    section('incidents', PAGE.incidents, [incidentTable(past, isOpen, act)]),
    el(
      'details',
      { 'data-key': 'tables', id: 'tables' },
      el('summary', {}, PAGE.asTable),
      ...(shows === 'tables' ? timelineTables(past) : []),
    ),
  ];
}

type Act = (id: string, action: PageAction) => { readonly 'data-act': string };

function section(key: string, title: string, children: readonly PageNode[]): PageElement {
  return el('section', { 'data-key': key, 'aria-label': title }, el('h2', {}, title), ...children);
}

function rangeChoice({ range, ranges }: PageModel): PageElement {
  return el(
    'select',
    { id: 'range', 'aria-label': PAGE.range, 'data-act': 'range' },
    ...ranges.map((each) =>
      el('option', { 'data-key': each, value: each, ...(each === range && { selected: '' }) }, RANGES[each]),
    ),
  );
}

function lead(
  { past, daemons }: PageModel,
  isOpen: (incident: LoggedIncident) => boolean,
  act: Act,
): PageElement {
  const [first = '', ...others] = pastSentences(past, isOpen);
  const waiting = past.daemons.flatMap((daemon) =>
    daemon.sessions.filter(({ waits }) => waits).map((session) => ({ daemon, session })),
  );
  const waits = waitingText(waiting.length);
  const text = [first, ...others].join(' ');
  return el(
    'div',
    { class: 'lead', 'aria-live': 'polite' },
    el('p', { id: 'lead' }, text, ...(waits === undefined ? [] : [' ', el('strong', {}, waits), '.'])),
    ...(waiting.length === 0
      ? []
      : [
          el(
            'ul',
            { class: 'waiting' },
            ...waiting
              .slice(0, MAX_WAITING)
              .map(({ daemon, session }) =>
                el(
                  'li',
                  { 'data-key': sessionRowId(daemon.daemonId, session.session.id) },
                  el('span', {}, session.session.title),
                  ' ',
                  actionOf(daemon, session, daemons, act),
                ),
              ),
          ),
        ]),
  );
}

/** What waits is dealt with one by one; more of them are in the tree. */
const MAX_WAITING = 5;

function actionOf(
  { daemonId }: DaemonPast,
  { session }: SessionPast,
  daemons: readonly PageDaemon[],
  act: Act,
): PageElement {
  const target = sessionRowId(daemonId, session.id);
  const daemon = daemons.find((each) => each.daemonId === daemonId);
  const button = (command: string, text: string, label: string) =>
    el(
      'button',
      {
        type: 'button',
        'aria-label': label,
        ...act(`${command} ${target}`, { is: 'command', command, targets: [target] }),
      },
      text,
    );
  if (session.status === 'interrupted' && daemon?.canRunAgain && session.kind !== 'named') {
    return button('daemonHealth.runAgain', PAGE.runAgain, runAgainLabel(session.title));
  }
  if (session.status === 'interrupted' && canGoOn(session)) {
    return button('daemonHealth.resumeSession', PAGE.resume, resumeLabel(session.title));
  }
  return button('daemonHealth.showDetails', PAGE.show, showLabel(session.title));
}

function incidentTable(past: Past, isOpen: (incident: LoggedIncident) => boolean, act: Act): PageElement {
  const { incidents, lives, nowAt } = past;
  if (incidents.length + lives.length === 0) return el('p', {}, PAGE.noIncident);
  const rows = [
    ...incidents.map((incident) => ({
      at: incident.fromAt,
      row: incidentRow(incident, nowAt, isOpen(incident), act),
    })),
    ...lives.map((life) => ({
      at: life.at,
      row: row(`life ${life.daemonId} ${life.at}`, [
        clockTime(life.at, nowAt),
        life.name,
        capitalise(lifeText(life, nowAt).replace(/,? at .*$/, '')),
        capitalise(lifeDetail(life)),
        '',
        '',
      ]),
    })),
  ].sort((one, other) => other.at - one.at);
  return table(
    CAPTIONS.incidents,
    COLUMNS.incidents,
    rows.map((each) => each.row),
  );
}

function incidentRow(incident: LoggedIncident, nowAt: number, open: boolean, act: Act): PageElement {
  const { daemonId, name, worst, fromAt, phases, evidence, endedBy } = incident;
  const goesOn = open && incident.endedAt === undefined;
  const span = spanText(incident, nowAt, goesOn);
  const report =
    evidence === undefined
      ? ''
      : el(
          'button',
          {
            class: 'link',
            type: 'button',
            'aria-label': reportLabel(name, clockTime(fromAt, nowAt)),
            ...act(`report ${daemonId} ${fromAt}`, { is: 'report', file: evidence }),
          },
          PAGE.report,
        );
  const what = phases.length === 1 ? wasText(worst.state) : incidentSentence(incident, nowAt, goesOn);
  const detail = endedBy ? lifeDetail(endedBy) : '';
  return row(`incident ${daemonId} ${fromAt}`, [
    span,
    name,
    el('span', { class: `mark ${SEVERITY[worst.state]}` }, capitalise(what)),
    capitalise(whyText(incident)),
    capitalise(`${endText(incident, nowAt, goesOn)}${detail === '' ? '' : ` · ${detail}`}`),
    report,
  ]);
}
