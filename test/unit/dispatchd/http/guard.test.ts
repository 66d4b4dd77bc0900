import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { checkRequest, checkToken } from '../../../../src/dispatchd/http/guard';

describe('dispatchd guard', () => {
  const TOKEN = 'a1'.repeat(32);

  for (const [title, authorization, says] of [
    [
      'no header',
      undefined,
      'this request needs "Authorization: Bearer <token>"; the token is in the file "token" in the state directory',
    ],
    ...(['Bearer x', `Bearer ${TOKEN}x`, `bearer ${'b2'.repeat(32)}`] as const).map(
      (wrong) =>
        [
          `"${wrong}"`,
          wrong,
          'the token is wrong: dispatchd makes a new one after a crash. Read it again from the file "token" in the state directory',
        ] as const,
    ),
    // The token itself may be right: whoever is told that the token is wrong looks in the wrong place.
    ...([TOKEN, `Basic ${TOKEN}`, 'Bearer', ''] as const).map(
      (other) =>
        [
          `"${other}"`,
          other,
          'the header must be "Authorization: Bearer <token>"; the token is in the file "token" in the state directory',
        ] as const,
    ),
  ] as const) {
    it(`says what is wrong about the token: ${title}`, () => {
      const refusal = checkToken(authorization, TOKEN);
      assert.deepEqual([refusal?.status, refusal?.message], [401, says]);
    });
  }

  const refusalOf = (headers: Record<string, string>, more: readonly string[] = []) => {
    const all = { host: '127.0.0.1:3470', ...headers };
    const rawHeaders = [...Object.entries(all).flat(), ...more];
    return checkRequest({ headers: all, rawHeaders, url: '/' } as unknown as IncomingMessage, 3470)?.message;
  };

  for (const [headers, more, says] of [
    [
      { origin: 'http://evil.example' },
      [],
      'requests from "http://evil.example" are refused: only pages of http://127.0.0.1:3470 may send them',
    ],
    [
      { origin: `http://${'x'.repeat(300)}` },
      [],
      `requests from "http://${'x'.repeat(92)}…" are refused: only pages of http://127.0.0.1:3470 may send them`,
    ],
    [{}, ['HOST', 'evil.example'], 'the request has two Host headers; send one'],
    [{ authorization: 'x' }, ['Authorization', 'y'], 'the request has two Authorization headers; send one'],
    [
      { 'sec-fetch-site': 'none' },
      ['Sec-Fetch-Site', 'x'],
      'the request has two Sec-Fetch-Site headers; send one',
    ],
  ] as const) {
    it(`says what is wrong about ${JSON.stringify([headers, more]).slice(0, 60)}`, () =>
      assert.equal(refusalOf(headers, more), says));
  }
});
