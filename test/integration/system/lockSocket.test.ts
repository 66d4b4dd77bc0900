import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOwner } from '../../../src/system/lockOwner';
import { ask } from '../../../src/system/lockSocket';
import { notRun } from '../../support/notRun';

describe('the socket of a lock', function () {
  let folder: string;
  before(function () {
    if (process.platform === 'win32') notRun(this, 'a pipe of Windows is not in the folder');
  });
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'socket-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A process of its own that runs this code, with `tryLock` and `folder`. */
  function run(code: string) {
    const lock = join(__dirname, '../../../src/system/lock.ts');
    const text = `const { tryLock } = require(${JSON.stringify(lock)}), folder = ${JSON.stringify(folder)};
      const boot = '11111111-1111-1111-1111-111111111111', place = { folder, name: 'lock' }; ${code}`;
    return spawn(process.execPath, ['--import=tsx', '-e', text], { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  for (const [how, end] of [
    ['of its own accord, which the lock does not prevent', ''],
    ['by exit', 'process.exit()'],
    ['by a kill', "process.kill(process.pid, 'SIGKILL')"],
  ] as const) {
    it(`refuses once its owner has ended ${how}`, async () => {
      await once(run(`tryLock(place, boot).then(() => { ${end} })`), 'exit');
      const owner = parseOwner(readFileSync(join(folder, 'lock'), 'utf8'));
      assert.equal(await ask(folder, owner!.socket!), 'refused');
    });
  }

  it('tells that its owner lives, also of a stopped process whose queue is full', async function () {
    if (process.platform !== 'linux') notRun(this, 'elsewhere a full queue refuses, and the birth decides');
    const owner = run(
      `process.chdir(folder); require('node:net').createServer().listen({ path: 'sock.a.a', backlog: 1 }, () => console.log('listens'))
       .on('error', console.log);`,
    );
    const waiting: ReturnType<typeof createConnection>[] = [];
    try {
      await once(owner.stdout, 'data');
      process.kill(owner.pid!, 'SIGSTOP');
      let isFull = false;
      while (!isFull) {
        const socket = createConnection(join(folder, 'sock.a.a'));
        waiting.push(socket);
        await once(socket, 'connect').catch((error: NodeJS.ErrnoException) => {
          assert.equal(error.code, 'EAGAIN');
          isFull = true;
        });
      }
      assert.equal(await ask(folder, 'sock.a.a'), 'lives');
    } finally {
      for (const socket of waiting) socket.destroy();
      const gone = once(owner, 'exit');
      owner.kill('SIGKILL');
      await gone;
    }
    assert.equal(await ask(folder, 'sock.a.a'), 'refused');
  });

  it('answers nothing and lets go at once', async () => {
    const owner = run(`tryLock(place, boot).then(() => console.log('listens')); setTimeout(() => {}, 60000)`);
    try {
      await once(owner.stdout, 'data');
      const { socket: name } = parseOwner(readFileSync(join(folder, 'lock'), 'utf8'))!;
      const asking = createConnection(join(folder, name!));
      let said = '';
      asking.on('data', (data) => (said += String(data)));
      await once(asking, 'close');
      assert.equal(said, '');
    } finally {
      const gone = once(owner, 'exit');
      owner.kill('SIGKILL');
      await gone;
    }
  });
});
