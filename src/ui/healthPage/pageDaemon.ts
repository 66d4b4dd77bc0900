import type { Instant } from '../../base/time';
import type { DaemonModel } from '../../model/daemonModel';
import { severityOf, stateInShort } from '../../words/states';
import { answersForSessions } from '../shared/usable';
import type { PageDaemon } from './pageModel';

/** A daemon as the page has it now. */
export function pageDaemonOf(model: DaemonModel, now: Instant): PageDaemon {
  return {
    daemonId: model.daemon.id,
    // By the minute: the lanes beside it are drawn in steps.
    now: stateInShort(model, now),
    severity: severityOf(model),
    canRunAgain: answersForSessions(model),
  };
}
