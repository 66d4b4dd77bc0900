import { joined } from '../../base/text';
import type { NoPlace } from '../../check/place';
import { noPlaceText } from '../../check/placeText';
import { plain, type PlainText } from '../shared/markdown';

export const CHECK = {
  title: plain('Check a Health Endpoint'),
  question: plain('Type an address (127.0.0.1:8080/health), or a file'),
  checkIt: plain('say what the answer lacks'),
  checking: (place: string) => plain(`Asking ${place} twice`),
  document: 'Health Check.txt',
} as const;

/** Why nothing can be checked there, and what to do. */
export function noPlaceHereText(why: NoPlace): PlainText {
  const hint = why.is === 'elsewhere' && 'Set daemonHealth.allowRemote to ask other machines.';
  return plain(joined([noPlaceText(why), hint], ' '));
}
