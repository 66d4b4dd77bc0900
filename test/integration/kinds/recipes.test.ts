import assert from 'node:assert/strict';
import type { DaemonState } from '../../../src/health/states';
import { readDaemons } from '../../../src/settings/daemonList';
import { listProblemText } from '../../../src/words/listProblemText';
import { PresetWorld, recorded, type Recorded } from '../../support/presetWorld';
import { ENTRIES, recipe, RECIPES } from '../../support/recipes';

describe('the recipes', function () {
  this.timeout(60_000);

  it('are there, one below each heading', () => {
    assert.equal(ENTRIES.length, RECIPES.match(/^## /gm)?.length);
  });

  for (const entry of ENTRIES) {
    it(`are entries without a problem: ${entry.name}`, () => {
      const { daemons, problems } = readDaemons([entry], { configured: true, allowRemote: false });
      assert.deepEqual(problems.map(listProblemText), []);
      assert.equal(daemons[0]?.kind, 'generic');
    });
  }

  it('have a row each that says what they cannot tell', () => {
    const headings = [...RECIPES.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
    for (const heading of headings) {
      assert.ok(new RegExp(`^\\|.*\\[${heading}\\]\\(#`, 'm').test(RECIPES), heading);
    }
  });
});

/** Programs of the daemons' names are scripts for a shell. */
(process.platform === 'win32' ? describe.skip : describe)('a recipe', function () {
  this.timeout(60_000);
  let world: PresetWorld;
  beforeEach(() => {
    world = new PresetWorld();
  });
  afterEach(() => world.close());

  const commands: readonly (readonly [name: string, program: string, said: string, DaemonState, RegExp])[] = [
    ['supervisord', 'supervisorctl', 'supervisor/status', 'unavailable', /fatal +FATAL/],
    [
      'supervisord',
      'supervisorctl',
      'supervisor/gone.status',
      'offline',
      /the answer says that no daemon is there/,
    ],
    ['supervisord', 'supervisorctl', 'supervisor/stopped.status', 'stopped', /stopped/],
    ['service', 'systemctl', 'systemd/user.show.no-manager', 'wrongAnswer', /Failed to connect to bus/],
  ];
  for (const [name, program, said, state, reason] of commands) {
    it(`is ${state} by ${said}`, async () => {
      world.program(program, recorded(said));
      world.watchEntry(recipe(name));
      assert.equal(await world.look(), state, world.watch.reasonInWords);
      assert.match(world.watch.reasonInWords, reason);
    });
  }

  /** As `docker inspect` and `launchctl print` are documented: neither was run. */
  const documented: readonly (readonly [name: string, program: string, stdout: string, DaemonState])[] = [
    ['container', 'docker', '{"Status":"healthy","FailingStreak":0,"Log":[]}', 'unverified'],
    ['container', 'docker', '{"Status":"unhealthy","FailingStreak":3,"Log":[]}', 'unavailable'],
    ['container', 'docker', '{"Status":"starting","FailingStreak":0,"Log":[]}', 'starting'],
    ['container', 'docker', 'null', 'unverified'],
    ['job', 'launchctl', 'gui/501/com.example.daemon = {\n\tstate = not running\n}', 'stopped'],
    ['job', 'launchctl', 'gui/501/com.example.daemon = {\n\tstate = running\n}', 'unverified'],
  ];
  for (const [name, program, stdout, state] of documented) {
    it(`is ${state} where ${program} says ${JSON.stringify(stdout)}`, async () => {
      world.program(program, { capturedAt: '', stdout });
      world.watchEntry(recipe(name));
      assert.equal(await world.look(), state, world.watch.reasonInWords);
    });
  }

  const answers: readonly (readonly [name: string, said: Recorded, DaemonState, RegExp])[] = [
    ['n8n', recorded('n8n/healthz'), 'unverified', /names no proof/],
    ['n8n', recorded('n8n/healthz.readiness'), 'unverified', /names no proof/],
    ['worker', recorded('prometheus/query.age'), 'healthy', /age that proves progress is small/],
    ['worker', recorded('prometheus/exporter-gone.query.age'), 'unverified', /is missing/],
  ];
  for (const [name, said, state, reason] of answers) {
    it(`is ${state} by an answer of ${name}: ${JSON.stringify(said.body).slice(0, 60)}`, async () => {
      const { pathname, search } = new URL(recipe(name).url!);
      const url = await world.at(said.capturedAt).serve({ [`${pathname}${search}`]: said });
      world.watchEntry({ ...recipe(name), url: `${url}${pathname}${search}` });
      assert.equal(await world.look(), state, world.watch.reasonInWords);
      assert.match(world.watch.reasonInWords, reason);
    });
  }
});
