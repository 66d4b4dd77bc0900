/** A code block of Markdown. No run of backquotes in the text ends it. */
export function block(text: string): string {
  const fence = fenceFor(text, 3);
  return `${fence}text\n${text}\n${fence}`;
}

/** Somebody else's text in a line of Markdown: no picture is loaded, no link and no HTML is made of it. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>!&~|#]/g, '\\$&');
}

/** Backquotes, longer than any in the text. */
export function fenceFor(text: string, least = 1): string {
  return '`'.repeat(Math.max(least, ...(text.match(/`+/g) ?? []).map(({ length }) => length + 1)));
}
