import { readDaemons } from '../../../src/settings/daemonList';
import { type DaemonConfig } from '../../../src/model/daemonConfig';
import type { OfferedDaemon } from '../../../src/model/foundDaemon';
import type { DaemonModel } from '../../../src/model/daemonModel';
import { toMarkdownString, type MarkdownText } from '../../../src/ui/shared/markdown';
import type { Watch } from '../health/support';

/** A watched daemon as the surfaces get it. */
export function modelOf(watch: Watch, name = 'smithy', port = 3457): DaemonModel {
  return { daemon: daemon(name, port), track: watch.track };
}

export function daemon(name: string, port: number): DaemonConfig {
  const entry = { name, url: `http://127.0.0.1:${port}` };
  const [config] = readDaemons([entry], { configured: true, allowRemote: false }).daemons;
  if (!config) throw new Error('no daemon');
  return config;
}

/** The text parts of a tooltip, which are escaped when drawn. */
export function texts(parts: MarkdownText): string {
  return parts.map((part) => ('text' in part ? part.text : '')).join('');
}

/** The Markdown parts, which are drawn as they are. */
export function markdown(parts: MarkdownText): string {
  return parts.map((part) => ('markdown' in part ? part.markdown : '')).join('');
}

/** VS Code's own, as far as the extension uses it: `appendText` escapes as its `htmlContent.ts` does. */
class MarkdownString {
  isTrusted: unknown;
  supportHtml: unknown;

  constructor(
    public value: string,
    private readonly supportThemeIcons: boolean,
  ) {}

  appendText(text: string): this {
    const withoutIcons = this.supportThemeIcons
      ? text.replace(/(\\)?\$\([a-z0-9-]+(?:~[a-z]+)?\)/gi, (found, escaped) =>
          escaped ? found : `\\${found}`,
        )
      : text;
    this.value += withoutIcons
      .replace(/[\\`*_{}[\]()#+\-!~]/g, '\\$&')
      .replace(/[ \t]/g, '&nbsp;')
      .replace(/>/g, '\\>')
      .replace(/\n/g, '\n\n');
    return this;
  }

  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
}

/** A tooltip as VS Code gets it. */
export function drawn(parts: MarkdownText): MarkdownString {
  return toMarkdownString(parts, { MarkdownString } as never) as unknown as MarkdownString;
}

/** What a daemon may say to be drawn as something else, or to fill the screen. */
export const HOSTILE: readonly string[] = [
  '**bold** [run](command:workbench.action.terminal.new) <img src=x onerror=alert(1)>',
  '$(error) $(sync~spin)',
  '\u0007\u001b[31mred\u0000\r\n\n# heading',
  '\u202etxet sdrawkcab\u2066\u200f',
  'x'.repeat(10_000),
  '| a | b |\n|---|---|\n![p](data:image/svg+xml;base64,AAAA)',
];

/** A smithy of another folder that was found on this port. */
export function offeredSmithy(port: number, more: Partial<OfferedDaemon> = {}): OfferedDaemon {
  return {
    kind: 'smithy',
    target: { kind: 'http', origin: `http://localhost:${port}` },
    place: '~/shop',
    isRunning: true,
    belongs: false,
    isIgnored: false,
    ...more,
  };
}
