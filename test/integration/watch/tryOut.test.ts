import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/app/systemClock';
import { createProbe } from '../../../src/kinds/probe';
import { readAddress } from '../../../src/settings/address';
import { exploring, readTyped } from '../../../src/settings/typedDaemon';
import { foundText } from '../../../src/ui/commands/addDaemonFoundText';
import { defaultName } from '../../../src/ui/commands/addDaemonText';
import { Registry } from '../../../src/watch/registry';
import { AnsweringServer } from '../../support/answeringServer';
import { FakeSmithy } from '../../support/fakeSmithy';
import { freePort } from '../../support/freePort';

describe('a daemon that is tried before it is added', function () {
  this.timeout(60_000);
  let registry: Registry;

  beforeEach(() => {
    registry = new Registry({
      clock: systemClock,
      random: Math.random,
      isFocused: () => true,
      createProbe: (target, kind, asks) =>
        Promise.resolve(createProbe(target, { kind, ...(asks && { asks }) })),
      recall: () => ({ lost: [] }),
    });
  });
  afterEach(() => registry.dispose());

  async function found(address: string, signal = new AbortController().signal) {
    const daemon = readAddress(address, { allowRemote: false, watched: [] });
    assert.ok(!('is' in daemon));
    const track = await registry.tryOut(daemon, signal);
    return { ...foundText(daemon.target, track), report: track.sample?.ok ? track.sample.report : undefined };
  }

  it('is recognised, with its state, and named after its folder', async () => {
    const home = mkdtempSync(join(tmpdir(), 'daemon-health-try-'));
    const smithy = await FakeSmithy.start(join(home, 'shop'));
    try {
      const { text, advice, report } = await found(`127.0.0.1:${smithy.port}`);
      assert.match(text, /^smithy at http:\/\/127\.0\.0\.1:\d+: (healthy|starting|unverified) \(/);
      assert.equal(advice, undefined);
      assert.ok(report);
      assert.equal(defaultName(report, 'open', []), 'smithy (shop)');
      assert.equal(defaultName(report, 'open', ['smithy (shop)']), 'smithy (shop) 2');
      assert.deepEqual(registry.models, [], 'nothing is watched yet');
    } finally {
      await smithy.stop();
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('that is not there is told so, with what to do', async () => {
    const { text, advice } = await found(`127.0.0.1:${await freePort()}`);
    assert.match(text, /^Nothing listens at http:\/\/127\.0\.0\.1:\d+\. Connection refused\.$/);
    assert.match(advice ?? '', /^Start the daemon/);
  });

  it('and is another program is told so', async () => {
    const server = await AnsweringServer.start((response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>shop</title>'),
    );
    try {
      const { text, advice } = await found(server.url);
      assert.match(text, /^http:.* answers with a web page, and not with a status\.$/);
      assert.match(advice ?? '', /^Type the whole address of its health answer/);
    } finally {
      await server.stop();
    }
  });

  /** What is found by what somebody types, as Add Daemon… asks it. */
  async function typed(text: string) {
    const read = readTyped(text, { allowRemote: false, watched: [] });
    assert.ok(!('is' in read), JSON.stringify(read));
    const track = await registry.tryOut(exploring(read[0]!), new AbortController().signal);
    const candidates = track.sample?.ok ? track.sample.report.explored?.candidates : undefined;
    return { ...foundText(read[0]!.target, track), fields: candidates?.map(({ by, at }) => `${by} ${at}`) };
  }

  it('of any make tells what it answers, and what in it can prove progress', async () => {
    const server = await AnsweringServer.start((response) =>
      response.setHeader('content-type', 'application/health+json').end(
        JSON.stringify({
          status: 'pass',
          checks: { 'queue:depth': [{ status: 'pass' }], db: [{ status: 'pass' }] },
          lastSuccessAt: new Date(Date.now() - 12_000).toISOString(),
        }),
      ),
    );
    try {
      const { text, fields, advice } = await typed(`${server.url}/health`);
      assert.match(text, /^http:.*\/health answers health\+json, 2 checks$/);
      assert.deepEqual(fields, ['time lastSuccessAt']);
      assert.equal(advice, undefined);
    } finally {
      await server.stop();
    }
  });

  it('may be a file or a command, or is told why not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-health-try-'));
    const file = join(folder, 'last_success');
    try {
      assert.match((await typed(file)).text, /^No file is at .*\/last_success\.$/);
      writeFileSync(file, String(Date.now() / 1_000 - 30));
      assert.deepEqual((await typed(file)).fields, ['time $text', 'time $mtime']);
      const command = await typed(
        `${process.execPath} -e "console.log('{\\"done\\": 3, \\"waiting\\": 1}')"`,
      );
      assert.match(command.text, / prints JSON$/);
      assert.deepEqual(command.fields, ['counter done']);
      assert.equal((await typed('no-such-daemon status')).text, 'There is no command “no-such-daemon”.');
      const failed = await typed(`${process.execPath} -e "process.exit(3)"`);
      assert.match(failed.text, /^The command .* ended with exit code 3\.$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('that asks for a login is told so', async () => {
    const server = await AnsweringServer.start((response) => {
      response.statusCode = 401;
      response.end('no');
    });
    try {
      const { text, advice } = await typed(`${server.url}/health`);
      assert.match(text, /asks for a login \(HTTP 401\)\.$/);
      assert.match(advice ?? '', /needs none/);
    } finally {
      await server.stop();
    }
  });

  it('is not waited for by who goes back', async () => {
    const server = await AnsweringServer.start(() => undefined);
    const controller = new AbortController();
    try {
      const waiting = found(server.url, controller.signal);
      controller.abort(new Error('went back'));
      await assert.rejects(waiting, /went back/);
    } finally {
      await server.stop();
    }
  });
});
