import { CodedError } from '../base/errors';
import type { Cause } from '../health/cause';
import type { RestartFailure } from '../model/outcome';
import type { Exit, StartFailure } from '../model/startFailure';

/** A start under way, as far as its failure is concerned. */
export interface EndedStart {
  /** What it said of its failure, where that can be read. */
  readonly said?: () => Promise<string | undefined>;
}

/** A restart that failed. */
export class Failed extends CodedError<RestartFailure> {}

/** A start that failed: nothing runs. */
export class StartFailed extends CodedError<StartFailure> {}

/**
 * Why a start failed whose command ended: in its own words where they can be read, else by its exit code.
 *
 * @param cause why the daemon does not answer; `undefined` where it was not asked
 */
export async function startFailure(
  { said }: EndedStart,
  exit: Exit,
  daemon: string,
  cause: Cause | undefined,
): Promise<StartFailed> {
  const words = exit.code === undefined ? undefined : await said?.();
  return new StartFailed(
    words === undefined ? { is: 'commandEnded', exit, daemon, cause } : { is: 'startSaid', said: words },
  );
}
