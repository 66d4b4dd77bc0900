import type { Offspring } from '../../model/outliving';
import { isEndedByUs, type Plan } from '../../restart/plan';
import { offspringList, offspringText } from '../../words/outlivingText';
import { MAX_NAMED_SESSIONS } from '../policy';

export const END_AND_START = 'End Them and Start';
export const START_ANYWAY = 'Start Anyway';
export const END_THEM = 'End Them';

export function outlivingQuestion(daemon: string, { length: count }: readonly Offspring[]): string {
  return count === 1
    ? `1 process that ${daemon} had started is still running. Start ${daemon}?`
    : `${count} processes that ${daemon} had started are still running. Start ${daemon}?`;
}

export function outlivingDetail(daemon: string, left: readonly Offspring[]): string {
  const endable = left.filter(({ isKept }) => !isKept);
  const kept = left.filter(({ isKept }) => isKept);
  const named = endable.slice(0, MAX_NAMED_SESSIONS).map((each) => `• ${offspringText(each)}`);
  const more = endable.length - named.length;
  return [
    `${daemon} has ended and is not started yet. The new ${daemon} may go on with the work that these processes still do:`,
    ...named,
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(kept.length > 0 ? [`Left alone in any case: ${offspringList(kept)}.`] : []),
    `Cancel starts nothing and ends nothing.`,
  ].join('\n');
}

/** How an end that was offered went. */
export function endedText(count: number, stay: readonly Offspring[]): string {
  if (stay.length > 0) return `Could not be ended: ${offspringList(stay)}.`;
  return count === 1 ? 'The process was ended.' : `The ${count} processes were ended.`;
}

/** What becomes of the processes that a daemon has started, and whether that has to be said in any case. */
export function familyText({
  model,
  owner,
  family,
  way,
}: Plan): { text: string; matters: boolean } | undefined {
  // Who else ends the daemon ends its processes by rules of its own.
  if (!owner || !family || !isEndedByUs(way)) return undefined;
  const { name } = model.daemon;
  if (family === 'notKnown') {
    return {
      text: `Whether processes that ${name} has started go on without ${name} is not known.`,
      matters: false,
    };
  }
  if (family.length === 0) return undefined;
  if (model.track.last?.report.traits.endsItsWork) {
    return { text: `Processes that ${name} ends first: ${offspringList(family)}.`, matters: false };
  }
  const apart = family.filter(({ isApart, isKept }) => isApart === true || isKept === true);
  const rest = family.filter((each) => !apart.includes(each));
  const parts = [
    ...(rest.length > 0 ? [`Processes that are likely to end with ${name}: ${offspringList(rest)}.`] : []),
    ...(apart.length > 0
      ? [`Processes that ${name} has started and that are likely to go on: ${offspringList(apart)}.`]
      : []),
  ];
  return { text: parts.join('\n'), matters: apart.some(({ isKept }) => isKept !== true) };
}
