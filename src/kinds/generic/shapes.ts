import type { Check } from '../../health/report';
import { checksIn, saidOf } from './checks';
import { conditionOf, conditionOfText, heaviest, type Condition } from './condition';
import { MAX_CHECK_NAME_CHARS, MAX_CHECKS, MAX_STATUS_CHARS, MAX_STATUS_PAGE_CHARS } from './policy';
import { lineOf } from './said';

/** What a health answer of a usual shape says. */
export interface Shape {
  readonly condition: Condition;
  /** Why, in its own words. */
  readonly said?: string;
  readonly checks: readonly Check[];
  readonly version?: string;
}

/** The keys by which a health answer says how it is. */
const KEYS = ['status', 'state', 'health', 'ok', 'healthy', 'ready', 'live', 'alive'].flatMap(
  // As programs in Go print a structure of theirs: Docker's is `Status`.
  (key) => [key, key[0]!.toUpperCase() + key.slice(1)],
);

/**
 * What an answer says where it has one of the usual shapes, whoever made it: health+json, Actuator, MicroProfile,
 * ASP.NET, `{status|state|ok|healthy|ready}`, Kubernetes' `?verbose`, a word or a sentence. `undefined` for all else.
 *
 * @param json the answer as JSON; `undefined` where it is none
 */
export function shapeOf(text: string, json: unknown): Shape | undefined {
  if (typeof json === 'string') return textShape(json);
  if (json === undefined) return textShape(text.trim());
  if (typeof json === 'boolean') return { condition: json ? 'good' : 'bad', checks: [] };
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const body = json as Readonly<Record<string, unknown>>;
  const { detail } = body;
  return objectShape(body) ?? (isObject(detail) ? objectShape(detail) : undefined);
}

/** FastAPI puts what an error says into `detail`. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectShape(body: Readonly<Record<string, unknown>>): Shape | undefined {
  const said = saidOf(body);
  const conditions = KEYS.flatMap((key) => (Object.hasOwn(body, key) ? (conditionOf(body[key]) ?? []) : []));
  const condition = heaviest(conditions) ?? ofError(body);
  if (condition === undefined) return undefined;
  const version = lineOf(body['version'] ?? body['releaseId'], MAX_CHECK_NAME_CHARS);
  // "not ready" may be its way of saying that it ends, or begins.
  const closer = condition === 'bad' && said !== undefined ? ofReason(said) : undefined;
  return {
    condition: closer ?? condition,
    ...(said !== undefined && { said }),
    checks: checksIn(body),
    ...(version !== undefined && { version }),
  };
}

/** `{"error": {"code": 503, "message": "Loading model"}}`: llama-server and others say so that they load. */
function ofError({ error }: Readonly<Record<string, unknown>>): Condition | undefined {
  const { message } = (error ?? {}) as { message?: unknown };
  const said = typeof error === 'string' ? error : message;
  return typeof said === 'string' ? ofReason(said) : undefined;
}

/** What the words of an error say: who begins, or ends, is not ill. */
export function ofReason(said: string): Condition | undefined {
  const condition = conditionOfText(said);
  return condition === 'starting' || condition === 'stopping' ? condition : undefined;
}

/** `[+]ping ok`, `[-]etcd failed: reason withheld`. */
const LINE = /^\[([+-])\](\S+) ?(.*)$/;

/** JSON that has no end, or values that are none; XML, a page. Words of these are no word of the daemon's. */
const NO_WORDS = /^(?:[{<]|\[(?![+-]\]))/;

function textShape(text: string): Shape | undefined {
  if (text.length > MAX_STATUS_PAGE_CHARS || NO_WORDS.test(text)) return undefined;
  const checks = text.split('\n').flatMap((line): Check[] => {
    const [, mark, name, rest] = LINE.exec(line.trim()) ?? [];
    const shown = lineOf(name, MAX_CHECK_NAME_CHARS);
    if (shown === undefined) return [];
    return [{ name: shown, ...(mark === '+' ? { state: 'good' } : { state: 'bad', ...saidIn(rest) }) }];
  });
  if (checks.length === 0) {
    const condition = isOneLine(text) ? conditionOfText(text) : undefined;
    return condition && { condition, checks: [], ...(condition !== 'good' && saidIn(text)) };
  }
  return { condition: conditionOfChecks(checks), checks: checks.slice(0, MAX_CHECKS) };
}

/** The checks of an API server of Kubernetes that fail until it has begun, and the one that fails once it ends. */
const BEGINS = /^(poststarthook\/|informer-sync$)/;
const ENDS = 'shutdown';

function conditionOfChecks(checks: readonly Check[]): Condition {
  const bad = checks.filter(({ state }) => state === 'bad');
  if (bad.length === 0) return 'good';
  if (bad.some(({ name }) => name === ENDS)) return 'stopping';
  return bad.every(({ name }) => BEGINS.test(name)) ? 'starting' : 'bad';
}

function isOneLine(text: string): boolean {
  return text.length <= MAX_STATUS_CHARS && !text.includes('\n');
}

function saidIn(text: string | undefined): { readonly said?: string } {
  const said = lineOf(text, MAX_STATUS_CHARS);
  return said === undefined ? {} : { said };
}
