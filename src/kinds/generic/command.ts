import { cleanText } from '../../base/text';
import type { StrangeAnswer } from '../../health/cause';
import { NoAnswer } from '../../system/httpClient';
import { runProgram, type Ran } from '../../system/runProgram';
import { MAX_SAID_CHARS } from '../policy';
import { checkParts } from '../read/parts';
import type { Spoken } from './answer';
import { claudeSessions } from './claude';
import { shapeMeant, type Means } from './meanings';
import { MAX_COMMAND_NAME_CHARS, MAX_COMMAND_OUTPUT_BYTES } from './policy';
import { readSaid, TEXT_PLACE, type Said } from './said';
import { shapeOf } from './shapes';

/**
 * What a command prints of a daemon. Its exit code tells nothing where it prints what is asked for: some tell an ill
 * daemon by it.
 *
 * @param places where values are asked for
 * @param means what its words mean, where its entry says that
 * @param isStatus it may say how the daemon is; else only values are wanted of it
 * @throws {NoAnswer} where it does not end in time: who asks a daemon that hangs waits for it; or where its words say so
 */
export async function readCommand(
  argv: readonly string[],
  places: readonly string[],
  timeoutMs: number,
  { means, isStatus }: { readonly means?: Means | undefined; readonly isStatus?: boolean } = {},
): Promise<Spoken | StrangeAnswer> {
  const startedMs = performance.now();
  const ran = await runProgram(argv, { timeoutMs, maxBytes: MAX_COMMAND_OUTPUT_BYTES });
  if (ran.is === 'late') {
    const withinMs = Math.ceil(timeoutMs);
    throw new NoAnswer('timeout', { is: 'commandLate', command: shown(argv), withinMs });
  }
  return readRan(ran, argv, places, { means, isStatus, tookMs: performance.now() - startedMs });
}

/** What a command said that ended, or why that is nothing. @throws {NoAnswer} where it says too much to be read */
export function readRan(
  ran: Exclude<Ran, { readonly is: 'late' }>,
  argv: readonly string[],
  places: readonly string[],
  {
    means,
    isStatus = true,
    tookMs = 0,
  }: {
    readonly means?: Means | undefined;
    readonly isStatus?: boolean | undefined;
    readonly tookMs?: number;
  } = {},
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
      checkParts(ran.stdout);
      const said = readPrinted(ran.stdout);
      const meant = shapeMeant(`${ran.stdout}\n${ran.stderr}`, means, tookMs);
      if (meant) return { said, shape: meant };
      const shape = shapeOf(lastLine(ran.stdout), said.json);
      const tells = (isStatus && shape !== undefined) || places.some((place) => said.at(place) !== undefined);
      if (ran.exitCode === 0 || (tells && said.at(TEXT_PLACE) !== ''))
        return { said, ...(shape && { shape }), ...workIn(said) };
      const words = cleanText(lastLine(ran.stderr) || lastLine(ran.stdout), MAX_SAID_CHARS) || undefined;
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
  return {
    at: (place) => (place === TEXT_PLACE ? last.at(place) : whole.at(place)),
    hasFields: whole.hasFields,
    places: () => whole.places(),
  };
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
