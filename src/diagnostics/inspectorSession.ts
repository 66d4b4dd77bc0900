import { on } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { parseObject } from '../base/text';
import { orAborted } from '../base/wait';
import { ANSWER_TIMEOUT_MS, INSPECTOR_PORT, MAX_MESSAGE_BYTES } from './policy';

/**
 * Runs inside the daemon. It is closed at once and not when the loop turns: V8 interrupts a busy loop for an evaluation,
 * and a loop that is busy does not turn. Nothing may be thrown in the daemon.
 */
const CLOSE_INSPECTOR = `(() => {
  try { (process.getBuiltinModule?.('node:inspector') ?? require('node:inspector')).close(); } catch {}
})()`;

/** A connection to the inspector of a Node process. All that comes over it is bounded. */
export class InspectorSession {
  #nextId = 1;

  private constructor(private readonly socket: WebSocket) {}

  /**
   * Speaks to the inspector of this port and to nobody else, wherever it points: by the one HTTP client, and without a
   * proxy.
   */
  static async connect(signal: AbortSignal, port = INSPECTOR_PORT): Promise<InspectorSession> {
    const place = `127.0.0.1:${port}`;
    const url = await orAborted(targetAt(place), signal);
    const socket = new WebSocket(url, {
      // Without one of our own Node takes the one that may have a proxy by the environment.
      agent: new Agent(),
      followRedirects: false,
      perMessageDeflate: false,
      handshakeTimeout: ANSWER_TIMEOUT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
    });
    const opened = new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    try {
      await orAborted(opened, signal);
    } catch (error) {
      socket.on('error', () => undefined);
      socket.terminate();
      throw error;
    }
    return new InspectorSession(socket);
  }

  async evaluate(expression: string): Promise<string> {
    const answer = (await this.send('Runtime.evaluate', {
      expression,
      includeCommandLineAPI: true,
      returnByValue: true,
    })) as { result?: { value?: unknown } };
    return typeof answer.result?.value === 'string' ? answer.result.value : '';
  }

  /** @throws when the process does not answer in time: its loop is blocked */
  async send(method: string, params: object = {}): Promise<unknown> {
    const id = this.#post(method, params);
    const inTime = { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) };
    try {
      for await (const [data] of on(this.socket, 'message', inTime)) {
        // What is no JSON object is no message.
        const message = parseObject(String(data));
        if (message?.id === id) return message.result;
      }
    } catch {
      // The time is over.
    }
    throw new Error(`the inspector did not answer ${method}`);
  }

  /** It closes the very connection that it is asked over: that is the answer. */
  async closeInspector(): Promise<void> {
    const closed = new Promise((resolve) => this.socket.once('close', resolve).once('error', resolve));
    this.#post('Runtime.evaluate', { expression: CLOSE_INSPECTOR, includeCommandLineAPI: true });
    await Promise.race([closed, delay(ANSWER_TIMEOUT_MS, undefined, { ref: false })]);
  }

  #post(method: string, params: object): number {
    const id = this.#nextId++;
    this.socket.send(JSON.stringify({ id, method, params }));
    return id;
  }

  [Symbol.dispose](): void {
    this.socket.on('error', () => undefined);
    this.socket.terminate();
  }
}

/** The address of the process' own target. @throws where the inspector names none that is its own */
async function targetAt(place: string): Promise<string> {
  const { DaemonClient } = await import('../system/httpClient');
  using client = new DaemonClient(`http://${place}`);
  const { status, body } = await client.get('/json/list', ANSWER_TIMEOUT_MS);
  const targets: unknown = status === 200 ? JSON.parse(body) : undefined;
  const [target] = (Array.isArray(targets) ? targets : []) as { webSocketDebuggerUrl?: unknown }[];
  const url = target?.webSocketDebuggerUrl;
  if (typeof url === 'string' && URL.canParse(url)) {
    const { protocol, host } = new URL(url);
    if (protocol === 'ws:' && host === place) return url;
  }
  throw new Error('the inspector names no target');
}
