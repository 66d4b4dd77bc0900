declare const linkedBrand: unique symbol;

/** Text with links that we put in on purpose; only `linked` makes it. */
export type LinkedText = string & { readonly [linkedBrand]: true };

export const NO_TEXT = '' as LinkedText;

/** A command link for a notification or Markdown. The arguments are encoded, so that nothing in them can end the link. */
export function commandLink(label: string, command: string, ...args: readonly unknown[]): string {
  const query = encodeURIComponent(JSON.stringify(args)).replaceAll('(', '%28').replaceAll(')', '%29');
  return `[${label}](command:${command}${args.length === 0 ? '' : `?${query}`})`;
}

/**
 * Text that VS Code draws letter by letter. VS Code makes a link of `[…](command:…)` in notifications and progress
 * (its `parseLinkedText`), and an icon of `$(…)` in the status bar and in lists to pick from (its
 * `renderLabelWithIcons`).
 */
export function plain(text: string): string {
  // A sign without width, since surfaces without icons would show the backslash of VS Code's own `\$(`.
  return text.replaceAll('](', '] (').replaceAll('$(', '$\u200b(');
}

/** Plain text, then links. @param links made by `commandLink` */
export function linked(text: string, links: readonly string[]): LinkedText {
  // With its bracket left open, the text would become a part of the first link's label.
  const closed = plain(text).replace(/\[(?=[^\]]*$)/g, '(');
  return `${closed} ${links.join(' · ')}` as LinkedText;
}
