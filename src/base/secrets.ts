/** What stands for something that is nobody else's business. */
export const REDACTED = '<redacted>';

// Bounded, so that no text makes it slow.
const NAME = '[A-Za-z0-9_.$-]{0,60}';
/** Words that name a secret wherever they stand in a name. */
const WORD =
  '(?:token|secret|passw(?:or)?[dt]|passphrase|passcode|passin|passout|credential|api[-_]?key|access[-_]?key|account[-_]?key|' +
  'private[-_]?key|auth|cookie|signature|pwd|dsn|jwt|kennwort|mot_?de_?passe|contrase[nñ]a|senha)';
/** Words that name a secret where they are a word of a name: `DB_PASS`, `accountKey`, `pw`, and not `monkey`. */
const SHORT = '(?:pass|key|pw|pin|otp|sig|sas|prompt)';
const SHORT_AT_END = `(?:(?<![A-Za-z0-9])${SHORT}|[A-Za-z0-9][_.-]${SHORT})`;
const SHORT_IN_CAMEL = '[a-z](?:Pass|Key|Pw|Pin|Otp|Sig|Prompt)';

/** A quoted value, in quotes that may stand in quotes; else all up to what ends a word in a URL, a command line or JSON. */
const VALUE =
  '(?:\\\\{1,8}"[^"]{0,2000}?\\\\{1,8}"|"(?:[^"\\\\]|\\\\.){0,2000}"|\'[^\']{0,2000}\'|[^\\s"\'&;,<>`}\\])]+)';
const IS = '(?:\\\\{0,8}["\'])?\\s{0,9}[=:]\\s{0,9}';

const RULES: readonly (readonly [RegExp, string])[] = [
  // user:password@ of an address; also a lone token before the @
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s?#"'<>@]+(?:@[^\s/?#"'<>@]+)*@/gi, `$1${REDACTED}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  // The whole value of a header: "Authorization: token x", "Cookie: a=x; b=y"
  [
    /((?:authorization|cookie2?)(?:\\{0,8}["'])?\s{0,9}[:=]\s{0,9}(?:\\{0,8}["'])?)(?![<"'\\\s])(?:[^"'\\\r\n]|"[^"\r\n]{0,500}"(?=[,;\s"'\\]|$)|\\{1,8}"[^"\\\r\n]{0,500}\\{1,8}"(?=[,;\s"'\\]|$)){1,4000}/gi,
    `$1${REDACTED}`,
  ],
  // "Bearer x", "Basic x"
  [/\b(bearer|basic|digest|negotiate)\s+(?!<)[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  // ?key=x&sig=x
  [/([?&;](?:key|pass|pw|pin|otp|sig|sas|code|k|t)=)(?!<)[^\s&"'#<>]+/gi, `$1${REDACTED}`],
  // apiKey=x, API_KEY: x, "token": "x", --token=x
  [new RegExp(`(${WORD}${NAME}${IS})(?!<)${VALUE}`, 'gi'), `$1${REDACTED}`],
  // DB_PASS=x, pass:x, ?pw=x
  [new RegExp(`(${SHORT_AT_END}${IS})(?!<)${VALUE}`, 'gi'), `$1${REDACTED}`],
  [new RegExp(`(${SHORT_IN_CAMEL}${IS})(?!<)${VALUE}`, 'g'), `$1${REDACTED}`],
  // --token x, --otp x
  [new RegExp(`(--?${NAME}${WORD}${NAME}\\s{1,9})(?![-<])${VALUE}`, 'gi'), `$1${REDACTED}`],
  [new RegExp(`(--?(?:${NAME}[_.-])?${SHORT}\\s{1,9})(?![-<])${VALUE}`, 'gi'), `$1${REDACTED}`],
  [/(\bpasswd\s{1,9})(?![-<])[^\s"'<]+/gi, `$1${REDACTED}`],
  // -u user:x, --user user:x, -uuser:x
  [/((?:^|\s)(?:-u\s{0,9}|--user[\s=]{1,9})["']?[^\s:"'<]{1,60}:)(?!<)[^\s"'<]+/g, `$1${REDACTED}`],
  // -p x, -a x, -b x, -k x, -px; a port, a path and a flag are none
  [
    new RegExp(`((?:^|\\s)-[pabk]\\s{1,9})(?![-</.~]|\\d{1,5}(?:\\s|$)|https?:)${VALUE}`, 'g'),
    `$1${REDACTED}`,
  ],
  [
    /((?:^|\s)-p)(?!\d{1,5}(?:\s|$)|(?:ath|rint0?|rune|erm|thread|edantic)\b)(?=[^\s<-])[^\s"'<]+/g,
    `$1${REDACTED}`,
  ],
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

/** Text without what looks like a secret. Errs on the side of leaving out. */
export function withoutSecrets(text: string): string {
  return RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

const SECRET_NAME = new RegExp(`${WORD}|bearer|${SHORT_AT_END}$`, 'i');
const SECRET_CAMEL = new RegExp(`${SHORT_IN_CAMEL}$`);

/** Whether a name is of a secret: of a variable, a flag, a query parameter, a header, a JSON key. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) || SECRET_CAMEL.test(name);
}

/** Whether the argument after this one is a secret. */
export function isSecretFlag(argument: unknown): boolean {
  return typeof argument === 'string' && /^--?[^\s=]+$/.test(argument) && isSecretName(argument);
}

/** The words of a command line without its secrets; their number stays. */
export function wordsWithoutSecrets(words: readonly string[]): readonly string[] {
  return words.map((word, index) => {
    const flag = words[index - 1];
    if (isSecretFlag(flag) && !word.startsWith('-')) return REDACTED;
    // Such a flag tells only together with its value.
    if (flag !== undefined && /^(-([a-z]|-user)|passwd)$/.test(flag)) {
      return withoutSecrets(`${flag} ${word}`).slice(flag.length + 1);
    }
    return withoutSecrets(word);
  });
}
