import type { DispatchdClient } from './client';
import type { DaemonModel } from '../../model/daemonModel';
import { addressOf } from '../target';

/** Whether this is a dispatchd that answers now. */
export function answers({ track }: DaemonModel): boolean {
  return track.sample?.ok === true && track.sample.report.kind === 'dispatchd';
}

/** Whether it is one as far as is known: by its last answer, else by the user's settings. */
export function isDispatchd({ daemon, track }: DaemonModel): boolean {
  return (track.last?.report.kind ?? daemon.kind) === 'dispatchd';
}

/** What changes things in this dispatchd. @throws an error fit to show where it cannot be reached */
export async function clientOf({ daemon, track }: DaemonModel): Promise<DispatchdClient> {
  const { kind, instance } = track.last?.report ?? {};
  const address = addressOf(daemon.target);
  if (kind !== 'dispatchd' || instance?.stateDir === undefined || !address) {
    throw new Error(`${daemon.name} is no dispatchd: its sessions cannot be changed from here.`);
  }
  const { DispatchdClient } = await import('../connect');
  return new DispatchdClient(address.origin, instance.stateDir);
}
