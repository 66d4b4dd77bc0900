/** A command link for a notification or Markdown. The arguments are encoded, so that nothing in them can end the link. */
export function commandLink(label: string, command: string, ...args: readonly unknown[]): string {
  const query = encodeURIComponent(JSON.stringify(args)).replaceAll('(', '%28').replaceAll(')', '%29');
  return `[${label}](command:${command}${args.length === 0 ? '' : `?${query}`})`;
}

/** A daemon's text for a notification, where VS Code would draw `[…](command:…)` as a link that runs something. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}
