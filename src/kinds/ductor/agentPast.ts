import { SECOND_MS } from '../../base/time';
import type { ToldPast } from '../../health/toldPast';
import { readLogLine, timeOfLine } from './agentLogLines';
import { LOG_TIME_MS, MAX_PAST_LIVES } from './policy';

type Life = ToldPast['lives'][number];

/** A log that was silent for longer before the next start does not tell when the process died. */
const LAST_WORDS_MS = 10 * SECOND_MS;

/**
 * The lives of a ductor, as its log tells them: pure. A log begins in the middle of a life, which is told as far as it
 * goes. When a process died that said nothing is not known: it was there at its last line, and gone at the next start.
 *
 * @param lines whole lines, oldest first
 * @param nowAt epoch ms
 */
export function livesIn(lines: readonly string[], nowAt: number): readonly Life[] {
  const lives: Open[] = [];
  let stalePid: number | undefined;
  for (const text of lines) {
    const at = timeOfLine(text, nowAt);
    if (at === undefined) continue;
    const told = readLogLine(text, nowAt);
    if (told?.is === 'stale') {
      stalePid = told.pid;
      continue;
    }
    const last = lives.at(-1);
    if (told?.is === 'began') {
      lives.push({ pid: told.pid, linesAt: [at], isEnding: false, foundStale: stalePid });
      stalePid = undefined;
      continue;
    }
    const life = last ?? { linesAt: [], isEnding: false };
    if (!last) lives.push(life);
    life.linesAt.push(at);
    life.isEnding ||= told?.is === 'ending';
    if (told?.is === 'released') life.releasedAt = at;
  }
  return lives.map((life, index) => lifeOf(life, lives[index + 1], nowAt)).slice(-MAX_PAST_LIVES);
}

/** A life as its lines are read. */
interface Open {
  readonly pid?: number;
  readonly linesAt: number[];
  isEnding: boolean;
  releasedAt?: number;
  /** Its start found the file of this process, which had not ended in good order. */
  readonly foundStale?: number | undefined;
}

function lifeOf({ pid, linesAt, isEnding, releasedAt }: Open, next: Open | undefined, nowAt: number): Life {
  const [startedAt = nowAt] = linesAt;
  if (!next) return { startedAt, lastAliveAt: nowAt, end: 'running' };
  const [nextAt = nowAt] = next.linesAt;
  // A process writes lines before the one that tells its beginning.
  const lastAt = releasedAt ?? linesAt.findLast((at) => at < nextAt - LOG_TIME_MS) ?? startedAt;
  const isKilled = next.foundStale !== undefined && (pid === undefined || next.foundStale === pid);
  // A crash of its main agent, and a restart that a chat asked for, look alike.
  const end = isEnding ? 'clean' : isKilled ? 'killed' : 'notTold';
  const isEndKnown = releasedAt !== undefined || isEnding || nextAt - lastAt <= LAST_WORDS_MS;
  return {
    startedAt,
    lastAliveAt: isEndKnown ? lastAt : nextAt,
    // Of the first life in sight the beginning may be out of sight.
    ...((isEnding || releasedAt !== undefined) && pid !== undefined && { upMs: lastAt - startedAt }),
    end,
  };
}
