import { CodedError } from '../../base/errors';
import type { Refusal } from '../../model/refusal';
import { errorIn } from '../read/answers';
import { REQUEST_TIMEOUT_MS } from '../../health/policy';
import { API_STOP_ANSWER_MS } from './policy';
import { checkAnswer, proveListener, readClaim } from './listenerProof';
import { Ask, DaemonClient, NoAnswer, type Answer } from '../../system/httpClient';
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

  /** Gives a running session more time. @returns by how much, in ms */
  async extend(id: string): Promise<number> {
    const { extendedByMs } = (await this.#post(`${sessionPath(id)}/extend`, {})) as { extendedByMs?: number };
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
    const { body } = await this.#answer((client, _token, within) => client.get(sessionPath(id), within));
    const { session } = JSON.parse(body) as { session?: { command?: unknown } };
    if (typeof session?.command !== 'string') throw new CodedError<Refusal>({ is: 'commandUntold' });
    return session.command;
  }

  /** The end of what a session printed. */
  async output(id: string): Promise<string> {
    const path = `${sessionPath(id)}/output?tail=10000`;
    const { body } = await this.#answer((client, token, within) => client.get(path, within, token));
    return body;
  }

  async #post(path: string, body: object, timeoutMs?: number): Promise<unknown> {
    const send: Send = (client, token, within) =>
      client.send('POST', path, { body, token, timeoutMs: within });
    return JSON.parse((await this.#answer(send, timeoutMs)).body);
  }

  /**
   * A connection of its own: a poll under way must not make the user wait.
   *
   * Who listens is proven before anything is sent, and again once the connection is there: as the same process
   * listened before and after, the connection leads to that process. The one request between the two carries no
   * secret. If the process ends after the second proof, its connection ends with it.
   */
  async #answer(send: Send, timeoutMs = REQUEST_TIMEOUT_MS): Promise<Answer> {
    const { origin } = this;
    const claim = await readClaim(origin, this.stateDir);
    await proveListener(origin, claim);
    using client = new DaemonClient(origin);
    using within = new Ask(timeoutMs);
    const { body } = await client.get(ROUTES.health, within);
    await proveListener(origin, claim);
    checkAnswer(origin, claim, body);
    const answer = await send(client, claim.token, within);
    if (answer.status >= 200 && answer.status < 300) return answer;
    const { status } = answer;
    throw new CodedError<Refusal>({ is: 'refused', daemon: 'dispatchd', status, said: errorIn(answer) });
  }
}

/**
 * @param token only for the daemon that the client is connected to
 * @param within the deadline that all requests of one action share
 */
type Send = (client: DaemonClient, token: string, within: Ask) => Promise<Answer>;

function sessionPath(id: string): string {
  return `/api/sessions/${encodeURIComponent(id)}`;
}

function idOf(body: unknown): string {
  const { task } = body as { task?: { id?: unknown } };
  return typeof task?.id === 'string' ? task.id : '';
}
