import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../../..');
const FILE = join(ROOT, 'src', 'ui', 'statusBar', 'snippet.ts');

const HEAD = `
import * as vscode from 'vscode';
import { choose, type Item } from '../shared/choose';
import { commandLink, icon, inMarkdown, linked, plain, toMarkdownString, withIcon } from '../shared/markdown';
import { ask, inLinkedNotification, inNotification, inStatusBar, say, sayShortly, type Steps } from '../shared/say';
import type { Message } from '../notifications/notificationsText';
import type { StatusView } from './statusView';
declare const said: string;
declare const steps: Steps;
const work = () => Promise.resolve();
`;

/** How each surface would draw what a daemon said as it is, and how it draws that. */
const surfaces: Readonly<Record<string, readonly [wrong: string, right: string]>> = {
  'a message': ["say('info', said)", "say('info', plain(said))"],
  'a message that is put together': ["say('info', plain(said) + said)", "say('info', plain(said + said))"],
  'a message with an icon': ["say('info', withIcon('bell', plain(said)))", "say('info', plain(said))"],
  'a message with a link': ["say('info', linked(plain(said), []))", "say('info', plain(said))"],
  'the text of a notice': [
    "({ level: 'info', text: said, offers: [] }) satisfies Message",
    "({ level: 'info', text: plain(said), offers: [] }) satisfies Message",
  ],
  'a question': ["ask('info', said, plain(''))", "ask('info', plain(said), plain(''))"],
  'the detail of a question': ["ask('info', plain(''), said)", "ask('info', plain(''), plain(said))"],
  'words in the status bar': ["sayShortly('check', said)", "sayShortly('check', plain(said))"],
  'progress in the status bar': ['inStatusBar(said, work)', 'inStatusBar(plain(said), work)'],
  'the title of progress': ['inNotification(said, work)', 'inNotification(plain(said), work)'],
  'a step of progress': ['steps.step(said)', 'steps.step(plain(said))'],
  'a notification with links': [
    'inLinkedNotification((draw) => (draw(said), work()))',
    'inLinkedNotification((draw) => (draw(linked(plain(said), [])), work()))',
  ],
  'the text beside links': ['linked(said, [])', 'linked(plain(said), [])'],
  'the question of a list': ['choose([], { question: said })', 'choose([], { question: plain(said) })'],
  'the title of a list': [
    "choose([], { question: plain(''), title: said })",
    "choose([], { question: plain(''), title: plain(said) })",
  ],
  'the label of an item': [
    '({ label: said, value: 1 }) satisfies Item<number>',
    '({ label: plain(said), value: 1 }) satisfies Item<number>',
  ],
  'the description of an item': [
    "({ label: plain(''), description: said, value: 1 }) satisfies Item<number>",
    "({ label: plain(''), description: plain(said), value: 1 }) satisfies Item<number>",
  ],
  'the detail of an item': [
    "({ label: plain(''), detail: said, value: 1 }) satisfies Item<number>",
    "({ label: plain(''), detail: plain(said), value: 1 }) satisfies Item<number>",
  ],
  'the icon of an item': [
    "({ icon: said, label: plain(''), value: 1 }) satisfies Item<number>",
    "({ icon: 'bell', label: plain(''), value: 1 }) satisfies Item<number>",
  ],
  'the status bar': ["said satisfies StatusView['text']", "plain(said) satisfies StatusView['text']"],
  'a text with an icon': ["withIcon('bell', said)", "withIcon('bell', plain(said))"],
  'the icon of a text': ["withIcon(said, plain(''))", "withIcon('bell', plain(''))"],
  'an icon in Markdown': ['icon(said)', "icon('bell')"],
  'a tooltip': [
    "said satisfies StatusView['tooltip']",
    "inMarkdown`${said}` satisfies StatusView['tooltip']",
  ],
  'Markdown of a string': ['inMarkdown(said)', 'inMarkdown`${said}`'],
  'Markdown of a list': ['inMarkdown([said])', 'inMarkdown`${said}`'],
  'a piece of Markdown': ['inMarkdown`${{ markdown: said }}`', 'inMarkdown`${{ text: said }}`'],
  'plain text as Markdown': [
    'toMarkdownString([{ markdown: plain(said) }], vscode)',
    'toMarkdownString([{ text: said }], vscode)',
  ],
  'the label of a link': [
    "commandLink(said, 'daemonHealth.showLog')",
    "commandLink('Show', 'daemonHealth.showLog', said)",
  ],
  'the command of a link': ["commandLink('Show', said)", "commandLink('Show', 'daemonHealth.showLog', said)"],
};

describe('a string that a daemon said', function () {
  this.timeout(60_000);
  /** Lines that do not compile, by their text. */
  let refused: ReadonlyMap<string, string>;

  before(() => {
    const lines = Object.values(surfaces).flat();
    const text = `${HEAD}${[...new Set(lines)].map((line) => `void (${line});`).join('\n')}\n`;
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (name) => ts.sys.readFile(name)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    const host = ts.createCompilerHost(options);
    const readFile = host.readFile.bind(host);
    host.readFile = (name) => (resolve(name) === FILE ? text : readFile(name));
    const program = ts.createProgram([FILE], options, host);
    const problems = ts.getPreEmitDiagnostics(program, program.getSourceFile(FILE));
    refused = new Map(
      problems.map(({ start = 0, messageText }) => {
        const line = text.slice(text.lastIndexOf('\n', start) + 1, text.indexOf('\n', start));
        return [line.slice('void ('.length, -2), ts.flattenDiagnosticMessageText(messageText, ' ')];
      }),
    );
  });

  it('is refused where it is to be drawn, and nothing else is', () => {
    const wrong = new Set(Object.values(surfaces).map(([line]) => line));
    assert.deepEqual(
      [...refused].filter(([line]) => !wrong.has(line)),
      [],
    );
  });

  for (const [surface, [wrong]] of Object.entries(surfaces)) {
    it(`does not compile as ${surface}`, () => {
      assert.match(refused.get(wrong) ?? 'it compiles', /not assignable|does not satisfy|not satisfy/, wrong);
    });
  }
});
