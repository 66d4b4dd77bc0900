import type { Offspring, Outlived } from '../model/outliving';
import { MAX_NAMED_OFFSPRING } from './policy';

/** `claude (4711, session "fix-parser")`. */
export function offspringText({ pid, name, session }: Offspring): string {
  const program = name === '' ? 'process' : name;
  return session === undefined ? `${program} (${pid})` : `${program} (${pid}, session “${session}”)`;
}

/** "claude (11), git (12) and 3 more", "2 sessions with 5 processes (“lint”, “build”), git (12)". */
export function offspringList(processes: readonly Offspring[]): string {
  const sessions = new Set(processes.flatMap(({ session }) => session ?? []));
  const ofSessions = processes.filter(({ session }) => session !== undefined);
  if (ofSessions.length === sessions.size) return listed(processes.map(offspringText));
  const others = processes.filter(({ session }) => session === undefined);
  const count = `${sessions.size} ${sessions.size === 1 ? 'session' : 'sessions'}`;
  const names = listed([...sessions].map((session) => `“${session}”`));
  const grouped = `${count} with ${ofSessions.length} processes (${names})`;
  return others.length === 0 ? grouped : `${grouped}, ${listed(others.map(offspringText))}`;
}

function listed(texts: readonly string[]): string {
  const named = texts.slice(0, MAX_NAMED_OFFSPRING);
  const more = texts.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What outlived a daemon, as sentences that follow others; empty where nothing did. */
export function outlivedText(outlived: Outlived | undefined, daemon: string): string {
  if (!outlived) return '';
  const { left, ended, answer } = outlived;
  const sentences: string[] = [];
  if (ended > 0) {
    sentences.push(
      ended === 1
        ? `1 process that ${daemon} had started was ended.`
        : `${ended} processes that ${daemon} had started were ended.`,
    );
  }
  if (left.length > 0) sentences.push(leftText(left, daemon));
  if (answer === 'tooLate') sentences.push('No answer came to the question what to do with these processes.');
  return sentences.map((sentence) => ` ${sentence}`).join('');
}

/** "2 processes that smithy had started still run: claude (11), node agent.js (12)." */
export function leftText(left: readonly Offspring[], daemon: string): string {
  const those =
    left.length === 1
      ? `1 process that ${daemon} had started still runs`
      : `${left.length} processes that ${daemon} had started still run`;
  return `${those}: ${offspringList(left)}.`;
}
