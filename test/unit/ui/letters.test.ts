import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Conflict } from '../../../src/health/conflicts';
import type { Session } from '../../../src/health/report';
import type { Instant } from '../../../src/base/time';
import type { RestartController } from '../../../src/restart/controller';
import type { Plan } from '../../../src/restart/plan';
import type { Registry } from '../../../src/watch/registry';
import type * as Commands from '../../../src/ui/commands/commands';
import type * as More from '../../../src/ui/commands/more';
import type * as Restart from '../../../src/ui/commands/restart';
import type * as RunInDaemon from '../../../src/ui/commands/runInDaemon';
import type * as SessionCommands from '../../../src/ui/commands/sessions';
import type * as Snooze from '../../../src/ui/commands/snooze';
import { UserError } from '../../../src/base/errors';
import { cleanText } from '../../../src/base/text';
import { countdownText } from '../../../src/ui/notifications/countdownText';
import type { Notice } from '../../../src/ui/notifications/notice';
import { conflictNotice, incidentNotice, noticeOf } from '../../../src/ui/notifications/noticeOf';
import { message } from '../../../src/ui/notifications/notificationsText';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import type * as Provider from '../../../src/ui/tasks/taskProvider';
import type * as Tree from '../../../src/ui/tree/tree';
import { loadWith } from '../../support/fakeVSCode';
import { Watch, goodReport } from '../health/support';
import { HOSTILE, drawn, modelOf } from './support';

const UI = join(__dirname, '../../../src/ui');

/** What a daemon, a folder or a session may be called. */
const SAID: readonly string[] = [
  ...HOSTILE,
  '/x (copy)/.stoneforge/stoneforge.db',
  '[Click](command:x.y)',
  '[Click](command:x.y',
  '](command:x.y)',
  '$(error) $(bell)',
  '\\$(bell)',
  '**bold** _it_ `code` ~~gone~~',
  '<img src=x> <b>',
  '| a | b |',
  'one\ntwo\r\n# three',
  'a\u202eb\u2066c',
];

/** What VS Code 1.139 makes a link of in notifications and progress, and an icon in the status bar and in lists. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]*)/gi;
const ICON = /(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g;
/** The same in Markdown, where a backslash makes a letter of any sign. */
const MARKDOWN_LINK = /(?<!\\)\]\(([^)]*)\)/g;

const linksIn = (text: string) => [...text.matchAll(LINK)].map(([, label]) => label);
const iconsIn = (text: string) =>
  [...text.matchAll(ICON)].flatMap(([, escaped, icon]) => (escaped ? [] : [icon]));
/** Without the marks of `plain`. */
const asSaid = (text: string) => text.replaceAll('\u200b', '').replaceAll('] (', '](');

/** Keeps all that it is to draw. The first of a list and the first button are picked. */
class Screen {
  readonly texts: string[] = [];
  readonly #show = (text: string, ...rest: unknown[]) => {
    const [options, ...buttons] = rest as [{ detail?: string } | string | undefined, ...string[]];
    this.texts.push(text, ...(typeof options === 'object' ? [options.detail ?? ''] : []));
    return Promise.resolve(typeof options === 'object' ? buttons[0] : undefined);
  };
  readonly #item = ({ label, description = '', detail = '' }: Record<string, string>) =>
    this.texts.push(label!, description, detail);

  readonly vscode = {
    window: {
      showErrorMessage: this.#show,
      showWarningMessage: this.#show,
      showInformationMessage: this.#show,
      setStatusBarMessage: (text: string) => void this.texts.push(text),
      withProgress: (
        { title }: { title: string },
        work: (progress: object, token: object) => Promise<unknown>,
      ) => {
        this.texts.push(title);
        const report = ({ message }: { message: string }) => void this.texts.push(message);
        return work({ report }, { onCancellationRequested: () => undefined });
      },
      showQuickPick: (items: Record<string, string>[], options: { placeHolder: string; title?: string }) => {
        this.texts.push(options.placeHolder, options.title ?? '');
        for (const item of items) this.#item(item);
        return Promise.resolve(items[0]);
      },
      createQuickPick: () => {
        const box = {
          placeholder: '',
          title: '',
          items: [] as Record<string, string>[],
          selectedItems: [],
          value: '',
          hide: () => undefined,
          dispose: () => undefined,
          onDidChangeValue: (listener: (value: string) => void) => (this.#type = listener),
          onDidAccept: () => undefined,
          onDidHide: (listener: () => void) => (this.#close = listener),
          show: () => {
            this.#type(this.typed);
            this.texts.push(box.placeholder, box.title);
            for (const item of box.items) this.#item(item);
            this.#close();
          },
        };
        return box;
      },
    },
    workspace: { isTrusted: true },
    env: { clipboard: {} },
    commands: { executeCommand: () => Promise.resolve() },
    ProgressLocation: { Notification: 15, Window: 10 },
    TaskScope: { Workspace: 2 },
    TaskPanelKind: {},
    TaskRevealKind: {},
    CustomExecution: class {},
    ProcessExecution: class {},
    ShellExecution: class {},
    Task: class {
      constructor(_definition: object, _scope: number, name: string) {
        screen.texts.push(name);
      }
    },
    TreeItem: class {
      constructor(readonly label: string) {}
    },
    TreeItemCollapsibleState: {},
    ThemeIcon: class {},
    ThemeColor: class {},
    EventEmitter: class {},
  };

  typed = '';
  #type: (value: string) => void = () => undefined;
  #close: () => void = () => undefined;

  readonly #loaded = new Map<string, unknown>();

  load<T>(file: string): T {
    if (!this.#loaded.has(file)) this.#loaded.set(file, loadWith(this.vscode, join(UI, file)));
    return this.#loaded.get(file) as T;
  }
}

const screen = new Screen();

const session = (said: string, more: Partial<Session> = {}): Session => ({
  id: 's-1',
  title: said,
  status: 'running',
  command: said,
  cwd: said,
  ...more,
});

/** Healthy, its sessions listed, and named by whoever was asked last. */
function model(said: string) {
  const watch = Watch.healthy();
  watch.answer(
    goodReport(watch.time, {
      kind: 'dispatchd',
      sessions: [session(said)],
      traits: { extendsOnRequest: true },
    }),
  );
  return { ...modelOf(watch, said), now: watch.time.now(), clock: watch.time };
}

function conflictAt(said: string): Conflict {
  const party = { kind: 'smithy', database: said, databaseShown: said, isWorking: true, isWatched: true };
  return {
    id: `conflict#${said}`,
    database: said,
    parties: [
      { ...party, name: said, port: 3457 },
      { ...party, name: said, port: 3458 },
    ],
  };
}

function notices(said: string): readonly Notice[] {
  const watched = model(said);
  const at: Instant = watched.now;
  const restarted = { kind: 'restart', isInferred: false, resumed: 0, interrupted: 1, lost: [] } as const;
  return [
    incidentNotice(watched, { kind: 'problem', state: 'wedged', openedAt: at }, at),
    incidentNotice(watched, { kind: 'recovered', state: 'wedged', openedAt: at, lastedMs: 1_000 }, at),
    conflictNotice(conflictAt(said), 1),
    noticeOf(watched, { kind: 'timedOut', session: session(said), isInferred: false })!,
    noticeOf(watched, {
      kind: 'restarted',
      restarted,
      isNews: true,
      announce: 'any',
      began: { afterAt: 1, byAt: 2 },
      instanceId: said,
    })!,
  ];
}

const registry = (said: string) =>
  ({ models: [model(said), model(said)], found: [], settled: true }) as unknown as Registry;

/** Brings what was said onto a surface. */
const surfaces: Readonly<Record<string, (said: string) => unknown>> = {
  'a notification of one thing': (said) => {
    const { now } = model(said);
    for (const notice of notices(said)) screen.texts.push(message([notice], now).text);
  },
  'a notification of many': (said) => {
    screen.texts.push(message(notices(said), model(said).now).text);
    screen.texts.push(message([...notices(said), ...notices(said)], model(said).now).text);
  },
  'the status bar': (said) => {
    const { now, ...watched } = model(said);
    screen.texts.push(renderStatus([watched], [], now).text);
    screen.texts.push(renderStatus([watched], [conflictAt(said)], now).text);
  },
  'the names of tasks': async (said) => {
    const { DaemonTasks } = screen.load<typeof Provider>('tasks/taskProvider');
    const startCommand = () => Promise.resolve({ kind: 'shell', line: 'x' } as never);
    const work = () => Promise.resolve(true);
    await new DaemonTasks({
      registry: registry(said),
      startCommand,
      restart: work,
      stop: work,
    }).provideTasks();
    assert.equal(screen.texts.length, 6);
  },
  'the list of daemons': async (said) => {
    const { commandRunner } = screen.load<typeof Commands>('commands/commands');
    const restarts = { restart: () => Promise.resolve() };
    const deps = {
      registry: registry(said),
      discovery: () => Promise.resolve(),
      restarts: () => Promise.resolve(restarts),
    };
    await commandRunner(deps as unknown as Commands.CommandDeps)('restart', []);
  },
  'a command that fails': async (said) => {
    const { commandRunner } = screen.load<typeof Commands>('commands/commands');
    const fails = () => Promise.reject(new UserError(said));
    const deps = {
      registry: { models: [], refresh: fails },
      discovery: fails,
      log: { error: () => undefined },
    };
    await commandRunner(deps as unknown as Commands.CommandDeps)('snooze', []);
  },
  'the list of More…': async (said) => {
    const { more } = screen.load<typeof More>('commands/more');
    const watched = model(said);
    await more(watched, 'stuck', {
      clock: watched.clock,
      log: { show: () => undefined },
      settings: {} as never,
      snoozes: {} as never,
    });
  },
  'the list of snoozes': async (said) => {
    const { snooze } = screen.load<typeof Snooze>('commands/snooze');
    const watched = model(said);
    await snooze(watched, { set: () => Promise.resolve() } as never, watched.clock);
  },
  'the list of sessions, the question and what follows in the status bar': async (said) => {
    const { SessionCommands: Sessions } = screen.load<typeof SessionCommands>('commands/sessions');
    const sessions = { cancel: () => Promise.resolve(), extend: () => Promise.resolve(1_000) };
    const watched = model(said);
    const commands = new Sessions({
      clock: watched.clock,
      models: () => [watched],
      probe: () => Promise.resolve({ sessions }),
      poll: () => Promise.resolve(),
      log: () => undefined,
    } as unknown as SessionCommands.SessionCommandDeps);
    await commands.cancelSession([]);
    await commands.extendSession([]);
    assert.ok(screen.texts.some((text) => text.includes('stopped')));
  },
  'recent commands and the one that is typed': async (said) => {
    const { RunInDaemon: Run } = screen.load<typeof RunInDaemon>('commands/runInDaemon');
    screen.typed = said;
    const recent = { all: [{ command: said, cwd: said, timeoutMs: 1 }] };
    await new Run({
      models: () => [model(said)],
      probe: () => Promise.resolve({}),
      recent,
    } as unknown as ConstructorParameters<typeof Run>[0]).run(undefined);
    assert.ok(screen.texts.length > 5);
  },
  'the question and the progress of a restart': async (said) => {
    const { RestartCommands } = screen.load<typeof Restart>('commands/restart');
    const watched = model(said);
    const owner = { pid: 7, commandLine: said, name: 'node', isOurs: true };
    const controller = {
      planRestart: (): Promise<Plan> =>
        Promise.resolve({
          model: watched,
          owner,
          ownerIsKnown: false,
          interrupts: [{ title: said, ranMs: undefined, becomes: 'runAgain' }],
          doubt: { is: 'noProgram', name: said, onPath: true },
          records: [],
          way: { by: 'spawn', keepsWork: false },
        } as unknown as Plan),
      restart: (_plan: Plan, { onStep }: { onStep: (step: object) => void }) => {
        onStep({ is: 'starting', by: said });
        return Promise.resolve({ kind: 'cured', daemon: said, tookMs: 1, isRestart: true });
      },
    } as unknown as RestartController;
    await new RestartCommands({
      controller,
      settings: { inspectNode: () => false },
      clock: watched.clock,
      door: { tell: () => undefined },
      current: () => watched,
      inspectable: () => Promise.resolve({ is: 'notNode' }),
      userName: () => 'user',
      onUnexpected: (_where, error) => assert.fail(String(error)),
    }).restart(watched);
    assert.ok(screen.texts.some((text) => text.startsWith('Restarting')));
  },
};

/** The icons that the extension itself puts there. */
const OURS = ['pulse', 'warning', 'output', 'bell-slash', 'circle-slash', 'check', 'history', 'play'];

describe('what a daemon says is drawn letter by letter', () => {
  for (const [surface, bring] of Object.entries(surfaces)) {
    it(`in ${surface}`, async () => {
      for (const said of SAID) {
        screen.texts.length = 0;
        await bring(said);
        const { texts } = screen;
        const begins = [said, cleanText(said)].map((text) => text.slice(0, 10));
        assert.ok(
          texts.some((text) => begins.some((begin) => asSaid(text).includes(begin))),
          `${JSON.stringify(said)} is not there: ${JSON.stringify(texts)}`,
        );
        for (const text of texts) {
          assert.deepEqual(linksIn(text), [], JSON.stringify(text));
          const foreign = iconsIn(
            text.replace(/^\$\(([\w~-]+)\) /, (whole, icon: string) => (OURS.includes(icon) ? '' : whole)),
          );
          assert.deepEqual(foreign, [], JSON.stringify(text));
          // No mark stands there twice.
          assert.doesNotMatch(text.replace(said, ''), /\u200b\u200b|\] {2}\(/);
        }
      }
    });
  }

  it('in a countdown, beside links of ours', () => {
    for (const said of SAID) {
      const { daemon } = model(said);
      const entry = {
        daemonId: daemon.id,
        daemon: said,
        session: session(said),
        stage: 'soon',
        remainingMs: 1_000,
        prospect: 'ends',
        canExtend: true,
      } as const;
      const one = countdownText([entry]);
      assert.deepEqual(
        [linksIn(one), linksIn(countdownText([entry, entry]))],
        [
          ['Extend…', 'Show'],
          ['Extend All…', 'Show'],
        ],
      );
      for (const [, , target] of one.matchAll(LINK)) assert.match(target!, /^command:daemonHealth\.\w+\?/);
    }
  });

  it('in a tooltip, beside icons, links and bold names of ours', () => {
    for (const said of SAID) {
      const { now, ...watched } = model(said);
      const { value, supportHtml } = drawn(renderStatus([watched], [conflictAt(said)], now).tooltip);
      assert.equal(supportHtml, undefined, 'HTML is drawn as text only');
      assert.deepEqual(iconsIn(value), ['warning', 'pulse']);
      const links = [...value.matchAll(MARKDOWN_LINK)].map(([, target]) => target!.replace(/\?.*/, ''));
      assert.deepEqual(
        links,
        ['showDetails', 'restart', 'showDetails', 'showLog', 'openHealthPage'].map(
          (name) => `command:daemonHealth.${name}`,
        ),
      );
      const withoutTargets = value.replace(MARKDOWN_LINK, ']');
      assert.equal(withoutTargets.match(/(?<!\\)\*\*/g)?.length, 2, value);
      assert.doesNotMatch(withoutTargets, /(?<!\\)[`_~]|^\s*#|(?<!\\)!\[/m);
    }
  });

  it('in the tree, whose labels and hovers are strings: VS Code makes nothing of those', () => {
    const { HealthTree } = screen.load<typeof Tree>('tree/tree');
    for (const said of SAID) {
      const row = { id: 'x', label: said, description: said, children: [], contextValue: 'x', value: said };
      const tree = Object.create(HealthTree.prototype, { row: { value: () => row } }) as Tree.HealthTree;
      const { label, description } = tree.getTreeItem('x');
      assert.deepEqual([label, description], [said, ` ${said}`]);
    }
  });
});
