/** Why what was typed is no command: a quote that does not end, or a sign that only a shell understands. */
export type CommandProblem =
  { readonly is: 'openQuote' } | { readonly is: 'needsShell'; readonly sign: string };

/** A word of a command. @property isBare nothing of it was quoted */
export interface Word {
  readonly text: string;
  readonly isBare: boolean;
}

/** A backslash is a part of Windows' paths: it only takes its meaning from these. */
const ESCAPED = /^\\[\s"'\\]/;
/** What a shell would act upon, outside of quotes (POSIX.1-2024, 2.2). `*` and `?` may stand in an address. */
const SHELL = /^(\|\|?|&&?|;|<|>|`|\$[\w{(])/;

/** Splits a command line into words as a shell does, and does nothing else that a shell does. */
export function splitCommand(line: string): readonly Word[] | CommandProblem {
  const words: Word[] = [];
  let text: string | undefined;
  let isBare = true;
  const end = () => {
    if (text !== undefined) words.push({ text, isBare });
    text = undefined;
    isBare = true;
  };
  for (let at = 0; at < line.length; at++) {
    const rest = line.slice(at);
    const sign = line[at]!;
    if (/\s/.test(sign)) end();
    else if (sign === '"' || sign === "'") {
      const quoted = sign === "'" ? /^'([^']*)'/.exec(rest) : /^"((?:[^"\\]|\\.)*)"/s.exec(rest);
      if (!quoted) return { is: 'openQuote' };
      const [whole, inner = ''] = quoted;
      text = (text ?? '') + (sign === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner);
      isBare = false;
      at += whole.length - 1;
    } else if (ESCAPED.test(rest)) {
      text = (text ?? '') + line[++at]!;
      isBare = false;
    } else {
      const [shell] = SHELL.exec(rest) ?? [];
      if (shell !== undefined) return { is: 'needsShell', sign: shell };
      text = (text ?? '') + sign;
    }
  }
  end();
  return words;
}
