import { stripVTControlCharacters } from 'node:util';
import { saidText } from '../../base/said';
import { cleanText } from '../../base/text';
import type { StrangeAnswer } from '../../health/cause';
import { NoAnswer } from '../../system/httpClient';
import { runProgram, type Ran } from '../../system/runProgram';
import { MAX_SAID_CHARS } from '../policy';
import { checkParts } from '../read/parts';
import { inHome } from '../read/paths';
import type { Spoken } from './answer';
import { claudeSessions } from './claude';
import { shapeMeant, type Means } from './meanings';
import { MAX_COMMAND_NAME_CHARS, MAX_COMMAND_OUTPUT_BYTES, MAX_JSON_STARTS } from './policy';
import { parse, readSaid, TEXT_PLACE } from './said';
import type { Said } from './spoken';
import { shapeOf } from './shapes';

/** How what a command prints is read. */
export interface Reading {
  /** What its words mean, where its entry says that. */
  readonly means?: Means | undefined;
  /** It may say how the daemon is; else only values are wanted of it. */
  readonly isStatus?: boolean;
  /** How long it was waited for. */
  readonly tookMs?: number;
}

/**
 * What a command prints of a daemon. Its exit code tells nothing where it prints what is asked for: some tell an ill
 * daemon by it.
 *
 * @param places where values are asked for
 * @throws {NoAnswer} where it does not end in time: who asks a daemon that hangs waits for it; or where its words say so
 */
export async function readCommand(
  argv: readonly string[],
  places: readonly string[],
  timeoutMs: number,
  reading: Omit<Reading, 'tookMs'> = {},
): Promise<Spoken | StrangeAnswer> {
  const startedMs = performance.now();
  const words = argv.map((word) => inHome(word));
  const ran = await runProgram(words, { timeoutMs, maxBytes: MAX_COMMAND_OUTPUT_BYTES });
  if (ran.is === 'late') {
    const withinMs = Math.ceil(timeoutMs);
    throw new NoAnswer('timeout', { is: 'commandLate', command: shown(argv), withinMs });
  }
  return readRan(ran, argv, places, { ...reading, tookMs: performance.now() - startedMs });
}

/** What a command said that ended, or why that is nothing. @throws {NoAnswer} where it says too much to be read */
export function readRan(
  ran: Exclude<Ran, { readonly is: 'late' }>,
  argv: readonly string[],
  places: readonly string[],
  { means, isStatus = true, tookMs = 0 }: Reading = {},
): Spoken | StrangeAnswer {
  const command = shown(argv);
  switch (ran.is) {
    case 'missing':
      return { is: 'noCommand', command };
    case 'refused':
      return { is: 'commandRefused', command };
    case 'tooLong':
      return { is: 'commandTooLong', command, maxBytes: MAX_COMMAND_OUTPUT_BYTES };
    case 'ended': {
      // Some colour what they print wherever it goes.
      const [stdout, stderr] = [ran.stdout, ran.stderr].map(stripVTControlCharacters) as [string, string];
      checkParts(stdout);
      const said = readPrinted(stdout);
      const meant = shapeMeant(`${stdout}\n${stderr}`, means, tookMs);
      if (meant) return { said, shape: meant };
      const shape = shapeOf(lastLine(stdout), said.json);
      const tells = (isStatus && shape !== undefined) || places.some((place) => said.at(place) !== undefined);
      if (ran.exitCode === 0 || (tells && said.at(TEXT_PLACE) !== ''))
        return { said, ...(shape && { shape }), ...workIn(said) };
      const words = saidText(lastWords(stderr) || lastWords(stdout), MAX_SAID_CHARS) || undefined;
      return {
        is: 'commandFailed',
        command,
        exitCode: ran.exitCode,
        ...(words !== undefined && { said: words }),
      };
    }
  }
}

function shown([program = '']: readonly string[]): string {
  return cleanText(program, MAX_COMMAND_NAME_CHARS);
}

function workIn({ json }: Said): Pick<Spoken, 'sessions'> {
  const sessions = claudeSessions(json);
  return sessions ? { sessions } : {};
}

/** JSON, which may come after lines for people; `key=value` lines; or its last line. */
function readPrinted(text: string): Said {
  const whole = readSaid(text);
  if (whole.json !== undefined) return whole;
  const last = readSaid(lastLine(text));
  if (last.json !== undefined) return last;
  const json = jsonAfterLines(text);
  if (json !== undefined) return readSaid(json);
  return {
    at: (place) => (place === TEXT_PLACE ? last.at(place) : whole.at(place)),
    hasFields: whole.hasFields,
    places: () => whole.places(),
  };
}

function jsonAfterLines(text: string): string | undefined {
  let starts = 0;
  for (const { index } of text.matchAll(/^[[{]/gm)) {
    if (++starts > MAX_JSON_STARTS) return undefined;
    const rest = text.slice(index);
    if (parse(rest) !== undefined) return rest;
  }
  return undefined;
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}

/** A part of JSON, or of an environment: data, in which there may be a secret. What Go programs log is for people. */
const NO_WORDS = /^([\]{}"[]|(export\s+)?[a-z_]\w*=(?!.*\bmsg=))/i;

/** Its last line for people. */
function lastWords(text: string): string {
  const line = lastLine(text);
  return NO_WORDS.test(line) ? '' : line;
}
