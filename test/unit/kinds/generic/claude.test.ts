import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { claudeSessions } from '../../../../src/kinds/generic/claude';

interface Recorded {
  readonly stdout?: string;
  readonly body?: unknown;
}

/** What a real Claude Code 2.1.332 printed or wrote. */
function recorded(name: string): unknown {
  const path = join(__dirname, '../../../fixtures/claude', `${name}.json`);
  const { stdout, body } = JSON.parse(readFileSync(path, 'utf8')) as Recorded;
  return stdout === undefined ? body : JSON.parse(stdout);
}

const inShort = (said: unknown) =>
  claudeSessions(said)?.map(
    ({ title, status, question }) => `${title}: ${status}${question === undefined ? '' : `, ${question}`}`,
  );

describe("what a list or a file of Claude Code's sessions says", () => {
  it('is that one waits for a person, and which one works', () => {
    assert.deepEqual(inShort(recorded('agents-many')), ['say hello: waiting', 'count the files: running']);
  });

  it('is also what the one that waits needs', () => {
    assert.deepEqual(inShort(recorded('state-blocked')), ['say hello: waiting, login required — run /login']);
  });

  it('is one name for a session in both', () => {
    const idIn = (name: string) => claudeSessions(recorded(name))?.[0]?.id;
    assert.equal(idIn('agents-many'), 'fcfdd67a-7631-47fb-8954-e40570449124');
    assert.equal(idIn('agents-many'), idIn('state-blocked'));
  });

  it('is that the one works whose turn is under way, and none whose turn has ended', () => {
    assert.deepEqual(inShort(recorded('state-working')), ['count the files: running']);
    assert.deepEqual(inShort(recorded('state-turn-ended')), []);
  });

  it('is not that a session works whose process is gone', () => {
    assert.deepEqual(inShort(recorded('agents-worker-killed')), [
      'say hello: waiting',
      'count the files: running',
      'another hello: running',
    ]);
  });

  for (const [what, said] of [
    ['nothing', undefined],
    ['an empty list, which may be anybody’s', []],
    ['a list of other things', [{ id: 'x', state: 'blocked' }]],
    ['a list that mixes them with other things', [...(recorded('agents-many') as unknown[]), 1]],
    ['a health answer', { status: 'ok', state: 'blocked' }],
    ['an id that is none', { sessionId: 'a\nb', state: 'blocked', tempo: 'blocked' }],
  ] as const) {
    it(`is not read from ${what}`, () => {
      assert.equal(claudeSessions(said), undefined);
    });
  }
});
