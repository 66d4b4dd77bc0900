import type { Target } from '../../model/target';
import type { DaemonInstance, Report } from '../../health/report';
import { NoAnswer, type OpenConnection, type Pass } from '../../system/httpClient';
import type { Answered, Connection, ConnectOptions } from '../kind';
import type { Look } from '../look';
import { STATUS_ROUTE } from '../smithy/policy';
import { StatusRoute } from '../smithy/statusRoute';
import { DispatchdClient } from './client';
import { fileNaming, isGone } from './instanceFile';
import { challenge, readClaim } from './listenerProof';
import { PROVE_AGAIN_MS } from './policy';

export { identify } from './identify';
export { places, startFlags } from './instanceFile';
export { restartWays } from './start';

const KIND = 'dispatchd';

/** Talks to one dispatchd: its status has all that it tells, its sessions are changed with the token of its state folder. */
export function connect(target: Target, { timeouts }: ConnectOptions): Connection {
  if (target.kind !== 'http') throw new Error('a dispatchd has an address');
  return new DispatchdConnection(target.origin, new StatusRoute(target.origin, timeouts));
}

class DispatchdConnection implements Connection {
  readonly statusRoute = STATUS_ROUTE;
  /** Where it said last that its state is; believed only where the files there say the same. */
  sessions: DispatchdClient | undefined;
  #stateDir: string | undefined;
  /** The token, for the connection whose listener proved to be ours. */
  #pass: Pass | undefined;
  /** The connection whose listener did not prove that, and until when no proof is asked for again. */
  #unproven: { readonly connection: OpenConnection; readonly untilMs: number } | undefined;
  /** The life that answered last, and the file that names it; where none does, its end tells nothing. */
  #life: { readonly id: string | undefined; readonly file: Promise<string | undefined> } | undefined;

  constructor(
    private readonly origin: string,
    private readonly status: StatusRoute,
  ) {}

  /**
   * Anybody is told how the daemon is; with the token also what its commands are. The first answer over a connection is
   * asked for without: only its listener's proof shows that the token may go there.
   */
  async ask(look: Look): Promise<Answered> {
    const pass = this.#pass?.over === look.connection ? this.#pass : undefined;
    const answered = await this.#askWith(pass, look);
    if (answered.is !== 'report') return answered;
    this.#learn(answered.report.instance?.stateDir);
    this.#noteLife(answered.report.instance);
    if (pass) return answered;
    const proven = await this.#prove(look, answered.report);
    if (!proven) return answered;
    // What is known already stays known, whatever comes of the second question.
    const whole = await this.status.ask(look, KIND, undefined, proven).catch(() => answered);
    return whole.is === 'report' ? { ...whole, latencyMs: answered.latencyMs } : answered;
  }

  async #askWith(pass: Pass | undefined, look: Look): Promise<Answered> {
    try {
      return await this.status.ask(look, KIND, undefined, pass);
    } catch (error) {
      // The connection was closed, and the token goes over no other one.
      if (!pass || !(error instanceof NoAnswer) || error.kind !== 'reset') throw error;
      return this.status.ask(look, KIND);
    }
  }

  /** Once for each connection. Never rejects. */
  async #prove(look: Look, { instance }: Report): Promise<Pass | undefined> {
    const { connection } = look;
    this.#pass = undefined;
    if (this.#stateDir === undefined || !connection) return undefined;
    const isRefused = this.#unproven?.connection === connection && performance.now() < this.#unproven.untilMs;
    if (isRefused) return undefined;
    try {
      const claim = await readClaim(this.origin, this.#stateDir);
      if (instance?.id === claim.id) this.#pass = await challenge(this.origin, claim, look);
    } catch {
      // Whoever that is, the look at it goes on without the token.
    }
    if (!this.#pass) this.#unproven = { connection, untilMs: performance.now() + PROVE_AGAIN_MS };
    return this.#pass;
  }

  /** It removes its own file when it ends in good order, and at no other time. */
  async hasEnded(): Promise<boolean | undefined> {
    const file = await this.#life?.file;
    return file === undefined ? undefined : isGone(file);
  }

  get history() {
    const client = this.sessions;
    return client && (() => client.history());
  }

  get shutDown() {
    const client = this.sessions;
    return client && (() => client.shutDown());
  }

  #noteLife(instance: DaemonInstance | undefined): void {
    if (this.#life?.id === instance?.id) return;
    this.#life = { id: instance?.id, file: fileNaming(instance) };
  }

  #learn(stateDir: string | undefined): void {
    if (stateDir === this.#stateDir) return;
    this.#stateDir = stateDir;
    this.sessions = stateDir === undefined ? undefined : new DispatchdClient(this.origin, stateDir);
  }
}
