const OURS = 'Host: 127.0.0.1:PORT\r\n';
const AUTH = 'Authorization: Bearer TOKEN\r\n';
const STATUS = 'GET /api/daemon/status HTTP/1.1\r\n';
const POST = 'POST /api/tasks HTTP/1.1\r\n';
const TASK = '{"name":"n","command":"c"}';

/**
 * Title, what is sent to a dispatchd that has no work, the status of the answer; 0 where the connection is only closed.
 * PORT and TOKEN stand for those of the daemon.
 */
export const ATTACKS: readonly (readonly [string, string, number])[] = [
  ['two Hosts, ours first', `${STATUS}${OURS}Host: evil.example\r\n\r\n`, 400],
  ['two Hosts, ours last', `${STATUS}Host: evil.example\r\n${OURS}\r\n`, 400],
  ['our Host twice', `${STATUS}${OURS}${OURS}\r\n`, 400],
  ['two Hosts in other letters', `${STATUS}${OURS}hOST: evil.example\r\n\r\n`, 400],
  ['no Host', `${STATUS}\r\n`, 400],
  ['an empty Host', `${STATUS}Host:\r\n\r\n`, 403],
  ['a Host with a path', `${STATUS}Host: 127.0.0.1:PORT/x\r\n\r\n`, 403],
  ['a Host with a user', `${STATUS}Host: evil@127.0.0.1:PORT\r\n\r\n`, 403],
  ['a Host list', `${STATUS}Host: 127.0.0.1:PORT, evil.example\r\n\r\n`, 403],
  ['a Host that ends in a dot', `${STATUS}Host: localhost.:PORT\r\n\r\n`, 403],
  ['a Host in another base', `${STATUS}Host: 2130706433:PORT\r\n\r\n`, 403],
  ['a Host of another loopback', `${STATUS}Host: 127.0.0.2:PORT\r\n\r\n`, 403],
  ['Host 0.0.0.0', `${STATUS}Host: 0.0.0.0:PORT\r\n\r\n`, 403],
  ['HTTP/1.0 without a Host', 'GET /api/daemon/status HTTP/1.0\r\n\r\n', 403],
  [
    'an absolute address of another host',
    `GET http://evil.example/api/daemon/status HTTP/1.1\r\n${OURS}\r\n`,
    400,
  ],
  ['an absolute address of ours', `GET http://127.0.0.1:PORT/api/daemon/status HTTP/1.1\r\n${OURS}\r\n`, 400],
  ['CONNECT', `CONNECT evil.example:443 HTTP/1.1\r\n${OURS}\r\n`, 0],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${OURS}\r\n`, 400],
  [
    'a preflight',
    `OPTIONS /api/tasks HTTP/1.1\r\n${OURS}Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
    403,
  ],
  [
    'a preflight without an Origin',
    `OPTIONS /api/tasks HTTP/1.1\r\n${OURS}Access-Control-Request-Method: POST\r\n\r\n`,
    401,
  ],
  ['TRACE with the token', `TRACE /api/tasks HTTP/1.1\r\n${OURS}${AUTH}\r\n`, 405],
  [
    'two Origins, ours first',
    `${STATUS}${OURS}Origin: http://127.0.0.1:PORT\r\nOrigin: http://evil.example\r\n\r\n`,
    400,
  ],
  ['an Origin with a path', `${STATUS}${OURS}Origin: http://127.0.0.1:PORT/x\r\n\r\n`, 403],
  [
    'an Origin that begins as ours',
    `${STATUS}${OURS}Origin: http://127.0.0.1:PORT.evil.example\r\n\r\n`,
    403,
  ],
  ['an Origin of an extension', `${STATUS}${OURS}Origin: chrome-extension://abc\r\n\r\n`, 403],
  ['an Origin of a file', `${STATUS}${OURS}Origin: file://\r\n\r\n`, 403],
  ...['cross-site', 'same-site', 'CROSS-SITE', 'odd', ''].map(
    (site) => [`Sec-Fetch-Site: ${site}`, `${STATUS}${OURS}Sec-Fetch-Site: ${site}\r\n\r\n`, 403] as const,
  ),
  ...['same-origin', 'none'].map(
    (site) =>
      [
        `Sec-Fetch-Site: ${site}`,
        `${STATUS}${OURS}Sec-Fetch-Site: ${site}\r\nConnection: close\r\n\r\n`,
        200,
      ] as const,
  ),
  ['Sec-Fetch-Site twice', `${STATUS}${OURS}Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n\r\n`, 400],
  [
    'a cross-site POST with the token',
    `${POST}${OURS}${AUTH}Sec-Fetch-Site: cross-site\r\nContent-Length: 26\r\n\r\n${TASK}`,
    403,
  ],
  [
    'two tokens, ours first',
    `${POST}${OURS}${AUTH}Authorization: Bearer x\r\nContent-Length: 26\r\n\r\n${TASK}`,
    400,
  ],
  [
    'the token as a password',
    `${POST}${OURS}Authorization: Basic TOKEN\r\nContent-Length: 26\r\n\r\n${TASK}`,
    401,
  ],
  [
    'the token without a scheme',
    `${POST}${OURS}Authorization: TOKEN\r\nContent-Length: 26\r\n\r\n${TASK}`,
    401,
  ],
  [
    'the token in the address',
    `POST /api/tasks?token=TOKEN HTTP/1.1\r\n${OURS}Content-Length: 26\r\n\r\n${TASK}`,
    401,
  ],
  ['the token in a cookie', `${POST}${OURS}Cookie: token=TOKEN\r\nContent-Length: 26\r\n\r\n${TASK}`, 401],
  [
    'the token and more',
    `${POST}${OURS}Authorization: Bearer TOKENx\r\nContent-Length: 26\r\n\r\n${TASK}`,
    401,
  ],
  ['half of the token', `${POST}${OURS}Authorization: Bearer 0\r\nContent-Length: 26\r\n\r\n${TASK}`, 401],
  [
    'a method by override',
    `GET /api/daemon/shutdown HTTP/1.1\r\n${OURS}X-HTTP-Method-Override: POST\r\nConnection: close\r\n\r\n`,
    405,
  ],
  ['a method of its own', `EVIL /api/tasks HTTP/1.1\r\n${OURS}\r\n`, 400],
  ['a method in small letters', `post /api/tasks HTTP/1.1\r\n${OURS}\r\n`, 400],
  ['HTTP/2 in clear', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['HTTP/9.9', `GET / HTTP/9.9\r\n${OURS}\r\n`, 400],
  ['TLS', '\u0016\u0003\u0001\u0002\0', 400],
  ['line feeds alone', 'GET /api/health HTTP/1.1\nHost: 127.0.0.1:PORT\n\n', 400],
  ['a folded header', `${STATUS}${OURS}X: a\r\n b\r\n\r\n`, 400],
  ['a space before the colon', `${STATUS}Host : 127.0.0.1:PORT\r\n\r\n`, 400],
  ['a NUL in a header', `${STATUS}${OURS}X: a\0b\r\n\r\n`, 400],
  ['a header without a name', `${STATUS}${OURS}: x\r\n\r\n`, 400],
  ['a header of 20 kB', `${STATUS}${OURS}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['an address of 20 kB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${OURS}\r\n`, 431],
  ['two lengths', `${POST}${OURS}${AUTH}Content-Length: 26\r\nContent-Length: 5\r\n\r\n${TASK}`, 400],
  [
    'a length and chunks',
    `${POST}${OURS}${AUTH}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [
    'chunks that hide behind another coding',
    `${POST}${OURS}${AUTH}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['a negative length', `${POST}${OURS}${AUTH}Content-Length: -1\r\n\r\n`, 400],
  ['a length with a sign', `${POST}${OURS}${AUTH}Content-Length: +26\r\n\r\n${TASK}`, 400],
  ['a chunk of no number', `${POST}${OURS}${AUTH}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
  [
    'a chunk of 2^64 bytes',
    `${POST}${OURS}${AUTH}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n`,
    400,
  ],
  ['a length of 1 TB', `${POST}${OURS}${AUTH}Content-Length: 1099511627776\r\n\r\n`, 413],
  [
    'a body of another coding',
    `${POST}${OURS}${AUTH}Content-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nxxxx`,
    400,
  ],
  [
    'a body that is not UTF-8',
    `${POST}${OURS}${AUTH}Content-Length: 2\r\nConnection: close\r\n\r\n\u00ff\u00fe`,
    400,
  ],
  [
    'a broken escape in the address',
    `GET /api/sessions/%E0%A4%A HTTP/1.1\r\n${OURS}Connection: close\r\n\r\n`,
    404,
  ],
  ['a NUL in the address', `GET /api/sessions/%00 HTTP/1.1\r\n${OURS}Connection: close\r\n\r\n`, 404],
  ['a fragment in the address', `GET /api/health#x HTTP/1.1\r\n${OURS}Connection: close\r\n\r\n`, 200],
  ['two slashes', `GET //evil.example/api/health HTTP/1.1\r\n${OURS}Connection: close\r\n\r\n`, 404],
  ['a backslash', `GET /\\evil.example/ HTTP/1.1\r\n${OURS}Connection: close\r\n\r\n`, 400],
  [
    'an upgrade to WebSocket',
    `GET /api/health HTTP/1.1\r\n${OURS}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    200,
  ],
  ['an expectation nobody knows', `${STATUS}${OURS}Expect: everything\r\n\r\n`, 417],
  [
    'a tail of no number',
    `GET /api/sessions/x/output?tail=-1 HTTP/1.1\r\n${OURS}${AUTH}Connection: close\r\n\r\n`,
    400,
  ],
  ['an array as a query', `GET /api/challenge?nonce[]=x HTTP/1.1\r\n${OURS}Connection: close\r\n\r\n`, 400],
  [
    'a nonce with a line break',
    `GET /api/challenge?nonce=${'a'.repeat(32)}%0a HTTP/1.1\r\n${OURS}Connection: close\r\n\r\n`,
    400,
  ],
  [
    '__proto__ in a task',
    `${POST}${OURS}${AUTH}Content-Length: 54\r\nConnection: close\r\n\r\n{"__proto__":{"name":"n","command":"c"},"x":"yyyyyyyy"}`,
    400,
  ],
  [
    'JSON of 10,000 levels',
    `${POST}${OURS}${AUTH}Content-Length: 20000\r\nConnection: close\r\n\r\n${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    400,
  ],
];
