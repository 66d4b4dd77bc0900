import { isSame } from '../base/text';

/** Strings, comments, signs, and all else of JSON with comments, as VS Code's settings are. */
const TOKEN = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[[\]{}:,]|[^\s[\]{}:,"/]+/g;

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The text of a settings file with one entry more at the end of a list; all else stays as it is, comments, too.
 *
 * @param list what stands in that list, as it is known otherwise
 * @returns `undefined` where this is not the file with that list, or where no comment would be lost anyhow
 */
export function withEntry(
  text: string,
  key: string,
  list: readonly unknown[],
  entry: object,
): string | undefined {
  const inner = listIn(text, key);
  if (!inner?.some(isComment) || !isSame(valueOf(inner), list)) return undefined;
  const [open, ...items] = inner.slice(0, -1).filter((token) => !isComment(token));
  const last = items.at(-1) ?? open!;
  const comma = items.length === 0 || last.text === ',' ? '' : ',';
  // A comment behind the last entry is about that one.
  const lineEnd = /^[^\n]*/.exec(text.slice(last.end))![0];
  const isOwn = inner.every(
    (token) => token.start < last.end || token.start >= last.end + lineEnd.length || isComment(token),
  );
  const at = last.end + (isOwn ? lineEnd.trimEnd().length : 0);
  const newLine = text.includes('\r\n') ? '\r\n' : '\n';
  const [, indent = '    '] = /(?:^|\n)([ \t]+)$/.exec(text.slice(0, items[0]?.start ?? 0)) ?? [];
  const unit = indent.startsWith('\t') ? '\t' : '  ';
  const lines = JSON.stringify(entry, null, unit).split('\n');
  const added = lines.map((line) => `${newLine}${indent}${line}`).join('');
  const whole = `${text.slice(0, last.end)}${comma}${text.slice(last.end, at)}${added}${text.slice(at)}`;
  // A comment of several lines may have begun there.
  return isSame(valueOf(listIn(whole, key) ?? []), [...list, entry]) ? whole : undefined;
}

const isComment = ({ text }: Token) => text.startsWith('//') || text.startsWith('/*');

/** From the bracket that opens a list to the one that closes it. Of two lists of one name the later counts. */
function listIn(text: string, key: string): readonly Token[] | undefined {
  const tokens = [...text.matchAll(TOKEN)].map((found): Token => {
    const [token] = found;
    return { text: token, start: found.index, end: found.index + token.length };
  });
  const name = JSON.stringify(key);
  let depth = 0;
  let start: number | undefined;
  let found: readonly Token[] | undefined;
  let before: readonly string[] = [];
  tokens.forEach((token, index) => {
    if (isComment(token)) return;
    if (token.text === '[' && depth === 1 && before[0] === name && before[1] === ':') start = index;
    if ('[{'.includes(token.text)) depth++;
    if (']}'.includes(token.text)) depth--;
    if (start !== undefined && depth === 1) {
      found = tokens.slice(start, index + 1);
      start = undefined;
    }
    before = [before[1] ?? '', token.text];
  });
  return found;
}

/** What they say, without comments, and without commas before a bracket that closes. */
function valueOf(tokens: readonly Token[]): unknown {
  const texts = tokens.filter((token) => !isComment(token)).map(({ text }) => text);
  const kept = texts.filter((text, index) => !(text === ',' && ']}'.includes(texts[index + 1] ?? '')));
  try {
    return JSON.parse(kept.join(' '));
  } catch {
    return undefined;
  }
}
