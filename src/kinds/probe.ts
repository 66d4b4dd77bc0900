import { setTimeout as delay } from 'node:timers/promises';
import { CodedError } from '../base/errors';
import type { Refusal } from '../model/refusal';
import { FALLBACK_TIMEOUT_MS, OWN_STALL_MS, REQUEST_TIMEOUT_MS } from '../health/policy';
import type { Failure, KindId, Sample } from '../health/report';
import type { Target } from '../model/target';
import { systemHost, type HostSources } from '../system/hostLoad';
import { Ask, DaemonClient, NoAnswer, noAnswerWithin } from '../system/httpClient';
import { speaksTls } from '../system/speaksTls';
import { HostWatch, holdersOf } from './hostLoad';
import { KINDS, kindOf } from './index';
import { EitherAddress } from './eitherAddress';
import type { Answered, Connection, ConnectOptions, Kind, Probe } from './kind';
import { Look } from './look';
import { ASK_OVERRUN_MS } from './policy';
import { othersFor, recognise } from './recognise';
import { failureOf, toSample } from './sample';
import { addressOf, originOf } from './target';

export type { Probe } from './kind';

export interface ProbeOptions extends Partial<Omit<ConnectOptions, 'isDeclared'>> {
  /** What tells how busy the machine and the daemon's process are. */
  readonly host?: HostSources;
  /** As the user says; what answers may be of another kind all the same. */
  readonly kind?: KindId | undefined;
  readonly kinds?: readonly Kind[];
}

const DEFAULTS: Required<Omit<ProbeOptions, 'kind'>> = {
  kinds: KINDS,
  host: systemHost,
  timeouts: { requestMs: REQUEST_TIMEOUT_MS, fallbackMs: FALLBACK_TIMEOUT_MS },
  mayReadLimits: () => false,
  wallAt: Date.now,
  elapsedMs: () => performance.now(),
  env: process.env,
  asks: {},
};

/** Talks to the daemon at a target, from the first question on. */
export function createProbe(target: Target, options: ProbeOptions = {}): Probe {
  const of = (each: Target) => new KindProbe(each, { ...DEFAULTS, ...options });
  return addressOf(target)?.hostname === 'localhost'
    ? new EitherAddress(target, of, options.kind)
    : of(target);
}

class KindProbe implements Probe {
  readonly #client: DaemonClient | undefined;
  readonly #declared: Kind | undefined;
  readonly #connections = new Map<KindId, Promise<Connection>>();
  /** Whose answer came last. */
  #last: { readonly kind: Kind; readonly connection: Connection } | undefined;
  /** Nobody else can have come in its place since. */
  #isSure = false;
  /** It was slow in this row of failures. */
  #keptWaiting = false;
  #isClosed = false;

  constructor(
    private readonly target: Target,
    private readonly options: typeof DEFAULTS & Pick<ProbeOptions, 'kind'>,
  ) {
    this.#declared = kindOf(options.kind, options.kinds);
    const origin = originOf(target);
    if (origin !== undefined) this.#client = new DaemonClient(origin);
  }

  get sessions() {
    return this.#last?.connection.sessions;
  }

  get lostWork() {
    return this.#last?.connection.lostWork;
  }

  get history() {
    return this.#last?.connection.history;
  }

  get shutDown() {
    return this.#last?.connection.shutDown;
  }

  async ask(): Promise<Sample> {
    const { timeouts } = this.options;
    const startedMs = performance.now();
    using within = new Ask(timeouts.requestMs + timeouts.fallbackMs);
    const look = new Look(this.target, 'watch', within, this.#client, timeouts.fallbackMs, this.#keptWaiting);
    const load = new HostWatch(this.options.host, holdersOf(this.target));
    const seen = () => load.result(within.lagMs());
    const sample = await inTime(this.#answer(look), within).then(
      (answered) => toSample(answered, startedMs, seen),
      async (error: unknown): Promise<Sample> => {
        const why = isNoHttp(error) ? await this.#orTls(error, within) : error;
        return { ok: false, startedMs, failure: await this.#ended(failureOf(why, seen), within) };
      },
    );
    load.stop();
    // Who only takes too long may be the same as before, and nobody is known to be.
    if (sample.ok) this.#isSure = true;
    else if (sample.failure.kind !== 'timeout') this.#isSure = false;
    const ourLagMs = within.lagMs();
    if (sample.ok || ['wrongAnswer', 'untold', 'errors'].includes(sample.failure.kind))
      this.#keptWaiting = false;
    else if (sample.failure.kind === 'timeout' && ourLagMs <= OWN_STALL_MS) this.#keptWaiting = true;
    return { ...sample, ourLagMs };
  }

  async statusText(): Promise<string> {
    const route = this.#last?.connection.statusRoute ?? this.#first()?.statusRoute;
    if (!this.#client || route === undefined) throw new CodedError<Refusal>({ is: 'noStatusToCopy' });
    return (await this.#client.get(route, this.options.timeouts.requestMs)).body;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client?.close();
  }

  async #answer(look: Look): Promise<Answered> {
    const first = this.#first();
    const answered = first && (await this.#ask(first, look));
    if (answered?.is === 'report' || answered?.is === 'statusHung') return answered;
    const isNew = !this.#declared && !this.#last;
    const others = othersFor(answered, isNew, this.options.kinds).filter((kind) => kind !== first);
    if (answered && others.length === 0) return this.#askAnyMake(answered, look);
    const found = await recognise(look, others);
    if (answered?.is === 'wrong' && ('is' in found || found.isByCode)) return answered;
    if ('is' in found) {
      const stranger = answered?.is === 'stranger' ? answered : undefined;
      const other = await stranger?.orElse?.();
      const wrong = { is: 'wrong', why: other ?? stranger?.why ?? found } as const;
      return other ? wrong : this.#askAnyMake(wrong, look);
    }
    return this.#ask(kindOf(found.kind, this.options.kinds)!, look);
  }

  /** Whom no other kind knows, and who was of any make, is so again, and has words of its own. */
  async #askAnyMake(
    answered: Exclude<Answered, { is: 'report' | 'statusHung' }>,
    look: Look,
  ): Promise<Answered> {
    const last = this.#last?.kind;
    const isKnown = this.#declared !== undefined || (answered.is === 'wrong' && answered.isKnown);
    return last?.isOfAnyMake && !isKnown ? this.#ask(last, look) : answered;
  }

  /** With what the files of who answered last tell of its end, where nobody is there. */
  async #ended(failure: Failure, within: Ask): Promise<Failure> {
    if (failure.kind !== 'refused' && failure.kind !== 'reset') return failure;
    const asked = this.#last?.connection.hasEnded?.();
    const late = delay(within.atMost(this.options.timeouts.fallbackMs).timeoutMs, undefined, { ref: false });
    const endedItself = asked && (await Promise.race([asked, late]));
    return endedItself === undefined ? failure : { ...failure, endedItself };
  }

  /** Who closes a connection without a word, or says none of HTTP, may have waited for TLS. */
  async #orTls(error: unknown, within: Ask): Promise<unknown> {
    if (!this.#client || this.#isClosed) return error;
    const leftMs = within.atMost(this.options.timeouts.fallbackMs).leftMs();
    const isTls = await speaksTls(this.#client.origin, leftMs);
    return isTls ? new NoAnswer('unusable', { is: 'speaksTls' }) : error;
  }

  /**
   * Whom the first question is put to: who answered last, else the kind that the user named, else the first of the
   * list. Of kinds with one status route, who answered last reads it.
   */
  #first(): Kind | undefined {
    const last = this.#last?.kind;
    if (last && this.#isSure) return last;
    const first = this.#declared ?? (this.target.kind === 'http' ? this.options.kinds[0] : undefined);
    const isSameRoute = last?.statusRoute !== undefined && last.statusRoute === first?.statusRoute;
    return isSameRoute ? last : first;
  }

  async #ask(kind: Kind, look: Look): Promise<Answered> {
    const connection = await this.#connect(kind);
    const answered = await connection.ask(look);
    if (answered.is === 'report') this.#last = { kind, connection };
    return answered;
  }

  #connect(kind: Kind): Promise<Connection> {
    const known = this.#connections.get(kind.id);
    if (known) return known;
    const options = { ...this.options, isDeclared: kind === this.#declared };
    const made = kind.load().then((code) => code.connect(this.target, options));
    this.#connections.set(kind.id, made);
    made.catch(() => this.#connections.delete(kind.id));
    return made;
  }
}

/**
 * Settles as the answer does, or rejects a moment after the deadline that the answer should have kept. The moment is
 * counted once the deadline was seen to pass: after a sleep of the machine an answer may still be there to be read.
 */
async function inTime<T>(answer: Promise<T>, within: Ask): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      timer = setTimeout(() => reject(noAnswerWithin(within)), ASK_OVERRUN_MS);
    }, within.leftMs());
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function isNoHttp(error: unknown): boolean {
  if (!(error instanceof NoAnswer)) return false;
  const { code: cause } = error;
  return (
    ['closed', 'noHttp'].includes(cause.is) ||
    (cause.is === 'connectionFailed' && cause.code === 'ECONNRESET')
  );
}
