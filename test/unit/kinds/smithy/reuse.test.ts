import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AnswerReader } from '../../../../src/kinds/smithy/reuse';
import { sessionsOf } from '../../../../src/kinds/smithy/sessions';
import { MAX_SESSIONS } from '../../../../src/kinds/policy';

interface RawSession {
  readonly id: string;
  readonly [key: string]: unknown;
}

const AT = Date.parse('2026-03-02T08:00:00.000Z');
const iso = (offsetMs: number) => new Date(AT + offsetMs).toISOString();

/** What is to be read, without any reuse. */
function whole(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return { value: withoutSessions(value), sessions: sessionsOf(value) };
  } catch {
    return 'not JSON';
  }
}

function read(reader: AnswerReader, body: string): unknown {
  try {
    const { value, sessions } = reader.read(body);
    return { value: withoutSessions(value), sessions };
  } catch {
    return 'not JSON';
  }
}

/** What else an answer says; nobody asks for what has no name. */
function withoutSessions(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'sessions' && key !== ''));
}

function session(index: number, more: object = {}): RawSession {
  return {
    id: `s-${index}`,
    name: `task ${index}`,
    status: 'running',
    createdAt: iso(0),
    lastActivityAt: iso(0),
    attempt: 1,
    ...more,
  };
}

function answer(sessions: readonly unknown[], cycle = 0): string {
  const health = { computedAt: iso(cycle * 5_000) };
  return JSON.stringify({ isRunning: true, health, sessions, recovery: { resumed: [], interrupted: [] } });
}

describe('the sessions of an answer', () => {
  const three = [session(0), session(1), session(2)];

  it('are the list they were where none changed, whatever else is new', () => {
    const reader = new AnswerReader();
    const first = reader.read(answer(three, 0));
    const second = reader.read(answer(three, 1));
    assert.equal(second.sessions, first.sessions);
    assert.notDeepEqual(second.value, first.value);
  });

  const changes: readonly [what: string, sessions: readonly RawSession[], same: readonly string[]][] = [
    ['one was active', [session(0), session(1, { lastActivityAt: iso(9) }), session(2)], ['s-0', 's-2']],
    [
      'one ended',
      [session(0, { status: 'completed', endedAt: iso(9) }), session(1), session(2)],
      ['s-1', 's-2'],
    ],
    ['the last one changed', [session(0), session(1), session(2, { attempt: 12 })], ['s-0', 's-1']],
    ['the first one is gone', [session(1), session(2)], ['s-1', 's-2']],
    ['one came between', [session(0), session(7), session(1), session(2)], ['s-0', 's-1', 's-2']],
    ['they come in another order', [session(2), session(0), session(1)], ['s-0', 's-1', 's-2']],
  ];
  for (const [what, sessions, same] of changes) {
    it(`are the objects they were, but for those that changed: ${what}`, () => {
      const reader = new AnswerReader();
      const before = reader.read(answer(three)).sessions!;
      const after = reader.read(answer(sessions)).sessions!;
      assert.deepEqual(after, sessionsOf({ sessions }));
      assert.deepEqual(
        after
          .filter((one) => before.includes(one))
          .map(({ id }) => id)
          .sort(),
        same,
      );
    });
  }

  it('are each active at a time of its own, poll after poll', () => {
    const reader = new AnswerReader();
    for (let poll = 0; poll < 6; poll++) {
      const sessions = three.map((one, index) => ({ ...one, lastActivityAt: iso(poll * 1_000 + index) }));
      assert.deepEqual(reader.read(answer(sessions)).sessions, sessionsOf({ sessions }));
    }
  });

  const times: readonly [
    what: string,
    polls: readonly (readonly [own: string, inner: string, more?: object])[],
  ][] = [
    [
      'another one moves with it',
      [
        [iso(0), iso(0)],
        [iso(1), iso(1)],
        [iso(1), iso(2)],
      ],
    ],
    [
      'another one moves alone',
      [
        [iso(0), iso(0)],
        [iso(0), iso(1)],
        [iso(0), iso(2)],
      ],
    ],
    [
      'another one is written otherwise',
      [
        ['2026-03-03T00:00:00.000Z', '2026-03-02T24:00:00.000Z'],
        ['2026-03-03T00:00:00.000Z', '2026-03-03T00:00:00.000Z'],
        ['2026-03-03T00:00:00.000Z', '2026-03-04T00:00:00.000Z'],
      ],
    ],
    [
      'its name changes with it',
      [
        [iso(0), ''],
        [iso(1), ''],
        [iso(2), '', { name: 'task 9' }],
      ],
    ],
    [
      'its attempt changes with it',
      [
        [iso(0), ''],
        [iso(1), ''],
        [iso(2), '', { attempt: 2 }],
      ],
    ],
    [
      'it is no longer a time',
      [
        [iso(0), ''],
        [iso(1), ''],
        ['yesterday at half past 8', ''],
      ],
    ],
    [
      'it is no longer a day',
      [
        [iso(0), ''],
        [iso(1), ''],
        [iso(2).replace('-03-', '-13-'), ''],
      ],
    ],
  ];
  for (const [what, polls] of times) {
    it(`are active at the time they say: ${what}`, () => {
      const reader = new AnswerReader();
      for (const [own, lastActivityAt, more] of polls) {
        const inner = lastActivityAt === '' ? {} : { inner: { lastActivityAt } };
        const { id, name, ...rest } = session(0, { lastActivityAt: own, ...more });
        const body = answer([{ id, name, ...inner, ...rest }, session(1)]);
        assert.deepEqual(read(reader, body), whole(body));
      }
    });
  }

  it('are reused again after an answer that was none', () => {
    const reader = new AnswerReader();
    const { sessions } = reader.read(answer(three));
    assert.throws(() => reader.read(`${answer(three)}!`), SyntaxError);
    assert.equal(reader.read('{"error":"busy"}').sessions, undefined);
    assert.equal(reader.read(answer(three)).sessions, sessions);
  });

  it('may say what looks like the end of their list', () => {
    const command = 'send --data \'[{"a":[{"b":1}]}]\' "sessions":[{"id":"x"}],{"id":"';
    const tricky = three.map((one, index) => ({ ...one, command, stages: [{ id: 'a' }, { id: index }] }));
    for (const sessions of [[...three, { ...session(9), command }], tricky]) {
      const reader = new AnswerReader();
      for (const cycle of [0, 1, 2]) {
        assert.deepEqual(read(reader, answer(sessions, cycle)), whole(answer(sessions, cycle)));
      }
    }
    const reader = new AnswerReader();
    const before = reader.read(answer([...three, session(9, { command })])).sessions!;
    const after = reader.read(answer([...three, session(9, { command, attempt: 20 })])).sessions!;
    assert.deepEqual(
      after.slice(0, 3).map((one, index) => one === before[index]),
      [true, true, true],
    );
  });

  it('are no more than are read at all', () => {
    const sessions = Array.from({ length: MAX_SESSIONS + 1 }, (_, index) => ({ id: `${index}` }));
    const reader = new AnswerReader();
    for (const list of [sessions.slice(1), sessions]) {
      assert.equal(reader.read(JSON.stringify({ sessions: list })).sessions?.length, MAX_SESSIONS);
    }
  });

  describe('that mean to mislead', () => {
    const S = '{"id":"s-0","lastActivityAt":"2026-03-02T08:00:00.000Z"}';
    const bodies: readonly [what: string, body: string][] = [
      ['next to each other', `{"sessions":[${S}${S}]}`],
      ['with something else between', `{"sessions":[${S};${S}]}`],
      ['with a comma for a bracket', `{"sessions":[${S},,"a":1}`],
      ['between two keys of one name', `{"isRunning":1,"sessions":[${S}],"isRunning":2}`],
      ['below another key', `{"a":{"sessions":[${S}]}}`],
      ['below another key, before those meant', `{"a":{"sessions":[${S}]},"sessions":[{"id":"b"}]}`],
      ['below another key, before none', `{"a":{"sessions":[${S}]},"sessions":[]}`],
      ['in a list', `[{"sessions":[${S}]}]`],
      ['in a list in a list', `[[{"sessions":[${S}]}]]`],
      ['after a key that ends like theirs', `{"x\\"sessions":[${S}]}`],
      ['in a text', `{"reason":"{\\"sessions\\":[{\\"id\\":\\"a\\"}]}","sessions":[${S}]}`],
      ['twice', `{"sessions":[${S}],"sessions":[{"id":"b"}]}`],
      ['twice, none at last', `{"sessions":[${S}],"sessions":[]}`],
      ['twice, no list at last', `{"sessions":[${S}],"sessions":0}`],
      ['twice, the last one written otherwise', `{"sessions":[${S}],"\\u0073essions" : [{"id":"b"}]}`],
      ['twice, the first one written otherwise', `{"sessions" : [{"id":"b"}],"sessions":[${S}]}`],
      ['with an id twice', `{"sessions":[{"id":"a","id":"b"},{"id":"b","name":"x"}]}`],
      ['with the same id twice', `{"sessions":[${S},{"id":"s-0","name":"x"}]}`],
      ['with an id that is no text', `{"sessions":[${S},{"id":5},null,7,[]]}`],
      ['without an id that can be read', `{"sessions":[{"id":"\\u0007"},${S}]}`],
      ['with their id at last', `{"sessions":[{"name":"x","id":"a"},${S}]}`],
      [
        'with times within them',
        `{"sessions":[{"id":"a","b":{"lastActivityAt":"2026-03-02T08:00:00.000Z"}}]}`,
      ],
      ['with blanks', `{ "sessions": [ ${S} , ${S} ] }`],
      ['with blanks within', `{"sessions":[${S} ,${S}]}`],
      ['with blanks around', `\n{"a":1,"sessions":[${S}]}\n`],
      ['before a key without a name', `{"sessions":[${S}],"":5}`],
      ['before __proto__', `{"sessions":[${S}],"__proto__":{"isRunning":true}}`],
      ['cut off', `{"sessions":[${S}]`],
      ['cut off within', `{"sessions":[${S.slice(0, 30)}`],
      ['with a comma too many', `{"sessions":[${S},]}`],
      ['before a comma too many', `{"sessions":[${S}],}`],
      ['before a fraction', `{"sessions":[${S}].5}`],
      ['before an exponent', `{"sessions":[${S}]e5}`],
      ['before a brace too many', `{"sessions":[${S}]}}`],
      ['before another answer', `{"sessions":[${S}]}{"sessions":[${S}]}`],
      ['after a comma too many', `{,"sessions":[${S}]}`],
      ['after nothing', `"sessions":[${S}]}`],
    ];
    for (const [what, body] of bodies) {
      it(`${what} are read as without reuse`, () => {
        const reader = new AnswerReader();
        const other = body.replace('08:00:00', '09:00:00');
        for (const text of [body, answer(three), body, other, body, `{"sessions":[${S}]}`, body]) {
          assert.deepEqual(read(reader, text), whole(text));
        }
      });
    }
  });

  describe('over any sequence of answers', function () {
    this.timeout(20_000);
    const time = fc.oneof(
      fc.nat({ max: 3 }).map((step) => iso(step)),
      fc.constantFrom('2026-03-02T08:00:00+00:00', '2026-03-02T25:00:00.000Z', '"', 'never'),
    );
    const text = fc.constantFrom('a', '}]', '},{"id":"', '"sessions":[{"id":"', '\\', 'ü', '\u2028', iso(0));
    const id = fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), text);
    const raw = fc
      .tuple(
        fc.record({ id }),
        fc.record(
          {
            name: text,
            lastActivityAt: time,
            createdAt: time,
            inner: fc.record({ id, lastActivityAt: time }),
            list: fc.array(fc.record({ id }), { maxLength: 2 }),
            attempt: fc.nat({ max: 12 }),
          },
          { requiredKeys: [] },
        ),
        fc.boolean(),
      )
      .map(([first, more, isIdFirst]) => (isIdFirst ? { ...first, ...more } : { ...more, ...first }));
    const item = fc.oneof({ weight: 9, arbitrary: raw }, fc.jsonValue());
    const list = fc.array(item, { maxLength: 5 });
    const members = fc.array(
      fc.oneof(
        { weight: 3, arbitrary: list.map((sessions) => `"sessions":${JSON.stringify(sessions)}`) },
        list.map((sessions) => `"a":{"sessions":${JSON.stringify(sessions)}}`),
        list.map((sessions) => `"x\\"sessions":${JSON.stringify(sessions)}`),
        list.map((sessions) => `"\\u0073essions": ${JSON.stringify(sessions)}`),
        text.map((value) => `"isRunning":${JSON.stringify(value)}`),
        fc.constantFrom('"":1', '"sessions":0', '"sessions":[]', '"b":[1,2]'),
      ),
      { maxLength: 3 },
    );
    const body = members.map((parts) => `{${parts.join(',')}}`);

    /** As a daemon goes on: the same answer with something else in it, or damaged. */
    const step = fc.record({
      kind: fc.constantFrom('same', 'replace', 'cut', 'new'),
      from: fc.constantFrom(iso(0), iso(1), iso(2), '"a"', '"b"', ',', '}', ']', '"id"', '1'),
      to: fc.constantFrom(iso(0), iso(1), iso(3), '"a"', '"c"', ',,', '', '"id" ', '[', '2', '.5'),
      at: fc.nat({ max: 400 }),
      body,
    });

    it('are what they are without reuse', () => {
      fc.assert(
        fc.property(body, fc.array(step, { maxLength: 8 }), (first, steps) => {
          const reader = new AnswerReader();
          let current = first;
          assert.deepEqual(read(reader, current), whole(current));
          for (const { kind, from, to, at, body: next } of steps) {
            const place = current.indexOf(from, at % (current.length + 1));
            if (kind === 'new') current = next;
            if (kind === 'replace' && place >= 0) {
              current = current.slice(0, place) + to + current.slice(place + from.length);
            }
            const text = kind === 'cut' ? current.slice(0, at) : current;
            assert.deepEqual(read(reader, text), whole(text));
          }
        }),
        { numRuns: 500 },
      );
    });

    it('are what they are without reuse while a busy daemon goes on', () => {
      const change = fc.record({
        active: fc.array(fc.nat({ max: 5 }), { maxLength: 6 }),
        other: fc.option(
          fc.record({
            index: fc.nat({ max: 5 }),
            more: fc.record({ name: text, createdAt: time, exitCode: fc.nat() }),
          }),
        ),
        removed: fc.option(fc.nat({ max: 5 })),
        added: fc.boolean(),
      });
      fc.assert(
        fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
          const reader = new AnswerReader();
          let sessions = [session(0), session(1), session(2), session(3)];
          let count = sessions.length;
          let before = reader.read(answer(sessions)).sessions!;
          changes.forEach(({ active, other, removed, added }, cycle) => {
            sessions = sessions
              .map((one, index) =>
                active.includes(index) ? { ...one, lastActivityAt: iso(cycle * 1_000 + index) } : one,
              )
              .map((one, index) => (other?.index === index ? { ...one, ...other.more, id: one.id } : one))
              .filter((_, index) => index !== removed);
            if (added) sessions = [...sessions, session(count++)];
            const body = answer(sessions, cycle);
            const after = reader.read(body).sessions!;
            assert.deepEqual({ sessions: after }, { sessions: sessionsOf(JSON.parse(body)) });
            const isQuiet = active.length === 0 && !other && removed === null && !added;
            if (isQuiet && sessions.length > 0) assert.equal(after, before);
            before = after;
          });
        }),
        { numRuns: 500 },
      );
    });
  });
});
