import { cleanText } from '../../base/text';
import type { Check } from '../../health/report';
import { MAX_SAID_CHARS } from '../policy';
import { conditionOf } from './condition';
import { MAX_CHECK_DEPTH, MAX_CHECK_NAME_CHARS, MAX_CHECKS } from './policy';
import { lineOf } from './said';

/**
 * The parts that a health answer lists: `checks` of health+json and MicroProfile, `components` of Actuator and
 * `details` of its first version, `entries` and `results` of ASP.NET. Bounded; what has no status is no check.
 */
export function checksIn(body: object): readonly Check[] {
  const { checks, components, details, entries, results } = body as Readonly<Record<string, unknown>>;
  const found: Check[] = [];
  for (const list of [checks, components, details, entries, results]) collect(list, '', 1, found);
  return found;
}

function collect(list: unknown, parent: string, depth: number, found: Check[]): void {
  if (typeof list !== 'object' || list === null || depth > MAX_CHECK_DEPTH) return;
  for (const [key, value] of Object.entries(list)) {
    if (found.length >= MAX_CHECKS) return;
    for (const one of Array.isArray(value) ? value.slice(0, MAX_CHECKS) : [value]) {
      if (found.length >= MAX_CHECKS) return;
      add(one, Array.isArray(list) ? undefined : key, parent, depth, found);
    }
  }
}

function add(value: unknown, key: string | undefined, parent: string, depth: number, found: Check[]): void {
  if (typeof value !== 'object' || value === null) return;
  const part = value as Readonly<Record<string, unknown>>;
  const name = lineOf(key ?? part['name'], MAX_CHECK_NAME_CHARS);
  const condition = conditionOf(part['status'] ?? part['state'] ?? part['healthy']);
  if (name === undefined || condition === undefined) return;
  const whole = cleanText(parent === '' ? name : `${parent} · ${name}`, MAX_CHECK_NAME_CHARS);
  const said = saidOf(part);
  found.push({ name: whole, state: stateOf(condition), ...(said !== undefined && { said }) });
  collect(part['components'], whole, depth + 1, found);
}

function stateOf(condition: ReturnType<typeof conditionOf>): Check['state'] {
  return condition === 'good' || condition === 'warning' || condition === 'unknown' ? condition : 'bad';
}

/** Why, in its own words: each of the formats has another place for them. */
export function saidOf(part: Readonly<Record<string, unknown>>): string | undefined {
  const { output, description, message, reason, error, exception, details, data, failing, detail } = part;
  const inner = [details, data, error].map((each) => (each as { error?: unknown } | null | undefined)?.error);
  const { message: innerMessage } = (error ?? {}) as { message?: unknown };
  const all = [
    output,
    description,
    message,
    reason,
    error,
    innerMessage,
    exception,
    failing,
    detail,
    ...inner,
  ];
  for (const each of all) {
    const said = lineOf(each, MAX_SAID_CHARS);
    if (said !== undefined) return said;
  }
  return undefined;
}
