import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../until';

/** What a model does with a question: nothing for ever, a word a second and then an end, or it refuses. */
export type Manner = 'silent' | 'speaks' | 'refuses';

/** A model in the two forms of OpenAI's API that the daemons here speak: chat completions, and responses. */
export class Model {
  /** How often it was asked. */
  asked = 0;
  manner: Manner = 'silent';
  /** How many words an answer has. */
  words = 30;
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      request.resume();
      request.once('end', () => {
        this.asked++;
        if (this.manner === 'refuses') response.writeHead(503).end('{"error":{"message":"overloaded"}}');
        if (this.manner === 'speaks')
          this.#speak(response, request.url?.endsWith('/responses') ? RESPONSES : CHAT);
      });
    });
  }

  static async start(): Promise<Model> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Model(server);
  }

  /** Resolves once a daemon has put a question because of what is done. */
  async isAskedBy(begin: () => Promise<unknown>, withinMs: number): Promise<void> {
    const { asked } = this;
    await begin();
    await until(() => this.asked > asked, 'a question to the model', withinMs);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  end(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.server.closeAllConnections();
    this.server.close();
  }

  #speak(response: ServerResponse, form: Form): void {
    let left = this.words;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (events: readonly object[]) => {
      for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
    };
    send(form.begin);
    const timer = setInterval(() => {
      if (left-- > 0) return send([form.word]);
      clearInterval(timer);
      send(form.end);
      response.end('data: [DONE]\n\n');
    }, 1_000);
    this.#timers.add(timer);
  }
}

interface Form {
  readonly begin: readonly object[];
  readonly word: object;
  readonly end: readonly object[];
}

const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'answer',
  object: 'chat.completion.chunk',
  created: 0,
  model: 'dummy',
  choices: [{ index: 0, delta, finish_reason }],
});

const CHAT: Form = {
  begin: [chunk({ role: 'assistant', content: '' })],
  word: chunk({ content: 'word ' }),
  end: [chunk({}, 'stop')],
};

const message = (content: readonly object[]) => ({
  type: 'message',
  role: 'assistant',
  id: 'message',
  content,
});

const RESPONSES: Form = {
  begin: [
    { type: 'response.created', response: { id: 'answer' } },
    { type: 'response.output_item.added', output_index: 0, item: message([]) },
  ],
  word: {
    type: 'response.output_text.delta',
    item_id: 'message',
    output_index: 0,
    content_index: 0,
    delta: 'word ',
  },
  end: [
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: message([{ type: 'output_text', text: 'word' }]),
    },
    {
      type: 'response.completed',
      response: { id: 'answer', usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } },
    },
  ],
};
