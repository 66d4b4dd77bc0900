import { saidText } from '../base/said';
import type { Unproven } from '../health/cause';
import type { Report } from '../health/report';
import { proofOf, type Proof } from '../health/proof';
import { KINDS } from '../kinds/index';
import { Look } from '../kinds/look';
import { recognise } from '../kinds/recognise';
import { Ask, NoAnswer, type DaemonClient } from '../system/httpClient';
import { ASK_TIMEOUT_MS } from './policy';

/**
 * Asks a daemon that is being started whether it works, by the kinds that every poll uses. Never throws, and ends within
 * the time, whichever routes it takes.
 *
 * @returns what that proves, and the answer where that was a daemon's
 */
export async function askStarted(client: DaemonClient): Promise<{ proof: Proof; report?: Report }> {
  const notYet = (why: Unproven) => ({ proof: { is: 'notYet', why } as const });
  using within = new Ask(ASK_TIMEOUT_MS);
  const look = new Look({ kind: 'http', origin: client.origin }, 'start', within, client);
  try {
    const found = await recognise(look, KINDS);
    if ('is' in found) return notYet({ is: 'wrongAnswer', cause: found });
    const { report } = found;
    if (!report) return notYet({ is: 'stateUntold' });
    // The launcher starts nothing where a daemon answers, so who answers now is new.
    return { proof: proofOf(undefined, { ok: true, report }, 'unknown'), report };
  } catch (error) {
    return notYet(whyNoAnswer(error));
  }
}

function whyNoAnswer(error: unknown): Unproven {
  if (!(error instanceof NoAnswer)) {
    return { is: 'noAnswer', cause: { is: 'unexpected', error: saidText(String(error)) } };
  }
  return { is: error.kind === 'unusable' ? 'wrongAnswer' : 'noAnswer', cause: error.code };
}
