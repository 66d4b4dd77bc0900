import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Beside, KindId, Sample } from '../health/report';
import type { Target } from '../model/target';
import { listenApart } from '../system/listenApart';
import { addressesOf } from '../system/ports';
import type { Probe } from './kind';
import { DISCOVERY_TIMEOUT_MS } from './policy';
import { addressOf, atHost } from './target';

/** One of the addresses that a name stands for. */
interface At {
  readonly place: string;
  readonly probe: Probe;
}

/**
 * Asks a daemon at `localhost`, which is 127.0.0.1 and ::1. Where different programs listen at these, both are asked at
 * first and after a failure: the daemon is watched at its address from then on, and the other program neither turns it
 * red nor hides that it fails.
 */
export class EitherAddress implements Probe {
  readonly #byName: Probe;
  /** Both addresses, once different programs were seen there. */
  #both: readonly At[] = [];
  #daemon: At | undefined;
  #beside: Beside | undefined;
  #isGood = false;

  constructor(
    private readonly target: Target,
    private readonly probeOf: (target: Target) => Probe,
    private readonly declared: KindId | undefined,
  ) {
    this.#byName = probeOf(target);
  }

  get sessions() {
    return this.#probe.sessions;
  }

  get lostWork() {
    return this.#probe.lostWork;
  }

  get history() {
    return this.#probe.history;
  }

  get shutDown() {
    return this.#probe.shutDown;
  }

  async ask(): Promise<Sample> {
    if (!this.#isGood && this.#both.length === 0 && (await listenApart(addressOf(this.target)!.port))) {
      this.#both = addressesOf('localhost').map((host) => {
        const target = atHost(this.target, host);
        const { hostname, port } = addressOf(target)!;
        return { place: `${hostname}:${port}`, probe: this.probeOf(target) };
      });
    }
    const isKnown = this.#isGood || this.#both.length === 0;
    const sample = await (isKnown ? this.#probe.ask() : this.#askBoth());
    this.#isGood = sample.ok;
    if (!sample.ok || !this.#beside) return sample;
    return { ...sample, report: { ...sample.report, beside: this.#beside } };
  }

  statusText(): Promise<string> {
    return this.#probe.statusText();
  }

  async close(): Promise<void> {
    await Promise.all([this.#byName, ...this.#both.map(({ probe }) => probe)].map((probe) => probe.close()));
  }

  get #probe(): Probe {
    return this.#daemon?.probe ?? this.#byName;
  }

  async #askBoth(): Promise<Sample> {
    const asked = this.#both.map(({ probe }) => probe.ask());
    // Who is silent beside a daemon that answers is not waited for; the daemon itself is.
    const good = Promise.any(
      asked.map(async (one) => ((await one).ok ? undefined : Promise.reject(new Error()))),
    );
    const late = good.then(
      () => delay(DISCOVERY_TIMEOUT_MS, undefined, { ref: false }),
      () => undefined,
    );
    const seen = await Promise.all(
      this.#both.map(async (at, n) => ({
        at,
        sample: await (at === this.#daemon ? asked[n]! : Promise.race([asked[n]!, late])),
      })),
    );
    const before = seen.find(({ at }) => at === this.#daemon);
    const answering = seen.filter(({ sample }) => sample?.ok);
    const best =
      answering.find(({ sample }) => sample?.ok && sample.report.kind === this.declared) ?? answering[0];
    const daemon = before && !this.#hasLeft(before.sample) ? before : (best ?? before);
    this.#daemon = daemon?.at;
    const sample = (daemon ?? seen[0]!).sample!;
    const other = seen.find((each) => each !== (daemon ?? seen[0]))!;
    this.#beside = isOne(sample, other.sample) ? undefined : toBeside(other.at.place, other.sample);
    return sample;
  }

  /** Nobody, or somebody else, is where the daemon was, and no other daemon was known beside it. */
  #hasLeft(sample: Sample | undefined): boolean {
    if (sample?.ok !== false || this.#beside?.kind !== undefined) return false;
    return ['refused', 'wrongAnswer'].includes(sample.failure.kind);
  }
}

/** A program may listen at both addresses by itself. Of two daemons the loops do not complete a cycle in one millisecond. */
function isOne(one: Sample, other: Sample | undefined): boolean {
  if (!one.ok || !other?.ok) return false;
  const [a, b] = [one.report, other.report];
  if (a.kind !== b.kind || a.instance?.id !== b.instance?.id) return false;
  return a.instance?.id !== undefined || isDeepStrictEqual(a.progress, b.progress);
}

function toBeside(place: string, sample: Sample | undefined): Beside | undefined {
  if (!sample) return { place, cause: { is: 'noAnswer', withinMs: DISCOVERY_TIMEOUT_MS } };
  if (sample.ok) return { place, kind: sample.report.kind };
  return sample.failure.kind === 'refused' ? undefined : { place, cause: sample.failure.cause };
}
