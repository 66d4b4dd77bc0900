import { asSentence } from '../../base/text';
import { duration } from '../../base/time';
import type { Session } from '../../health/report';
import type { WorkEnd } from '../../health/workNews';
import { questionText } from '../../words/work';
import { MAX_NAMED, TITLE_CHARS_OF_MANY } from '../policy';
import { quoted } from './countdownText';

/** An end, and the name of the daemon. */
export interface NamedEnd {
  readonly name: string;
  readonly ended: WorkEnd;
}

/** "“Lint” failed on dispatchd after 12 s (exit code 3).", "“Build” finished on dispatchd in 3 min 5 s." */
export function endedText(daemon: string, { session, end, ranMs }: WorkEnd): string {
  const on = `${quoted(session)} ${VERBS[end]} on ${daemon}`;
  // A daemon that tells whole seconds ends at once what it began.
  const ran = ranMs === undefined || ranMs < 1 ? undefined : duration(ranMs);
  if (end === 'completed') return `${on}${ran === undefined ? '' : ` in ${ran}`}.`;
  const { exitCode, outcome } = session;
  if (exitCode === undefined && outcome !== undefined) return asSentence(`${on}: ${outcome}`);
  const after = ran === undefined ? '' : ` after ${ran}`;
  return `${on}${after}${exitCode === undefined ? '' : ` (exit code ${exitCode})`}.`;
}

const VERBS = { completed: 'finished', failed: 'failed' } as const;

/** The same of several sessions: what failed comes first. */
export function endedTogetherText(ends: readonly NamedEnd[]): string {
  const sentences = (['failed', 'completed'] as const).flatMap((end) => {
    const those = ends.filter(({ ended }) => ended.end === end);
    const [first, ...others] = those;
    if (!first) return [];
    if (others.length === 0) return [endedText(first.name, first.ended)];
    const names = new Set(those.map(({ name }) => name));
    const on = names.size === 1 ? ` on ${first.name}` : '';
    return [
      `${those.length} sessions ${VERBS[end]}${on}: ${namesOf(those.map(({ ended }) => ended.session))}`,
    ];
  });
  return sentences.join(' ');
}

/** "“Deploy” on ductor waits for you: Which stage?" */
export function waitsText(daemon: string, session: Session): string {
  return `${quoted(session)} on ${daemon} ${asSentence(questionText(session, true))}`;
}

/** The same of several sessions. */
export function waitTogetherText(sessions: readonly Session[]): string {
  return `${sessions.length} sessions wait for you: ${namesOf(sessions)}`;
}

/** The first names, with the end of the sentence. */
function namesOf(sessions: readonly Session[]): string {
  const named = sessions.slice(0, MAX_NAMED).map((session) => quoted(session, TITLE_CHARS_OF_MANY));
  return `${named.join(', ')}${sessions.length > named.length ? ', ….' : '.'}`;
}
