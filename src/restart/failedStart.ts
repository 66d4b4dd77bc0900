import { UserError } from '../base/errors';
import { cleanText } from '../base/text';
import { MAX_REASON_CHARS } from './policy';

/** A start under way, as far as its failure is concerned. */
export interface EndedStart {
  /** What it said of its failure, where that can be read. */
  readonly said?: () => Promise<string | undefined>;
}

const COULD_NOT = 'The daemon could not be started: ';

/** A start that failed. `reason` goes on after "start failed:" and has no full stop. */
export class StartFailed extends UserError {
  readonly reason: string;

  constructor(reason: string, message = `${COULD_NOT}${reason}.`) {
    super(message);
    this.reason = cleanText(reason, MAX_REASON_CHARS);
  }
}

/**
 * Why a start failed whose command ended: in its own words where they can be read, else by its exit code.
 *
 * @param code its exit code; `undefined` where it was terminated
 * @param unanswered what was seen of the daemon, as a clause
 */
export async function startFailure(
  { said }: EndedStart,
  code: number | undefined,
  unanswered: string,
): Promise<StartFailed> {
  if (code === undefined) {
    return new StartFailed(
      'its start command was terminated',
      `The start command was terminated and ${unanswered}.`,
    );
  }
  const words = await said?.();
  if (words !== undefined) {
    const reason = words.startsWith(COULD_NOT) ? words.slice(COULD_NOT.length) : words;
    return new StartFailed(reason.replace(/\.$/, ''), words);
  }
  return new StartFailed(
    `exit code ${code}`,
    `The start command ended with exit code ${code} and ${unanswered}.`,
  );
}
