import { duration } from '../base/time';

/** What was found out about a process that hangs. */
export interface Found {
  /** For how long its loop has completed nothing, in ms. */
  readonly hungForMs: number | undefined;
  /** `[name, value]` rows of `processFacts`; a text where they could not be had. */
  readonly facts: readonly (readonly [string, string])[] | string;
  /** What its event loop holds, as `inspectNode` tells it. */
  readonly loop: string | undefined;
  /** It runs sessions, whose processes are its children. */
  readonly runsWork: boolean;
  /** The port that it listens on itself. */
  readonly ownPort: number | undefined;
}

/** From so much of one core on a process computes, and does not wait. */
const BUSY_PERCENT = 80;

/**
 * What a hang comes to, as a clause that goes on after "it" and after "it has". A process may hold a socket that it does
 * not wait for, so a single one is what it *most likely* waits for, and of several that is not said.
 */
export function hangText({ hungForMs, facts, loop, ownPort, runsWork }: Found): string {
  const forTime = hungForMs === undefined ? '' : ` for ${duration(hungForMs)}`;
  if (typeof facts === 'string') return `hung${forTime}, and of its process nothing is known`;
  const row = (wanted: string) => facts.find(([name]) => name.startsWith(wanted))?.[1] ?? '';
  const cpu = /^(\d+) %/.exec(row('CPU'))?.[1];
  const share = cpu === undefined ? '' : `; ${cpu} % CPU`;
  if (row('state').startsWith('T')) return `hung${forTime}, stopped by a signal${share}`;
  if (cpu !== undefined && Number(cpu) >= BUSY_PERCENT) {
    const where = /^\d+ % (.+)$/m.exec(loop?.split('where it was')[1] ?? '')?.[1];
    return `computed${forTime}${where === undefined ? '' : `, mostly in ${where}`}${share}`;
  }
  const sockets = socketsOf(row('sockets'), loop, ownPort);
  const children = row('children')
    .split('\n')
    .filter((line) => /^\d+ /.test(line));
  if (sockets.length === 1) return `waited${forTime}, most likely for a socket to ${sockets[0]}${share}`;
  if (sockets.length > 1) {
    return `waited${forTime}, with sockets open to ${sockets.slice(0, 3).join(', ')}${share}`;
  }
  // The sessions of a daemon are children that it does not wait for.
  if (children.length === 1 && !runsWork)
    return `waited${forTime}, most likely for its child process${share}`;
  if (children.length > 0) {
    const many = children.length === 1 ? '1 child process' : `${children.length} child processes`;
    return `waited${forTime}, with ${many} running, and nothing shows for what${share}`;
  }
  return `waited${forTime}, and nothing shows for what${share}`;
}

/** Those that it opened: by address where its event loop names them, else by port. */
function socketsOf(rows: string, loop: string | undefined, ownPort: number | undefined): readonly string[] {
  const named = [...(loop ?? '').matchAll(/^Socket to (\S+)$/gm)].map(([, place]) => place!);
  // The ports of those that others opened to it are of no interest.
  const theirs = [...rows.matchAll(/^port (\d+) ↔ (\d+) (?:ESTABLISHED|SYN_SENT|CLOSE_WAIT)$/gm)];
  const opened = theirs.filter(([, own]) => Number(own) !== ownPort).map(([, , port]) => port!);
  const places = named.filter((place) => opened.some((port) => place.endsWith(`:${port}`)));
  return [...new Set(places.length > 0 ? places : opened.map((port) => `port ${port}`))];
}
