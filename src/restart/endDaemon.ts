import type { Probe } from '../kinds/probe';
import { isInstance } from '../kinds/sameInstance';
import type { DaemonModel } from '../model/daemonModel';
import { endProcess, untold, type Ended, type StopOptions } from '../system/endProcess';
import { identityIn, type ProcessInfo } from '../system/processTable';

/**
 * Ends the process that a plan was made for, and nobody else who has its number by now. A daemon that ends itself
 * cleanly is asked to, also while its poll loop hangs; on Windows there is no other clean way.
 *
 * @param probe what talks to the daemon; `undefined` where nothing does
 * @returns how it ended; `undefined` when it is still there
 * @throws an error fit to show where the system does not tell when the process began
 */
export async function endDaemon(
  model: DaemonModel,
  owner: ProcessInfo,
  probe: Pick<Probe, 'shutDown'> | undefined,
  options: Pick<StopOptions, 'signal' | 'onStage'>,
): Promise<Ended | undefined> {
  const target = identityIn(owner);
  if (!target) throw untold(owner.pid);
  const askToEnd = probe?.shutDown;
  // Only the very process that answered is asked: whoever else has its port gets no token.
  if (!askToEnd || !isInstance(model, owner)) return endProcess(target, options);
  return endProcess(target, { ...options, askToEnd });
}
