import { CodedError } from '../../base/errors';
import type { Refusal } from '../../model/refusal';
import { errorIn } from '../read/answers';
import { REQUEST_TIMEOUT_MS } from '../../health/policy';
import type { ToldPast } from '../../health/toldPast';
import { readHistory } from './history';
import { API_STOP_ANSWER_MS } from './policy';
import { challenge, checkAnswer, proveListener, readClaim, type Asker, type Claim } from './listenerProof';
import { Ask, DaemonClient, NoAnswer, type Answer, type Pass } from '../../system/httpClient';
import type { SessionActions } from '../kind';
import { ROUTES, type NewTask } from '../../protocol/dispatchd';

/** Changes things in one dispatchd, with its token. The token is kept in no message and no log. */
export class DispatchdClient implements SessionActions {
  /**
   * @param origin the daemon's address
   * @param stateDir where it says its state is; believed only where the files there say the same
   */
  constructor(
    private readonly origin: string,
    private readonly stateDir: string,
  ) {}

  /** @returns the new session's id */
  async submit(task: NewTask): Promise<string> {
    return idOf(await this.#post(ROUTES.tasks, task));
  }

  /** Gives a running session more time: its own step where nothing is asked for. @returns by how much, in ms */
  async extend(id: string, byMs?: number): Promise<number> {
    const asked = byMs === undefined ? {} : { extensionMs: byMs };
    const { extendedByMs } = (await this.#post(`${sessionPath(id)}/extend`, asked)) as {
      extendedByMs?: number;
    };
    return extendedByMs ?? 0;
  }

  /** Runs an ended or interrupted session's command again. @returns the new session's id */
  async runAgain(id: string, timeoutMs?: number): Promise<string> {
    return idOf(await this.#post(`${sessionPath(id)}/run`, timeoutMs === undefined ? {} : { timeoutMs }));
  }

  async cancel(id: string): Promise<void> {
    await this.#post(`${sessionPath(id)}/cancel`, {});
  }

  /** Takes an interrupted session off the list of what waits for somebody. */
  async dismiss(id: string): Promise<void> {
    await this.#post(`/api/recovery/${encodeURIComponent(id)}/dismiss`, {});
  }

  /** Begins its end, as SIGTERM does: its commands are given time, its state is written. It has agreed when this resolves. */
  async shutDown(): Promise<void> {
    try {
      await this.#post(ROUTES.shutdown, {}, API_STOP_ANSWER_MS);
    } catch (error) {
      // It may be gone before its answer is out.
      if (!(error instanceof NoAnswer) || error.kind !== 'reset') throw error;
    }
  }

  /** The command of a session as it was given, whole. */
  async command(id: string): Promise<string> {
    const { body } = await this.#answer((client, pass, within) => client.get(sessionPath(id), within, pass));
    const { session } = JSON.parse(body) as { session?: { command?: unknown } };
    if (typeof session?.command !== 'string') throw new CodedError<Refusal>({ is: 'commandUntold' });
    return session.command;
  }

  /** The end of what a session printed. */
  async output(id: string): Promise<string> {
    const path = `${sessionPath(id)}/output?tail=10000`;
    const { body } = await this.#answer((client, pass, within) => client.get(path, within, pass));
    return body;
  }

  /** What it knows of its past; `undefined` where its version knows none. */
  async history(): Promise<ToldPast | undefined> {
    const { body } = await this.#answer((client, pass, within) => client.get(ROUTES.history, within, pass));
    return readHistory(body);
  }

  async #post(path: string, body: object, timeoutMs?: number): Promise<unknown> {
    const send: Send = (client, pass, within) => client.send('POST', path, { body, pass, timeoutMs: within });
    return JSON.parse((await this.#answer(send, timeoutMs)).body);
  }

  /**
   * A connection of its own: a poll under way must not make the user wait.
   *
   * Who listens is proven before anything is sent, where the system tells it at once, and by a challenge over this
   * connection. The token goes over this connection only: if the process ends, nothing is sent to who comes next.
   */
  async #answer(send: Send, timeoutMs = REQUEST_TIMEOUT_MS): Promise<Answer> {
    const { origin } = this;
    const claim = await readClaim(origin, this.stateDir);
    using within = new Ask(timeoutMs);
    // Elsewhere a tool takes a second, and the challenge needs none.
    if (process.platform === 'linux') await proveListener(origin, claim);
    using client = new DaemonClient(origin);
    const asker = askerOf(client, within);
    checkAnswer(origin, claim, (await asker.get(ROUTES.health)).body);
    const pass = await challenge(origin, claim, asker);
    if (pass) return ofSuccess(await send(client, pass, within));
    using another = new DaemonClient(origin);
    return ofSuccess(await send(another, await this.#proveByTable(claim, another, within), within));
  }

  /**
   * For a version that knows no challenge. As the same process listens before and after, the connection leads there.
   * @throws an error fit to show where the system does not tell who listens
   */
  async #proveByTable(claim: Claim, client: DaemonClient, within: Ask): Promise<Pass> {
    const { origin } = this;
    const before = await proveListener(origin, claim);
    await client.get(ROUTES.health, within);
    const over = client.connection;
    if (!over || !before || !(await proveListener(origin, claim))) {
      throw new CodedError<Refusal>({ is: 'listenerUntold', origin });
    }
    return { token: claim.token, over };
  }
}

function askerOf(client: DaemonClient, within: Ask): Asker {
  return {
    get connection() {
      return client.connection;
    },
    get: (path) => client.get(path, within),
  };
}

/** @throws an error fit to show where it is none */
function ofSuccess(answer: Answer): Answer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  const { status } = answer;
  throw new CodedError<Refusal>({ is: 'refused', daemon: 'dispatchd', status, said: errorIn(answer) });
}

/**
 * @param pass only for the daemon that the client is connected to
 * @param within the deadline that all requests of one action share
 */
type Send = (client: DaemonClient, pass: Pass, within: Ask) => Promise<Answer>;

function sessionPath(id: string): string {
  return `/api/sessions/${encodeURIComponent(id)}`;
}

function idOf(body: unknown): string {
  const { task } = body as { task?: { id?: unknown } };
  return typeof task?.id === 'string' ? task.id : '';
}
