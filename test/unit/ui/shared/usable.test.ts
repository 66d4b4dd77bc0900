import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OfferedDaemon } from '../../../../src/model/foundDaemon';
import type { Session } from '../../../../src/health/report';
import { PURPOSES, usableOnSessions } from '../../../../src/ui/commands/sessionPurposes';
import { settingsTab } from '../../../../src/ui/shared/settingsTab';
import {
  DAEMON_COMMANDS,
  UsableCommands,
  canChangeSessions,
  usableOnDaemons,
} from '../../../../src/ui/shared/usable';
import { Watch, goodReport } from '../../health/support';
import { modelOf } from '../support';

const found = (isIgnored: boolean) => [{ isIgnored }] as unknown as OfferedDaemon[];

function watchOf(act: (watch: Watch) => unknown): Watch {
  const watch = new Watch();
  act(watch);
  return watch;
}

describe('the commands about daemons that the palette offers', () => {
  const all = ['restart', 'snooze', 'keepEvidence'];
  const cases: [what: string, watch: Watch | undefined, expected: readonly string[]][] = [
    ['nothing is watched', undefined, []],
    ['a daemon is healthy', Watch.healthy(), [...all, 'stop', 'openDashboard']],
    ['a daemon is offline', watchOf((watch) => watch.fail('refused')), all],
    [
      'a daemon is unreachable',
      watchOf((watch) => {
        watch.answer();
        watch.repeat(3, 5_000, () => watch.fail('refused'));
      }),
      all,
    ],
    [
      'a daemon does not answer',
      watchOf((watch) => {
        watch.answer();
        watch.repeat(3, 5_000, () => watch.fail('timeout'));
      }),
      [...all, 'stop'],
    ],
    [
      'a ductor runs',
      watchOf((watch) => watch.answer(goodReport(watch.time, { kind: 'ductor' }))),
      [...all, 'stop'],
    ],
  ];
  for (const [what, watch, expected] of cases) {
    it(`where ${what}`, () => {
      assert.deepEqual(usableOnDaemons(watch ? [modelOf(watch)] : [], []), expected);
    });
  }

  it('offer ignored daemons again only where one is ignored', () => {
    assert.deepEqual(usableOnDaemons([], found(false)), []);
    assert.deepEqual(usableOnDaemons([], found(true)), ['offerIgnored']);
  });
});

describe('the commands about sessions that the palette offers', () => {
  const session = (more: Partial<Session>): Session => ({ id: 's', title: 's', status: 'running', ...more });
  const dispatchd = (sessions: readonly Session[], act: (watch: Watch) => unknown = () => undefined) =>
    modelOf(
      watchOf((watch) => {
        watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions }));
        act(watch);
      }),
    );
  const usable = (sessions: readonly Session[]) => [...usableOnSessions([dispatchd(sessions)])].sort();

  it('are none where there is no session', () => assert.deepEqual(usable([]), []));

  it('end and extend what runs', () => {
    assert.deepEqual(usable([session({})]), ['cancelSession', 'copyCommand', 'extendSession', 'showOutput']);
  });

  it('run again what has ended', () => {
    assert.deepEqual(usable([session({ status: 'completed' })]), ['copyCommand', 'runAgain', 'showOutput']);
  });

  it('are none of a dispatchd that does not answer now', () => {
    const model = dispatchd([session({})], (watch) => watch.fail('timeout'));
    assert.deepEqual(usableOnSessions([model]), []);
  });

  it('resume and dismiss what a restart of a smithy interrupted', () => {
    const lost = [session({ status: 'interrupted' })];
    assert.deepEqual(usableOnSessions([{ ...modelOf(Watch.healthy()), lost }]), ['dismissSession']);
  });
});

describe('the command that ends a demo', () => {
  it('is usable as long as there is one', () => {
    const model = modelOf(Watch.healthy());
    assert.ok(!usableOnDaemons([model], []).includes('endDemo'));
    const demo = { ...model, daemon: { ...model.daemon, demo: { folder: '/x' } } };
    assert.ok(usableOnDaemons([model, demo], []).includes('endDemo'));
  });
});

describe('the commands about sessions of an unheard-of kind', () => {
  const lost: Session = { id: 's', title: 's', status: 'interrupted' };
  for (const [extendsOnRequest, expected] of [
    [false, ['dismissSession']],
    [true, []],
  ] as const) {
    it(`are for ${extendsOnRequest ? 'what it lists, while it answers,' : 'what it lost'} where its sessions ${extendsOnRequest ? 'can' : 'cannot'} be changed`, () => {
      const watch = new Watch();
      watch.answer(goodReport(watch.time, { kind: 'toy', sessions: [lost], traits: { extendsOnRequest } }));
      watch.fail('timeout');
      assert.equal(canChangeSessions(modelOf(watch)), extendsOnRequest);
      assert.deepEqual(usableOnSessions([{ ...modelOf(watch), lost: [lost] }]), expected);
    });
  }
});

describe('the palette', () => {
  const { contributes } = JSON.parse(readFileSync(join(__dirname, '../../../../package.json'), 'utf8')) as {
    contributes: {
      commands: { command: string }[];
      menus: { commandPalette: { command: string; when: string }[] };
    };
  };
  const name = (command: string) => command.replace('daemonHealth.', '');
  const guarded = contributes.menus.commandPalette.filter(({ when }) => when !== 'false');

  it('hides each of these commands by its own name, and no other', () => {
    const expected = [...DAEMON_COMMANDS, ...Object.keys(PURPOSES)].sort();
    assert.deepEqual(guarded.map(({ command }) => name(command)).sort(), expected);
    for (const { command, when } of guarded) {
      assert.equal(when, `!daemonHealth.usable || daemonHealth.usable =~ /\\b${name(command)}\\b/`);
    }
  });

  it('hides nothing before anything is known, and knows soon that nothing can be done', () => {
    const written: string[] = [];
    new UsableCommands((names) => written.push(names)).set('daemons', []);
    assert.deepEqual(written, ['known']);
  });

  it('is told of a change once, and of no change never', () => {
    const written: string[] = [];
    const usable = new UsableCommands((names) => written.push(names));
    for (let poll = 0; poll < 3; poll++) {
      usable.set('daemons', ['stop', 'restart']);
      usable.set('sessions', []);
    }
    usable.set('sessions', ['extendSession']);
    usable.set('sessions', []);
    assert.deepEqual(written, [
      'known restart stop',
      'known extendSession restart stop',
      'known restart stop',
    ]);
    for (const { when } of guarded.filter(({ command }) => name(command) === 'stop')) {
      const pattern = new RegExp(/\/(.*)\//.exec(when)![1]!);
      assert.ok(pattern.test('known restart stop'));
      assert.ok(!pattern.test('known extendSession restart'));
    }
  });
});

describe('the tab of the settings editor that shows the list of daemons', () => {
  const cases: [Parameters<typeof settingsTab>[0], string][] = [
    [{ remoteName: undefined, listInWorkspace: false }, 'workbench.action.openSettings'],
    [{ remoteName: 'ssh-remote', listInWorkspace: false }, 'workbench.action.openRemoteSettings'],
    [{ remoteName: undefined, listInWorkspace: true }, 'workbench.action.openWorkspaceSettings'],
    [{ remoteName: 'wsl', listInWorkspace: true }, 'workbench.action.openWorkspaceSettings'],
  ];
  for (const [where, command] of cases) {
    it(JSON.stringify(where), () => assert.equal(settingsTab(where), command));
  }
});
