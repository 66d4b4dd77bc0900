import type { DaemonModel } from '../../model/daemonModel';
import { isInstance } from '../sameInstance';
import { addressOf } from '../target';
import { identityIn, type ProcessInfo } from '../../system/processTable';
import { endProcess, untold, type Ended, type StopOptions } from '../../system/endProcess';

/**
 * Ends the process that a plan was made for, and nobody else who has its number by now. dispatchd ends itself cleanly
 * when asked to, also while its poll loop hangs, and on Windows in no other way. smithy's API stops its loop, not what hangs in it: that cures nothing, and is not asked.
 *
 * @returns how it ended; `undefined` when it is still there
 * @throws an error fit to show where the system does not tell when the process began
 */
export async function endDaemon(
  model: DaemonModel,
  owner: ProcessInfo,
  options: Pick<StopOptions, 'signal' | 'onStage'>,
): Promise<Ended | undefined> {
  const target = identityIn(owner);
  const address = addressOf(model.daemon.target);
  if (!target) throw new Error(untold(owner.pid));
  const { kind, instance } = model.track.last?.report ?? {};
  const stateDir = instance?.stateDir;
  // Only the very process that answered as dispatchd is asked: whoever else has its port gets no token.
  if (kind !== 'dispatchd' || stateDir === undefined || !address || !isInstance(model, owner)) {
    return endProcess(target, options);
  }
  const askToEnd = async () => {
    const { DispatchdClient } = await import('../connect');
    await new DispatchdClient(address.origin, stateDir).shutDown();
  };
  return endProcess(target, { ...options, askToEnd });
}
