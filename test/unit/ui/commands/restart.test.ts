import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Outcome } from '../../../../src/model/outcome';
import type { Unstartable } from '../../../../src/base/errors';
import type { RestartController, RestartWork } from '../../../../src/restart/controller';
import type { Inspectable } from '../../../../src/diagnostics/inspectNode';
import type { Plan } from '../../../../src/restart/plan';
import type * as Commands from '../../../../src/ui/commands/restart';
import type { Notice } from '../../../../src/ui/notifications/notice';
import { FakeScreen } from '../../../support/fakeScreen';
import { loadWith } from '../../../support/fakeVSCode';
import { wedgedReport, Watch } from '../../health/support';
import { modelOf } from '../support';

const FILE = join(__dirname, '../../../../src/ui/commands/restart');

const CURED: Outcome = { kind: 'cured', daemon: 'smithy', tookMs: 1, isRestart: true };

describe('a restart that a message asks for', () => {
  let screen: FakeScreen;
  let watch: Watch;
  let restarted: number;
  let waited: number;
  let told: Notice[];
  let outcome: Outcome;
  let doubt: Unstartable | undefined;
  let planned: Partial<Plan>;
  let look: Inspectable;
  let inspected: boolean | undefined;
  beforeEach(() => {
    screen = new FakeScreen();
    screen.answer = 'Restart';
    restarted = 0;
    waited = 0;
    told = [];
    doubt = undefined;
    planned = {};
    look = { is: 'notNode' };
    inspected = undefined;
    outcome = CURED;
    watch = Watch.healthy();
    // For longer than a smithy lets any step take.
    watch.wait(5_000).answer(wedgedReport(watch.time, 6 * 60_000));
  });

  const commands = (): Commands.RestartCommands => {
    const { RestartCommands } = loadWith<typeof Commands>(screen.vscode, FILE);
    const current = () => modelOf(watch);
    const owner = { pid: 7, commandLine: 'smithy serve', startedAtMs: 1, name: 'node', isOurs: true };
    const plan = (): Plan => ({
      model: current(),
      owner,
      ownerIsKnown: true,
      interrupts: [],
      records: [],
      way: { by: 'spawn', keepsWork: true },
      ...(doubt && { doubt }),
      ...planned,
    });
    const controller = {
      planRestart: () => Promise.resolve(plan()),
      restart: (_plan: Plan, work: RestartWork) => {
        inspected = work.inspect;
        restarted += 1;
        return Promise.resolve(outcome);
      },
      waitLonger: () => {
        waited += 1;
        return Promise.resolve(outcome);
      },
    } as unknown as RestartController;
    return new RestartCommands({
      controller,
      settings: { inspectNode: () => false },
      clock: watch.time,
      door: { tell: (group) => void told.push(...group) },
      current,
      userName: () => 'dev',
      inspectable: () => Promise.resolve(look),
      onUnexpected: (_where, error) => assert.fail(String(error)),
    });
  };
  const details = () => screen.messages.flatMap(({ detail }) => detail ?? []);
  const openedMs = () => watch.track.incident!.openedAt.monotonicMs;

  it('is done unasked while the incident goes on: the process is known, and nothing is lost', async () => {
    await commands().restart(modelOf(watch), openedMs());
    assert.deepEqual([screen.texts, restarted], [[], 1]);
  });

  it('asks first where the poll cycle may still complete, and says for how long the cycle runs', async () => {
    watch.answer(wedgedReport(watch.time, 198_000));
    watch.wait(2_000);
    screen.answer = undefined;
    await commands().restart(modelOf(watch), openedMs());
    assert.equal(restarted, 0);
    assert.deepEqual(details(), [
      'The poll cycle in flight has run for 3 min 20 s. smithy lets an install take 5 min: the cycle may still complete.',
    ]);
  });

  it('says for how long the poll cycle runs where it asks anyway', async () => {
    doubt = { is: 'noProgram', name: 'sf', onPath: true };
    await commands().restart(modelOf(watch), openedMs());
    assert.match(details()[0]!, /The poll cycle in flight has run for 6 min\.$/m);
  });

  const same: Plan['way'] = {
    by: 'spawn',
    keepsWork: false,
    isSame: true,
    command: {
      kind: 'process',
      command: '/home/u/.nvm/bin/node',
      args: ['/home/u/.nvm/bin/sf', 'serve', 'smithy', '--no-open', '--name', 'a b', '--token', 'hunter2xyz'],
      cwd: '/home/u/project',
      env: { PATH: '/home/u/.nvm/bin' },
    },
  };

  it('offers to start what runs by its own words, whole and without secrets', async () => {
    planned = { way: same, instead: { is: 'noProgram', name: 'sf', onPath: true } };
    await commands().restart(modelOf(watch));
    assert.equal(
      details()[0],
      'The poll cycle in flight has run for 6 min.\n' +
        'The start command "sf" was not found.\n' +
        'The running smithy is `/home/u/.nvm/bin/node /home/u/.nvm/bin/sf serve smithy --no-open --name "a b" ' +
        '--token <redacted>` in `/home/u/project`: start it the same way?',
    );
    assert.equal(restarted, 1);
  });

  it('says that the program of that name is not the one that runs', async () => {
    planned = { way: same, instead: { is: 'otherProgram', name: 'sf', path: '/usr/bin/sf' } };
    await commands().restart(modelOf(watch));
    assert.match(
      details()[0]!,
      /^The start command "sf" is \/usr\/bin\/sf, which is not the program that runs now\.$/m,
    );
  });

  const opens =
    'Find Out Why sends the signal SIGUSR1 to process 7, which opens the debugger of Node on port 9229 for about 5 s, ' +
    'to see what smithy waits for. ' +
    'Meanwhile every user of this machine can reach that port and run code in smithy. ' +
    'Where smithy handles that signal by code of its own, that code runs.';
  const looks: [what: string, Inspectable, says: string | undefined, isOffered: boolean][] = [
    ['a process of Node that catches the signal', { is: 'node', catches: true }, opens, true],
    [
      'one of which that is not known',
      { is: 'node', catches: false },
      `${opens} Whether process 7 catches the signal is not known: a process that does not is ended.`,
      true,
    ],
    [
      'one that the signal would end',
      { is: 'notCaught' },
      'Find Out Why is not offered: process 7 does not catch the signal SIGUSR1, which would end the process.',
      false,
    ],
    ['one that is not Node', { is: 'notNode' }, undefined, false],
  ];
  for (const [what, found, says, isOffered] of looks) {
    it(`says what a look into the event loop opens before its button is pressed: ${what}`, async () => {
      look = found;
      planned = { outside: '/evil' };
      await commands().restart(modelOf(watch));
      const [{ buttons, detail = '' } = { buttons: [] }] = screen.messages;
      assert.deepEqual(
        buttons,
        isOffered ? ['Restart', 'Restart and Find Out Why (about 5 s)'] : ['Restart'],
      );
      const [last] = detail.split('\n').slice(-1);
      if (says === undefined) assert.doesNotMatch(detail, /SIGUSR1|debugger/);
      else assert.equal(last, says);
    });
  }

  const again: [what: string, plan: Partial<Plan>, says: string][] = [
    [
      'a manager restarts it',
      {
        way: {
          by: 'supervisor',
          keepsWork: false,
          name: 'systemd (ductor.service)',
          command: { kind: 'process', command: 'systemctl', args: ['--user', 'restart', 'ductor.service'] },
        },
      },
      'systemd (ductor.service) starts smithy again: the restart is done by `systemctl --user restart ductor.service`.',
    ],
    [
      'a loop may start it again',
      { way: { by: 'spawn', keepsWork: false }, supervisor: { name: 'process 41 (sh loop.sh)' } },
      'Process 41 (sh loop.sh) may start smithy again. The restart waits for that start: no second smithy is started while process 41 (sh loop.sh) runs.',
    ],
    [
      'it was started again last time, not from here',
      {
        way: { by: 'spawn', keepsWork: false },
        supervisor: { name: 'process 41 (/bin/sh)', lastTime: { at: 1, afterMs: 1_500 } },
      },
      '1.5 s after its last end from here, smithy was started again, and not from here. Process 41 (/bin/sh) may do so again. The restart waits for that start first.',
    ],
    [
      'only its answer names the folder that it is started in',
      { outside: '/evil' },
      'smithy will be started in `/evil`: only the last answer of smithy names that folder, and this window does not have the folder open.',
    ],
    [
      'its command takes it out of its service',
      {
        way: {
          by: 'spawn',
          keepsWork: false,
          leavesService: { serviceCommand: 'systemctl --user restart ductor' },
        },
      },
      'The start command takes smithy out of its service, where smithy has one; `systemctl --user restart ductor` does not.',
    ],
  ];
  for (const [what, plan, says] of again) {
    it(`asks first where ${what}`, async () => {
      planned = plan;
      await commands().restart(modelOf(watch));
      assert.ok(details()[0]?.split('\n').includes(says), details()[0]);
    });
  }

  it('asks first where the new process would lack a key, and names no others by themselves', async () => {
    planned = { lost: { names: ['ANTHROPIC_API_KEY', 'FOO'], more: 3, matter: true } };
    await commands().restart(modelOf(watch));
    assert.match(
      details()[0]!,
      /^The new process will not have these variables of the old one: ANTHROPIC_API_KEY, FOO and 3 more\.$/m,
    );
    planned = { lost: { names: ['FOO'], more: 0, matter: false } };
    await commands().restart(modelOf(watch));
    assert.deepEqual([details().length, restarted], [1, 2]);
  });

  const over: Record<string, { end: () => void; says: RegExp }> = {
    'is over': { end: () => watch.wait(5_000).stayHealthy(120_000), says: /smithy is healthy now/ },
    'is about to be over': { end: () => watch.wait(5_000).answer(), says: /smithy is healthy now/ },
    'is over, and another one goes on': {
      end: () => {
        watch.wait(5_000).stayHealthy(120_000);
        watch.repeat(3, 5_000, () => watch.fail('refused'));
      },
      says: /smithy is unreachable now/,
    },
  };
  for (const [what, { end, says }] of Object.entries(over)) {
    it(`asks first where the incident of the message ${what}, and says how the daemon is`, async () => {
      const began = openedMs();
      end();
      await commands().restart(modelOf(watch), began);
      assert.equal(screen.texts[0], 'Restart smithy?');
      assert.match(screen.messages[0]!.detail ?? '', says);
      assert.equal(restarted, 1, 'the user wanted it');
    });
  }

  it('is not done where the user does not want it any more', async () => {
    const began = openedMs();
    watch.wait(5_000).stayHealthy(120_000);
    screen.answer = undefined;
    await commands().restart(modelOf(watch), began);
    assert.equal(restarted, 0);
  });

  it('is called a start where nothing runs', async () => {
    const began = openedMs();
    planned = { owner: undefined };
    watch.wait(5_000).stayHealthy(120_000);
    await commands().restart(modelOf(watch), began);
    assert.equal(screen.texts[0], 'Start smithy?');
    assert.deepEqual(screen.messages[0]!.buttons, ['Start']);
  });

  it('is done unasked where nobody asked by a message', async () => {
    watch.wait(5_000).stayHealthy(120_000);
    await commands().restart(modelOf(watch));
    assert.deepEqual([screen.texts, restarted], [[], 1]);
  });

  it('ends with a notice that claims what other rules would tell', async () => {
    await commands().restart(modelOf(watch), openedMs());
    const [notice] = told;
    assert.ok(notice?.kind === 'outcome');
    const { id } = modelOf(watch).daemon;
    assert.deepEqual(
      notice.tells.map(({ key }) => key),
      [`${id} recovered`],
    );
    outcome = {
      kind: 'failed',
      daemon: 'smithy',
      why: { is: 'noProgram', name: 'sf', onPath: true },
      isStopped: false,
      nothingRuns: true,
    };
    await commands().restart(modelOf(watch), openedMs());
    assert.deepEqual(
      told.at(-1)?.kind === 'outcome' && (told.at(-1) as typeof notice).tells.map(({ key }) => key),
      [`${id} problem unreachable`],
    );
    assert.deepEqual(
      [told.at(-1)?.level, told.at(-1)?.offers.map(({ action }) => action)],
      ['error', ['terminal', 'log', 'details']],
    );
  });

  it('ticks its step of the walkthrough only where a restart was proven', async () => {
    const ticks = () => screen.commands.filter(([, key]) => key === 'daemonHealth.restarted');
    for (const other of [
      { kind: 'cancelled', daemon: 'smithy', left: 'unchanged' },
      { ...CURED, kind: 'unproven' },
      { ...CURED, isRestart: false },
    ] satisfies Outcome[]) {
      outcome = other;
      await commands().restart(modelOf(watch), openedMs());
    }
    assert.deepEqual(ticks(), []);
    outcome = CURED;
    await commands().restart(modelOf(watch), openedMs());
    assert.deepEqual(ticks(), [['setContext', 'daemonHealth.restarted', true]]);
  });

  it('that was late waits longer where the user wants that', async () => {
    const seen = { is: 'neverAnswered' } as const;
    outcome = { kind: 'late', daemon: 'smithy', afterMs: 60_000, seen, nothingRuns: true };
    const all = commands();
    await all.restart(modelOf(watch), openedMs());
    assert.deepEqual(
      told[0]!.offers.map(({ action }) => action),
      ['waitLonger', 'terminal', 'log'],
    );
    outcome = { ...CURED, work: { resumed: 0, interrupted: 2 } };
    await all.waitLonger(modelOf(watch));
    assert.deepEqual([waited, told[1]!.offers.map(({ action }) => action)], [1, ['interrupted']]);
    await all.waitLonger(modelOf(watch));
    assert.deepEqual([restarted, waited], [1, 1], 'nothing is late any more');
  });

  describe('that may find out why', () => {
    const FIND_OUT = 'Restart and Find Out Why (about 5 s)';
    beforeEach(() => {
      look = { is: 'node', catches: true };
      doubt = { is: 'noProgram', name: 'sf', onPath: true };
    });

    it('says what that does and how long it takes, and offers it second', async () => {
      screen.answer = FIND_OUT;
      await commands().restart(modelOf(watch));
      assert.deepEqual(screen.messages[0]!.buttons, ['Restart', FIND_OUT]);
      assert.match(details()[0]!, /for about 5 s, to see what smithy waits for/);
      assert.deepEqual([restarted, inspected], [1, true]);
    });

    it('offers it only where it can work', async () => {
      look = { is: 'portHeld', pid: 8 };
      await commands().restart(modelOf(watch));
      assert.deepEqual(screen.messages[0]!.buttons, ['Restart']);
      assert.doesNotMatch(details()[0]!, /Find Out Why/);
      assert.equal(inspected, false);
    });

    it('does not offer it for a daemon without trouble', async () => {
      watch.wait(5_000).stayHealthy(120_000);
      await commands().restart(modelOf(watch));
      assert.deepEqual(screen.messages[0]!.buttons, ['Restart']);
      assert.doesNotMatch(details()[0]!, /Find Out Why/);
    });
  });

  describe('links the hang report', () => {
    const report = { file: '/r.md', found: 'waited for 28 s; 0 % CPU' };
    const seen = { is: 'neverAnswered' } as const;
    const why = { is: 'noProgram', name: 'sf', onPath: true } as const;
    const failed = { kind: 'failed', daemon: 'smithy', why, isStopped: false, nothingRuns: false } as const;
    const late = { kind: 'late', daemon: 'smithy', afterMs: 1, seen, nothingRuns: false } as const;
    const cases: readonly [Outcome, readonly string[]][] = [
      [CURED, ['hangReport']],
      [{ ...CURED, work: { resumed: 0, interrupted: 1 } }, ['interrupted', 'hangReport']],
      [{ ...CURED, kind: 'unproven' }, ['terminal', 'hangReport', 'log']],
      [failed, ['terminal', 'hangReport', 'log']],
      [late, ['waitLonger', 'hangReport', 'terminal']],
      [{ kind: 'cancelled', daemon: 'smithy', left: 'unchanged' }, ['hangReport']],
    ];
    for (const [ended, actions] of cases) {
      it(`of one that is ${ended.kind}, among ${actions.join(', ')}`, async () => {
        outcome = { ...ended, report };
        await commands().restart(modelOf(watch), openedMs());
        const { offers } = told[0]!;
        assert.deepEqual(
          offers.map(({ action }) => action),
          actions,
        );
        assert.deepEqual(offers.find(({ action }) => action === 'hangReport')?.targets, ['/r.md']);
      });
    }

    it('by another name where it tells of no hang', async () => {
      outcome = { ...CURED, report: { file: '/r.md' } };
      await commands().restart(modelOf(watch), openedMs());
      assert.deepEqual(told[0]!.offers, [{ action: 'report', targets: ['/r.md'] }]);
    });
  });

  it('says before anything is ended that the start command was not found', async () => {
    doubt = { is: 'noProgram', name: 'sf', onPath: true };
    await commands().restart(modelOf(watch));
    assert.match(
      screen.messages[0]!.detail ?? '',
      /^It may not start again: the start command "sf" was not found\.$/m,
    );
  });

  describe('in a terminal', () => {
    const inTerminal = async () => {
      const lines: string[] = [];
      const { signal } = new AbortController();
      const done = await commands().restartInTerminal(modelOf(watch), (line) => lines.push(line), signal);
      return { done, lines };
    };

    it('says that nothing was changed where the user does not agree', async () => {
      doubt = { is: 'noProgram', name: 'sf', onPath: true };
      screen.answer = undefined;
      assert.deepEqual(await inTerminal(), { done: false, lines: ['Cancelled: nothing was changed.'] });
    });

    it('names the file of the hang report', async () => {
      outcome = { ...CURED, tookMs: 4_000, report: { file: '/r.md', found: 'waited for 28 s' } };
      assert.deepEqual((await inTerminal()).lines, [
        'smithy restarted in 4 s. Before that, the old process waited for 28 s.',
        'Hang report: /r.md',
      ]);
    });

    it('says only why where the restart failed: something was changed', async () => {
      const why = { is: 'startSaid', said: 'The daemon could not be started: no database.' } as const;
      outcome = { kind: 'failed', daemon: 'smithy', why, isStopped: true, nothingRuns: true };
      assert.deepEqual(await inTerminal(), {
        done: false,
        lines: ['The daemon could not be started: no database. The old process has ended.'],
      });
    });
  });
});
