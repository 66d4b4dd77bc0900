import type { DaemonInstance } from '../../health/report';
import type { Target } from '../../model/target';
import type { Connection, ConnectOptions } from '../kind';
import type { Look } from '../look';
import { STATUS_ROUTE } from '../smithy/policy';
import { StatusRoute } from '../smithy/statusRoute';
import { DispatchdClient } from './client';
import { fileNaming, isGone } from './instanceFile';

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
  /** The life that answered last, and the file that names it; where none does, its end tells nothing. */
  #life: { readonly id: string | undefined; readonly file: Promise<string | undefined> } | undefined;

  constructor(
    private readonly origin: string,
    private readonly status: StatusRoute,
  ) {}

  async ask(look: Look) {
    const answered = await this.status.ask(look, KIND);
    if (answered.is === 'report') {
      this.#learn(answered.report.instance?.stateDir);
      this.#noteLife(answered.report.instance);
    }
    return answered;
  }

  /** It removes its own file when it ends in good order, and at no other time. */
  async hasEnded(): Promise<boolean | undefined> {
    const file = await this.#life?.file;
    return file === undefined ? undefined : isGone(file);
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
