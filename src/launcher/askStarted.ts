import { cleanText } from '../base/text';
import type { Unproven } from '../health/cause';
import type { Report } from '../health/report';
import { proofOf, type Proof } from '../health/proof';
import { KINDS } from '../kinds/index';
import { Look } from '../kinds/look';
import { recognise } from '../kinds/recognise';
import { Ask, DaemonClient, NoAnswer } from '../system/httpClient';

/** Asks a daemon that is being started whether it works, by the kinds that every poll uses. */
export class StartedDaemon {
  readonly #client: DaemonClient;

  /** @param origin its address, `http://host:port` */
  constructor(
    private readonly origin: string,
    private readonly timeoutMs: number,
  ) {
    this.#client = new DaemonClient(origin);
  }

  /** The last answer that was a daemon's. */
  report: Report | undefined;

  /** What it proves now; never throws, and ends within the time, whichever routes it takes. */
  async ask(): Promise<Proof> {
    this.report = undefined;
    const within = new Ask(this.timeoutMs);
    const look = new Look({ kind: 'http', origin: this.origin }, 'start', within, this.#client);
    try {
      const found = await recognise(look, KINDS);
      if ('is' in found) return { is: 'notYet', why: { is: 'wrongAnswer', cause: found } };
      this.report = found.report;
      const { report } = found;
      if (!report) return { is: 'notYet', why: { is: 'stateUntold' } };
      // The launcher starts nothing where a daemon answers, so who answers now is new.
      return proofOf(undefined, { ok: true, report }, 'unknown');
    } catch (error) {
      return { is: 'notYet', why: whyNoAnswer(error) };
    } finally {
      within.end();
    }
  }
}

function whyNoAnswer(error: unknown): Unproven {
  if (!(error instanceof NoAnswer)) {
    return { is: 'noAnswer', cause: { is: 'unexpected', error: cleanText(String(error)) } };
  }
  return { is: error.kind === 'unusable' ? 'wrongAnswer' : 'noAnswer', cause: error.code };
}
