import { clockTime, HOUR_MS } from '../../base/time';

/** What stands on the page, but what words/ says of the past. */
export const PAGE = {
  title: 'Daemon Health',
  exportPage: 'Export…',
  range: 'Show',
  runAgain: 'Run Again',
  resume: 'Resume',
  show: 'Show',
  details: 'Show Details',
  report: 'Open Report',
  restart: 'Restart Daemon',
  start: 'Start Daemon',
  timeline: 'Timeline',
  incidents: 'Incidents',
  asTable: 'The timeline as a table',
  noDaemon: 'No daemon is watched.',
  noIncident: 'No incident is known of this time.',
  workNotTold: 'It does not list its work.',
  noSession: 'no session',
  help: 'Tab to a lane, then the arrow keys: each part says what it was.',
} as const;

export const COLUMNS = {
  incidents: ['When', 'Daemon', 'What', 'Why', 'How it ended', 'Report'],
  parts: ['Daemon', 'State', 'From', 'To', 'Length', 'Why'],
  sessions: ['Daemon', 'Session', 'From', 'To', 'Limit', 'Extended', 'How it stands'],
} as const;

export const CAPTIONS = {
  incidents: 'Incidents, the newest first',
  parts: 'States of the daemons in time',
  sessions: 'Sessions of the daemons',
} as const;

/** Which time is shown. */
export const RANGES = {
  away: 'since you left',
  hour: 'the last hour',
  day: 'the last 24 h',
  week: 'the last 7 days',
} as const;

export type Range = keyof typeof RANGES;

export const laneLabel = (daemon: string): string => `${daemon} in time`;
export const moreSessions = (count: number): string =>
  count === 1 ? '1 more session' : `${count} more sessions`;
export const runAgainLabel = (session: string): string => `${PAGE.runAgain}: “${session}”`;
export const resumeLabel = (session: string): string => `${PAGE.resume}: “${session}”`;
export const showLabel = (session: string): string => `${PAGE.show}: “${session}”`;
export const reportLabel = (daemon: string, at: string): string => `${PAGE.report} on ${daemon}, ${at}`;

/** A mark of the axis: with the day where the axis is longer than one. */
export function tickText(at: number, rangeMs: number, nowAt: number): string {
  const time = clockTime(at, at).slice(0, rangeMs > HOUR_MS / 6 ? 5 : undefined);
  if (rangeMs <= 24 * HOUR_MS) return time;
  return `${new Date(at).toLocaleDateString(undefined, { weekday: 'short' })} ${clockTime(at, nowAt).slice(-8, -3)}`;
}

/** The dialog that asks for a file. */
export const EXPORT = {
  title: 'Export the health page',
  filter: 'Markdown',
} as const;
