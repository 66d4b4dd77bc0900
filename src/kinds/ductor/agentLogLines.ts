import { saidText } from '../../base/said';
import { HOUR_MS, SECOND_MS } from '../../base/time';
import { MAX_ERROR_CHARS, MAX_LOG_LINE_CHARS } from './policy';

/** Reads the lines of `logs/agent.log` that tell something: pure. */

/** What a line tells. */
type Told =
  | { readonly is: 'began'; readonly pid: number }
  /** Its start found the pid file of a process that is gone. */
  | { readonly is: 'stale'; readonly pid: number }
  | { readonly is: 'ending' }
  /** The last thing that a process does which is not killed. */
  | { readonly is: 'released' }
  /** Somebody's limit was moved. @property used which extension of `max`; of 0 there is no end */
  | { readonly is: 'extended'; readonly used: number; readonly max: number; readonly byMs: number }
  /** @property of the process of some work, or a turn as a whole: of one turn both are told */
  | {
      readonly is: 'timedOut';
      readonly of: 'process' | 'turn';
      readonly afterMs: number;
      readonly said: string;
    }
  /** @property isHelpless no command line of an agent can be used */
  | { readonly is: 'error'; readonly said: string; readonly isHelpless: boolean }
  /** The command lines of its agents can be used. */
  | { readonly is: 'works' };

/** A line that tells something. `at` is epoch ms, in whole seconds. */
export type LogLine = { readonly at: number } & Told;

/** `YYYY-mm-dd HH:MM:SS [LEVEL] logger:file.py:line: [context] message` */
const LINE =
  /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) \[([A-Z]+)\] ([\w.]+):[\w.]+:\d+: (?:\[([\w:-]{0,120})\] )?(.*)$/;

/** Work that is no turn of a chat, as its context names it: a cron job, a heartbeat, a webhook. */
const OTHER_WORK = /(?:^|:)(?:cron|hb|wh)(?::|$)/;

/** The token of a bot, which stands in the addresses of Telegram. */
const BOT_TOKEN = /\d{6,12}:[\w-]{30,}/g;

/** What a message tells; `undefined` where that is nothing. */
const MESSAGES: readonly (readonly [RegExp, (parts: readonly string[]) => Told])[] = [
  [/^PID lock acquired \(pid=(\d{1,10})\)/, ([pid]) => ({ is: 'began', pid: Number(pid) })],
  [/^Stale PID file found \(pid=(\d{1,10})\)/, ([pid]) => ({ is: 'stale', pid: Number(pid) })],
  [/^PID lock released/, () => ({ is: 'released' })],
  [/^Termination signal received/, () => ({ is: 'ending' })],
  [
    /^Timeout extended \((\d{1,6})\/(\d{1,6})\): \+(\d{1,7})s/,
    ([used, max, by]) => ({
      is: 'extended',
      used: Number(used),
      max: Number(max),
      byMs: Number(by) * SECOND_MS,
    }),
  ],
  [/^(Session timed out after (\d{1,7})s)\b/, timedOut('turn')],
  [/^([\w -]{1,40} timed out after (\d{1,7})s)\b/, timedOut('process')],
  [/^(?:Available providers: \S|(?:Normal|Streaming) flow completed)/, () => ({ is: 'works' })],
];

function timedOut(of: 'process' | 'turn') {
  return ([said = '', after]: readonly string[]) =>
    ({ is: 'timedOut', of, afterMs: Number(after) * SECOND_MS, said: saidText(said) }) as const;
}

/** What a line of the log tells; `undefined` where that is nothing. @param nowAt about when it was written, or later */
export function readLogLine(text: string, nowAt: number): LogLine | undefined {
  const found = LINE.exec(text.slice(0, MAX_LOG_LINE_CHARS));
  if (!found) return undefined;
  const [, , , , , , , level, logger = '', context = '', message = ''] = found;
  const told = level === 'ERROR' || level === 'CRITICAL' ? error(message) : other(logger, context, message);
  return told && { at: timeIn(found, nowAt), ...told };
}

/** When a line was written, whatever it tells; `undefined` of one that has no time: a traceback. */
export function timeOfLine(text: string, nowAt: number): number | undefined {
  const found = LINE.exec(text.slice(0, MAX_LOG_LINE_CHARS));
  return found ? timeIn(found, nowAt) : undefined;
}

function timeIn(found: RegExpExecArray, nowAt: number): number {
  return localTime(found.slice(1, 7).map(Number), nowAt);
}

function error(message: string): Told | undefined {
  const said = saidText(message.replace(BOT_TOKEN, '<redacted>'), MAX_ERROR_CHARS);
  const isHelpless = message.startsWith('No authenticated providers found');
  return said === '' ? undefined : { is: 'error', said, isHelpless };
}

function other(logger: string, context: string, message: string): Told | undefined {
  // Only ductor itself tells of its life and its limits.
  if (!logger.startsWith('ductor_bot.') || OTHER_WORK.test(context)) return undefined;
  for (const [pattern, read] of MESSAGES) {
    const parts = pattern.exec(message);
    if (parts) return read(parts.slice(1));
  }
  return undefined;
}

/**
 * A time of the clock on the wall, without its zone, as epoch ms. Where the clock is put back there are two such
 * moments: the one nearer to now is meant. A moment that is skipped was written by a clock of another zone.
 */
export function localTime(parts: readonly number[], nowAt: number): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const at = new Date(year, month - 1, day, hour, minute, second).getTime();
  const wallOf = (moment: number) => moment - new Date(moment).getTimezoneOffset() * 60 * SECOND_MS;
  const moments = [at, at - HOUR_MS, at + HOUR_MS, at - HOUR_MS / 2, at + HOUR_MS / 2].filter(
    (moment) => wallOf(moment) === wallOf(at),
  );
  return moments.reduce((one, other) => (Math.abs(other - nowAt) < Math.abs(one - nowAt) ? other : one), at);
}
