import assert from 'node:assert/strict';
import { causeText } from '../../../src/words/causes';
import { Scope, answering, failureOf } from '../support';

describe('an odd answer is told in words', function () {
  this.timeout(20_000);
  const scope = new Scope();
  afterEach(() => scope.close());

  /** The kind of the failure, and its words. */
  async function told(server: { readonly origin: string }): Promise<readonly [kind: string, said: string]> {
    const { kind, cause } = failureOf(await scope.probe(server.origin).ask());
    return [kind, causeText(cause)];
  }

  describe("the daemon's own words are shown", () => {
    const host = 'Host must be 127.0.0.1:3470';
    const text = 'text/plain; charset=utf-8';
    const rows: readonly [what: string, answer: Parameters<typeof answering>, said: string][] = [
      [
        '403 with a reason',
        [`{"error":{"code":"X","message":"${host}"}}`, { status: 403 }],
        `HTTP 403: ${host}`,
      ],
      ['403 with a text', [host, { status: 403, type: text }], `HTTP 403: ${host}`],
      [
        '401 with a reason',
        ['{"error":"no token"}', { status: 401 }],
        'HTTP 401: a login is asked for: no token',
      ],
      [
        '500 with a text',
        ['database is locked\n', { status: 500, type: text }],
        'HTTP 500: database is locked',
      ],
      ['503 with a message', ['{"message":"starting"}', { status: 503 }], 'HTTP 503: starting'],
      ['500 with control characters', ['a\u001b[31m\nb', { status: 500, type: text }], 'HTTP 500: a [31m b'],
      [
        '500 with a long text',
        ['x'.repeat(500), { status: 500, type: text }],
        `HTTP 500: ${'x'.repeat(199)}…`,
      ],
      ['500 with a page that calls itself text', ['<html>no', { status: 500, type: text }], 'HTTP 500'],
      ['500 with bytes', ['PK\u0003\u0004', { status: 500, type: 'application/zip' }], 'HTTP 500'],
      ['304, which is no redirect', ['', { status: 304 }], 'HTTP 304'],
    ];
    for (const [what, answer, said] of rows) {
      it(what, async () => {
        assert.deepEqual(await told(await scope.http(answering(...answer))), ['wrongAnswer', said]);
      });
    }
  });
});
