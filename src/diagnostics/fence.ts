/** A code block of Markdown. No run of backquotes in the text ends it. */
export function block(text: string): string {
  const fence = fenceFor(text, 3);
  return `${fence}text\n${text}\n${fence}`;
}

/** Backquotes, longer than any in the text. */
export function fenceFor(text: string, least = 1): string {
  return '`'.repeat(Math.max(least, ...(text.match(/`+/g) ?? []).map(({ length }) => length + 1)));
}
