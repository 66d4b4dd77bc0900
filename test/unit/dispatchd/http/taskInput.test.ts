import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { dirname, basename, resolve } from 'node:path';
import { ApiError } from '../../../../src/dispatchd/http/errors';
import type { TaskSpec } from '../../../../src/dispatchd/sessions/session';
import { jsonBody, optionalJsonBody } from '../../../../src/dispatchd/http/body';
import {
  ignoredFields,
  readExtension,
  readRunAgain,
  readTask,
} from '../../../../src/dispatchd/http/taskInput';
import { spec } from '../../../support/dispatchd/sessions';

const HERE = resolve(tmpdir());
const read = (body: object, last?: TaskSpec) => readTask({ name: 'x', ...body }, HERE, () => last);

describe('dispatchd task', () => {
  it('has the usual limits where it names none', async () => {
    assert.deepEqual(await read({ command: 'make' }), {
      name: 'x',
      command: 'make',
      cwd: HERE,
      kind: 'foreground',
      timeoutMs: 600_000,
      activityExtensionMs: 120_000,
      maxExtensions: 3,
      maxTotalMs: 14_400_000,
      resumable: false,
    });
  });

  const limits: [string, object, Partial<TaskSpec>][] = [
    ['its own time', { timeoutMs: 5 }, { timeoutMs: 5, maxExtensions: 3 }],
    ['no extensions', { maxExtensions: 0 }, { maxExtensions: 0, timeoutMs: 600_000 }],
    [
      'longer than the usual cap, which then is its cap',
      { timeoutMs: 20_000_000 },
      { maxTotalMs: 20_000_000 },
    ],
    ['a cap of its own', { timeoutMs: 1_000, maxTotalMs: 1_000 }, { timeoutMs: 1_000, maxTotalMs: 1_000 }],
    ['what a newer client says more', { command: 'make', mood: 'good' }, { command: 'make' }],
    ['warning stages, as clients of version 0.1.0 send them', { warningStagesMs: [60_000] }, {}],
    ['a folder below', { cwd: basename(HERE) }, {}],
  ];
  for (const [what, body, expected] of limits) {
    it(`takes ${what}`, async () => {
      const from = 'cwd' in body ? dirname(HERE) : HERE;
      const task = await readTask({ name: 'x', command: 'make', ...body }, from, () => undefined);
      assert.deepEqual({ ...task, ...expected }, task);
      assert.equal(task.cwd, HERE);
    });
  }

  it('keeps a prompt as it is, up to 4,000 characters, whatever they are', async () => {
    const prompt = ` ${'日本\n\t"\'`$(x) é'.repeat(400)}`.slice(0, 4_000);
    assert.equal((await read({ command: 'make', prompt })).prompt, prompt);
    await assert.rejects(read({ command: 'make', prompt: `${prompt}x` }), /prompt: must have at most 4000/);
  });

  describe('as a follow-up of a name', () => {
    const last = spec({
      name: 'otter',
      kind: 'named',
      command: 'agent',
      args: ['--go', 'on'],
      cwd: HERE,
      prompt: 'one',
      timeoutMs: 3_600_000,
      maxExtensions: 7,
      maxTotalMs: 20_000_000,
    });

    it('runs the last turn’s command, in its folder, under its limits, with its own prompt', async () => {
      const task = await read({ kind: 'named', prompt: 'two' }, last);
      assert.deepEqual(task, { ...last, name: 'x', prompt: 'two' });
    });

    it('may have other limits, which leave the rest as it was', async () => {
      const task = await read({ kind: 'named', timeoutMs: 30_000_000 }, last);
      assert.deepEqual([task.timeoutMs, task.maxTotalMs, task.maxExtensions], [30_000_000, 30_000_000, 7]);
      assert.equal(task.prompt, undefined);
    });

    it('with a command of its own is a new beginning', async () => {
      const task = await read({ kind: 'named', command: 'other' }, last);
      assert.deepEqual([task.command, task.args, task.timeoutMs], ['other', undefined, 600_000]);
    });

    it('needs a turn before it, and to be named', async () => {
      await assert.rejects(read({ kind: 'named' }), { code: 'INVALID_INPUT' });
      await assert.rejects(read({}, last), { code: 'INVALID_INPUT' });
    });
  });

  it('run again keeps all but the time it is given, which may be more than its cap', async () => {
    const ended = spec({ cwd: HERE, timeoutMs: 1_000, maxTotalMs: 2_000 });
    assert.equal(await readRunAgain({}, ended), ended);
    assert.deepEqual(await readRunAgain({ timeoutMs: 9_000 }, ended), {
      ...ended,
      timeoutMs: 9_000,
      maxTotalMs: 9_000,
    });
    await assert.rejects(readRunAgain({}, { ...ended, cwd: '/no/such/folder' }), ApiError);
  });

  it('is extended by what is asked for, or by its own step', () => {
    assert.equal(readExtension({ extensionMs: 5 }), 5);
    assert.equal(readExtension({}), undefined);
    for (const extensionMs of [0, -1, 1.5, '5', 1e12])
      assert.throws(() => readExtension({ extensionMs }), ApiError);
  });

  const LIKE_A_TASK = 'the body must be a JSON object like {"name": …, "command": …}';
  const refusals: [unknown, string][] = [
    [{ command: 'make' }, 'name: is missing'],
    [{ name: 'x' }, 'command: is missing'],
    [{ name: 'x', kind: 'named' }, 'command: is missing, and no earlier turn of "x" has one'],
    [[], LIKE_A_TASK],
    [null, LIKE_A_TASK],
    ['x', LIKE_A_TASK],
    [{ name: 5, command: 'make' }, 'name: must be a string'],
    [{ name: null, command: 'make' }, 'name: must be a string'],
    [{ name: 'x', command: ['make'] }, 'command: must be a string'],
    [{ name: 'x', command: 'make', timeoutMs: '5000' }, 'timeoutMs: must be a number of milliseconds'],
    [{ name: 'x', command: 'make', timeoutMs: 1.5 }, 'timeoutMs: must be a whole number of milliseconds'],
    [{ name: 'x', command: 'make', timeoutMs: 0 }, 'timeoutMs: must be at least 1'],
    [
      { name: 'x', command: 'make', maxTotalMs: 5 },
      'maxTotalMs: must not be less than timeoutMs, which is 600000',
    ],
    [{ name: 'x', command: 'make', args: 'all' }, 'args: must be a list of strings'],
    [{ name: 'x', command: 'make', args: ['all', 5] }, 'args: must be a list of strings'],
    [{ name: 'x', command: 'make', args: Array(10_000).fill('a') }, 'args: must have at most 256 entries'],
    [{ name: 'x', command: 'make', args: ['\0'] }, 'args: must not contain NUL'],
    [{ name: 'x', command: 'make', maxExtensions: -1 }, 'maxExtensions: must be at least 0'],
    [{ name: 'x', command: 'make', maxExtensions: 1e6 }, 'maxExtensions: must be at most 1000'],
    [{ name: 'x', command: 'make', maxExtensions: 0.5 }, 'maxExtensions: must be a whole number'],
    [{ name: 'x', command: 'make', maxExtensions: '3' }, 'maxExtensions: must be a whole number'],
    [{ name: 'x', command: 'make', resumable: 'yes' }, 'resumable: must be true or false'],
    [{ name: 'x', command: 'make', cwd: '/no/such' }, `cwd: there is no folder ${resolve('/no/such')}`],
    [{ name: 'x', command: 'make', cwd: __filename }, `cwd: ${__filename} is not a folder`],
  ];
  for (const [body, message] of refusals) {
    it(`says what is wrong with ${JSON.stringify(body).slice(0, 60)}`, () =>
      assert.rejects(
        readTask(body, HERE, () => undefined),
        { status: 400, code: 'INVALID_INPUT', message },
      ));
  }

  it('says what is wrong with the bodies of the other routes', async () => {
    assert.throws(() => readExtension([]), {
      message: 'the body must be a JSON object like {"extensionMs": …}',
    });
    await assert.rejects(readRunAgain(null, spec()), {
      message: 'the body must be a JSON object like {"timeoutMs": …}',
    });
    assert.throws(() => readExtension({ extensionMs: 'x' }), {
      message: 'extensionMs: must be a number of milliseconds',
    });
  });

  for (const [rawBody, message] of [
    ['', 'the body is empty'],
    [' \n', 'the body is empty'],
    ['{"name":', 'the body is not valid JSON'],
  ] as const) {
    it(`says what is wrong with the body ${JSON.stringify(rawBody)}`, async () => {
      const request = () => new Request('http://127.0.0.1', { method: 'POST', body: rawBody });
      await assert.rejects(jsonBody(request()), { status: 400, code: 'INVALID_JSON', message });
      if (rawBody.trim() === '') assert.deepEqual(await optionalJsonBody(request()), {});
    });
  }

  it('names the fields that it does not know', () =>
    assert.deepEqual(ignoredFields({ name: 'x', command: 'make', tiemoutMs: 5, toString: 1 }), [
      'tiemoutMs',
      'toString',
    ]));
});
