import type { ProofBy } from '../../health/cause';
import { cleanText } from '../../base/text';
import type { Explored, ProofCandidate } from '../../health/explored';
import {
  ANSWER_CLOCK_MS,
  FURTHEST_DUE_MS,
  MAX_CANDIDATES,
  MAX_PLACE_CHARS,
  MAX_STATUS_CHARS,
  MAX_VALUE_CHARS,
} from './policy';
import { mayBeMetrics } from './metrics';
import { CHANGED_PLACE } from './places';
import { TEXT_PLACE } from './said';
import type { Said } from './spoken';
import { readAge, readBusy, readCount, readMoment } from './values';

/**
 * What in an answer could prove that its daemon gets on: by the names that daemons give such values, and by what the
 * values are. It is a list to pick from: which of them a side timer writes, only the user knows.
 *
 * @param nowAt epoch ms on the daemon's clock
 * @param isWritten the daemon wrote it before it was asked for: a time in it is no clock of the answer
 */
export function explore(said: Said, nowAt: number, { isWritten }: { readonly isWritten: boolean }): Explored {
  const form = formOf(said);
  const text = said.at(TEXT_PLACE);
  const isText = form === 'text' && typeof text === 'string' && text.length <= MAX_STATUS_CHARS;
  const values = [...said.places(), ...(isText ? [TEXT_PLACE] : [])]
    .filter((at) => cleanText(at, MAX_PLACE_CHARS) === at)
    .map((at) => valueOf(said, at, form));
  const found = values.flatMap((value) => candidateOf(value, values, { nowAt, isWritten }) ?? []);
  return {
    form,
    candidates: found
      .sort((one, other) => other.rank - one.rank)
      .slice(0, MAX_CANDIDATES)
      .map(({ candidate }) => candidate),
  };
}

interface Value {
  readonly at: string;
  readonly raw: unknown;
  /** Those of its name, in small letters. */
  readonly words: readonly string[];
}

/** A value is read where its name does not tell already that it proves nothing: a page has hundreds. */
function valueOf(said: Said, at: string, form: Explored['form']): Value {
  let read: { readonly raw: unknown } | undefined;
  return {
    at,
    get raw() {
      read ??= { raw: said.at(at, form === 'metrics') };
      return read.raw;
    },
    words: wordsOf(at, form),
  };
}

interface Ranked {
  readonly candidate: ProofCandidate;
  readonly rank: number;
}

function formOf(said: Said): Explored['form'] {
  const { json, hasFields } = said;
  const text = said.at(TEXT_PLACE);
  const isMetrics =
    json === undefined && (text === undefined || (typeof text === 'string' && mayBeMetrics(text)));
  if (isMetrics) return 'metrics';
  if (typeof json === 'object' && json !== null) {
    const { status } = json as { readonly status?: unknown };
    return typeof status === 'string' && /^(pass|warn|fail)$/.test(status) ? 'healthJson' : 'json';
  }
  return hasFields ? 'pairs' : 'text';
}

/** A metric has one name; of a field the last key says most, and those before say whose it is. */
function wordsOf(at: string, form: Explored['form']): readonly string[] {
  const last = form === 'metrics' ? at : (at.split('.').at(-1) ?? at);
  return last
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d$]+/);
}

const words = (text: string) => new Set(text.split(' '));

/** When something began, ends, was made or went wrong, what belongs to the runtime: all that shows no work. */
const NO_PROOF = words(
  'start started starting begin began boot booted created create build built compiled release installed birth ' +
    'expires expiry expire until uptime up error errors fail fails failed failure failures exception exceptions ' +
    'retry retries rejected dropped timeout timeouts bucket sum info bytes memory rss heap cpu port pid id version',
);
const RUNTIME = /^(process|go|python|nodejs|jvm|promhttp|dotnet|ruby|scrape)_/;
const DUE = words('next due scheduled upcoming planned');
const MOMENT = words(
  'at time timestamp ts ms seconds secs epoch date last prev latest success completed finished done seen updated ' +
    'activity beat heartbeat run tick poll sync',
);
const AGE = words('age idle since ago elapsed lag stale staleness');
const NO_SECONDS = words('ms millis milliseconds minutes mins hours days ns us');
const COUNT = words(
  'total count completed processed done handled finished succeeded success jobs runs requests dispatched served seq ' +
    'sequence revision offset decode',
);
const NO_COUNT = words('at time timestamp ts ms seconds secs epoch date');
const ROUNDS = words(
  'tick ticks cycle cycles iteration iterations loop loops round rounds beat beats heartbeat',
);
const BUSY = words(
  'busy running active pending waiting queued queue backlog inflight flight processing working depth',
);
const STATE = words('state status');
/** A name that says no more than that it is a time. */
const ONLY_TIME =
  /^(server|current|computed|generated|checked|response|as|of|now|time|timestamp|ts|date|at|utc|iso)+$/;

const SUCCESS = words('success succeeded completed done finished processed progress');
const WORK = words('run job jobs task poll cycle tick work sync activity decode last prev latest dispatched');

interface Clock {
  readonly nowAt: number;
  readonly isWritten: boolean;
}

function candidateOf(value: Value, all: readonly Value[], clock: Clock): Ranked | undefined {
  const { at, words: name } = value;
  const has = (set: ReadonlySet<string>) => name.some((word) => set.has(word));
  if (RUNTIME.test(at) || has(NO_PROOF)) return undefined;
  const { raw } = value;
  if (typeof raw !== 'string' && typeof raw !== 'number') return undefined;
  const rank = (base: number) => base + (has(SUCCESS) ? 4 : 0) + (has(WORK) ? 2 : 0);
  const of = (by: ProofBy, base: number, more: Partial<ProofCandidate> = {}): Ranked => ({
    candidate: { by, at, ...more, shown: cleanText(String(raw), MAX_VALUE_CHARS) },
    rank: rank(base),
  });
  const moment = momentIn(value, clock);
  if (moment !== undefined) {
    const agoMs = clock.nowAt - moment;
    if (has(DUE)) return of('due', 1.5, { agoMs, ...guardOf(at, all) });
    if (agoMs < 0) return undefined;
    return of('time', at === TEXT_PLACE ? 5 : at === CHANGED_PLACE ? 3 : 2, { agoMs });
  }
  const count = readCount(at, raw);
  if ('unknown' in count || count.value < 0) return undefined;
  if (has(AGE)) {
    const age = readAge(at, raw);
    const isSeconds = !has(NO_SECONDS) && !('unknown' in age);
    return isSeconds ? of('age', 2, { agoMs: Math.round(age.value) }) : undefined;
  }
  if (!Number.isInteger(count.value) || has(NO_COUNT)) return undefined;
  if (has(ROUNDS)) return of('beat', 1);
  if (!has(COUNT) || has(BUSY)) return undefined;
  const busy = busyOf(at, all);
  return busy === undefined ? of('beat', 0) : of('counter', 1, { busy });
}

/** Its moment, epoch ms, where it is one that its name means. */
function momentIn({ at, raw, words: name }: Value, { nowAt, isWritten }: Clock): number | undefined {
  const isNumber = typeof raw === 'number' || !Number.isNaN(Number(raw));
  const isNamed = at.startsWith('$') || name.some((word) => MOMENT.has(word) || DUE.has(word));
  if (isNumber && !isNamed) return undefined;
  if (name.includes('since')) return undefined;
  const moment = readMoment(at, raw, nowAt);
  if ('unknown' in moment) return undefined;
  const agoMs = nowAt - moment.value;
  if (agoMs < -FURTHEST_DUE_MS) return undefined;
  const isClock = !isWritten && Math.abs(agoMs) < ANSWER_CLOCK_MS && ONLY_TIME.test(name.join(''));
  return isClock ? undefined : moment.value;
}

/** Of those that may say whether there is work, the one that stands nearest. */
function busyOf(at: string, all: readonly Value[]): string | undefined {
  const may = all.filter((value) => {
    const { at: other, words: name } = value;
    if (other === at || name.some((word) => NO_PROOF.has(word))) return false;
    if (name.some((word) => STATE.has(word))) {
      return typeof value.raw === 'string' && /^(busy|idle)$/i.test(value.raw);
    }
    return name.some((word) => BUSY.has(word)) && isBusySign(value.raw);
  });
  return nearest(at, may);
}

/** A time since which something runs says that, too; a name such as `queue` is none. */
function isBusySign(raw: unknown): boolean {
  if (typeof raw === 'string' && raw.trim() === '') return false;
  return typeof raw !== 'object' && !('unknown' in readBusy('', raw));
}

/** What says that a run is under way: null, or since when. */
function guardOf(at: string, all: readonly Value[]): { readonly busy?: string } {
  const isGuard = ({ words: name }: Value) =>
    name.includes('running') || name.join('').startsWith('inprogress');
  const busy = nearest(
    at,
    all.filter((value) => isGuard(value) && parentOf(value.at) === parentOf(at)),
  );
  return busy === undefined ? {} : { busy };
}

function parentOf(at: string): string {
  return at.split('.').slice(0, -1).join('.');
}

function nearest(at: string, values: readonly Value[]): string | undefined {
  return (values.find((value) => parentOf(value.at) === parentOf(at)) ?? values[0])?.at;
}
