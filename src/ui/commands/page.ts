import { UserError } from '../../base/errors';
import { kindOf } from '../../kinds/index';
import { addressOf } from '../../kinds/target';
import type { DaemonModel } from '../../model/daemonModel';
import { CANNOT } from './commandsText';

/** The daemon's page for people, also while the daemon does not answer. @throws {UserError} where there is none */
export function pageOf({ daemon, track }: DaemonModel): string {
  const kind = kindOf(track.last?.report.kind);
  const url = kind?.hasPage === false ? undefined : addressOf(daemon.target)?.origin;
  if (url !== undefined) return url;
  throw new UserError(
    kind?.usedBy === 'chats' ? CANNOT.openPageOfChats(daemon.name) : CANNOT.openPage(daemon.name),
  );
}
