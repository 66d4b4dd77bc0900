import { isSecretFlag, isSecretName, REDACTED, withoutSecrets, wordsWithoutSecrets } from '../base/secrets';

/**
 * Text without what looks like a secret, and with `~` for the home directory. Errs on the side of leaving out.
 *
 * @param homeDir the user's home directory, as the system writes it
 */
export function redact(text: string, homeDir: string): string {
  return withoutHome(withoutSecrets(text), homeDir);
}

function withoutHome(text: string, homeDir: string): string {
  const home = homeDir.replace(/[/\\]+$/, '');
  // A home such as `/` is no home, and would be found everywhere.
  if (home.length < 3) return text;
  const forms = [home, home.replaceAll('\\', '/'), home.replaceAll('\\', '\\\\'), encodeURI(home)];
  const pattern = [...new Set(forms)].map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  return text.replace(new RegExp(`(?:${pattern})(?![\\w.-])`, 'gi'), '~');
}

/**
 * A value of the settings without its secrets: of an `env` only the names are left, and an argument that follows
 * a flag with a secret's name goes.
 */
export function redactValue(value: unknown, homeDir: string): unknown {
  if (typeof value === 'string') return redact(value, homeDir);
  if (Array.isArray(value)) {
    const words = value as unknown[];
    const isCommandLine = words.every((word) => typeof word === 'string');
    return (isCommandLine ? wordsWithoutSecrets(words) : words).map((item, index) =>
      typeof item === 'string' && isSecretFlag(words[index - 1]) ? REDACTED : redactValue(item, homeDir),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => {
      const key = redact(name, homeDir);
      if (/env/i.test(name)) return [key, onlyNames(inner, homeDir)];
      return [key, isSecretName(name) && inner !== undefined ? REDACTED : redactValue(inner, homeDir)];
    }),
  );
}

function onlyNames(env: unknown, homeDir: string): unknown {
  if (typeof env !== 'object' || env === null) return REDACTED;
  return Array.isArray(env) ? REDACTED : Object.keys(env).map((name) => redact(name, homeDir));
}
