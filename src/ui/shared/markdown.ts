import type * as vscode from 'vscode';
import { isSame } from '../../base/text';
import type { Segment } from '../../health/history';
import type { IconId } from '../../words/states';
import { stripText } from '../../words/timelineText';
import { stripSvg } from './timeline';

declare const may: unique symbol;

/** A text, and what VS Code may make of it. Only this file makes one, so that a daemon's string alone is none. */
type Text<May> = string & { readonly [may]: May };

/** For every surface: letters only. */
export type PlainText = Text<'letters'>;

/** For the status bar: plain text and icons of ours. */
export type IconText = Text<'letters' | 'icons'>;

/** For notifications: plain text and links of ours. */
export type LinkedText = Text<'letters' | 'links'>;

/** Markdown of ours; a link has the command that it runs, too. */
interface Ours {
  readonly markdown: Text<'markdown'>;
  readonly command?: Command;
}

type Link = Required<Ours>;

/** For hovers, in pieces: a text is escaped and a strip becomes a picture when it is drawn. Equal pieces draw alike. */
export type MarkdownText = readonly Piece[];

type Piece = { readonly text: string } | { readonly strip: readonly Segment[] } | Ours;

type Command =
  `daemonHealth.${'extendSession' | 'openHealthPage' | 'restart' | 'showDetails' | 'showLog' | 'snooze' | 'start' | 'watch'}`;

type Label =
  | 'change'
  | 'Extend…'
  | 'Extend All…'
  | 'Open Health Page'
  | 'Restart Daemon'
  | 'Show'
  | 'Show Details'
  | 'Show Log'
  | 'Start Bundled Daemon'
  | 'Start Daemon'
  | 'Watch'
  | 'What Happened?';

/**
 * Text that VS Code draws letter by letter. VS Code makes a link of `[…](command:…)` in notifications and progress
 * (its `parseLinkedText`), and an icon of `$(…)` in the status bar, in lists to pick from and in the tabs of terminals
 * (its `renderLabelWithIcons`).
 */
export function plain(text: string): PlainText {
  // A sign without width, since surfaces without icons would show the backslash of VS Code's own `\$(`.
  return text.replaceAll('](', '] (').replaceAll('$(', '$\u200b(') as PlainText;
}

export function withIcon(icon: IconId, text: PlainText): IconText {
  return `$(${icon}) ${text}` as IconText;
}

/** With a bell and a number after it, where there is something to count. */
export function withMark(text: IconText, count: number): IconText {
  return count === 0 ? text : (`${text} $(bell-dot) ${count}` as IconText);
}

/** Plain text, then links. */
export function linked(text: PlainText, links: readonly Link[]): LinkedText {
  // With its bracket left open, the text would become a part of the first link's label.
  const closed = text.replace(/\[(?=[^\]]*$)/g, '(');
  return `${closed} ${links.map(({ markdown }) => markdown).join(' · ')}` as LinkedText;
}

/** The arguments are encoded, so that nothing in them can end the link. */
export function commandLink(label: Label, command: Command, ...args: readonly unknown[]): Link {
  const query = encodeURIComponent(JSON.stringify(args)).replaceAll('(', '%28').replaceAll(')', '%29');
  return { ...ours(`[${label}](command:${command}${args.length === 0 ? '' : `?${query}`})`), command };
}

/** Markdown as it is written in the source; every string that is put in is drawn letter by letter. */
export function inMarkdown(
  written: TemplateStringsArray,
  ...put: readonly (string | Piece | MarkdownText)[]
): MarkdownText {
  const pieces: Piece[] = [];
  written.forEach((own, index) => {
    if (own !== '') pieces.push(ours(own));
    const next = put[index] ?? [];
    if (typeof next === 'string') pieces.push({ text: next });
    else if ('length' in next) pieces.push(...next);
    else pieces.push(next);
  });
  return pieces;
}

/** Whether both draw alike. */
export function isSameMarkdown(one: MarkdownText, other: MarkdownText): boolean {
  return one.length === other.length && one.every((piece, index) => isSamePiece(piece, other[index]!));
}

function isSamePiece(one: Piece, other: Piece): boolean {
  if ('text' in one) return 'text' in other && one.text === other.text;
  if ('strip' in one)
    return 'strip' in other && (one.strip === other.strip || isSame(one.strip, other.strip));
  return 'markdown' in other && one.markdown === other.markdown && one.command === other.command;
}

/** An icon in Markdown. */
export function icon(name: IconId): Ours {
  return ours(`$(${name})`);
}

/**
 * Runs the commands of its own links and no others.
 *
 * @param editor makes the object: words are made without VS Code
 */
export function toMarkdownString(
  pieces: MarkdownText,
  editor: Pick<typeof vscode, 'MarkdownString'>,
): vscode.MarkdownString {
  const drawn = new editor.MarkdownString('', true);
  const commands = pieces.flatMap((piece) => ('command' in piece ? piece.command : []));
  drawn.isTrusted = { enabledCommands: [...new Set(commands)] };
  for (const piece of pieces) {
    if ('text' in piece) drawn.appendMarkdown(letters(piece.text));
    else drawn.appendMarkdown('strip' in piece ? picture(piece.strip) : piece.markdown);
  }
  return drawn;
}

/**
 * A text in Markdown, letter by letter. VS Code's own `appendText` makes each space one at which no line can end, so that
 * a long text is cut by a scroll bar.
 */
function letters(text: string): string {
  // As VS Code does: it looks for icons after it has read the Markdown.
  const withoutIcons = text.replaceAll(/\\?\$\([a-z0-9-]+(?:~[a-z]+)?\)/gi, (found) =>
    found.startsWith('\\') ? found : `\\${found}`,
  );
  // Each sign can be escaped, so that no address becomes a link and no number a list.
  return withoutIcons
    .replaceAll(/[!-/:-@[-`{-~]/g, '\\$&')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll('\n', '\n\n');
}

/** The strip, with its text for those who do not see it. */
function picture(segments: readonly Segment[]): string {
  const data = Buffer.from(stripSvg(segments)).toString('base64');
  return `![${stripText(segments)}](data:image/svg+xml;base64,${data})`;
}

function ours(markdown: string): Ours {
  return { markdown: markdown as Text<'markdown'> };
}
