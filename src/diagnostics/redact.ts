/** What stands for something that is nobody else's business. */
const REDACTED = '<redacted>';

/** Names whose values are secrets: of variables, flags, query parameters, headers, JSON keys. */
const SECRET_NAME =
  /token|secret|passw(or)?d|passphrase|passcode|\bpwd\b|credential|api[-_]?key|access[-_]?key|private[-_]?key|auth|bearer|cookie|signature|\b(key|pass|sig|sas|jwt|dsn)\b|_(key|pass)$/i;

// Bounded, so that no text makes it slow.
const NAME = '[A-Za-z0-9_.$-]{0,60}';
const SECRET_WORD =
  '(?:token|secret|passw(?:or)?d|passphrase|passcode|credential|api[-_]?key|access[-_]?key|private[-_]?key|auth|cookie|signature|pwd|dsn|jwt)';
/** A quoted value, else all up to what ends a word in a URL, a command line or JSON. */
const VALUE = `(?:"(?:[^"\\\\]|\\\\.){0,2000}"|'[^']{0,2000}'|[^\\s"'&;,<>\`}\\])]+)`;

const RULES: readonly (readonly [RegExp, string])[] = [
  // user:password@ of an address; also a lone token before the @
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'<>@]+(?:@[^\s/?#"'<>@]+)*@/gi, `$1${REDACTED}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  // "Authorization: Bearer x", "Bearer x", "Basic x"
  [/\b(bearer|basic|digest|negotiate)\s+(?!<)[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  // apiKey=x, API_KEY: x, "token": "x", --token=x
  [new RegExp(`(${SECRET_WORD}${NAME}["']?\\s*(?:=|:)\\s*)(?!<)${VALUE}`, 'gi'), `$1${REDACTED}`],
  // --token x
  [new RegExp(`(--?${NAME}${SECRET_WORD}${NAME}\\s+)(?![-<])${VALUE}`, 'gi'), `$1${REDACTED}`],
  // ?key=x&sig=x
  [/([?&;](?:key|pass|sig|sas|code|k|t)=)(?!<)[^\s&"'#<>]+/gi, `$1${REDACTED}`],
  // Tokens that are known by their looks, wherever they stand
  [
    /\b(?:gh[pousr]_|github_pat_|glpat-|npm_|xox[a-z]-|sk-|sk_live_|sk_test_|rk_live_|AKIA|ASIA|AIza|hf_|pypi-)[A-Za-z0-9_-]{8,}/g,
    REDACTED,
  ],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, REDACTED],
  [/\b[0-9a-f]{32,}\b/gi, REDACTED],
  // Long runs of letters and digits without a word in them; a path has separators, a UUID has its own form
  [
    /(?<![A-Za-z0-9_/+.-])(?=[A-Za-z0-9_+]*\d)(?=[A-Za-z0-9_+]*[a-z])(?=[A-Za-z0-9_+]*[A-Z])[A-Za-z0-9_+]{32,}={0,2}/g,
    REDACTED,
  ],
];

/**
 * Text without what looks like a secret, and with `~` for the home directory. Errs on the side of leaving out.
 *
 * @param homeDir the user's home directory, as the system writes it
 */
export function redact(text: string, homeDir: string): string {
  const clean = RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
  return withoutHome(clean, homeDir);
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
    return (value as unknown[]).map((item, index) =>
      typeof item === 'string' && isSecretFlag(value[index - 1]) ? REDACTED : redactValue(item, homeDir),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => {
      const key = redact(name, homeDir);
      if (/env/i.test(name)) return [key, onlyNames(inner, homeDir)];
      return [key, SECRET_NAME.test(name) && inner !== undefined ? REDACTED : redactValue(inner, homeDir)];
    }),
  );
}

function isSecretFlag(argument: unknown): boolean {
  return typeof argument === 'string' && /^--?[^\s=]+$/.test(argument) && SECRET_NAME.test(argument);
}

function onlyNames(env: unknown, homeDir: string): unknown {
  if (typeof env !== 'object' || env === null) return REDACTED;
  return Array.isArray(env) ? REDACTED : Object.keys(env).map((name) => redact(name, homeDir));
}
