import { isSecretName, withoutSecrets } from '../../base/secrets';
import { cleanText } from '../../base/text';
import { FUTURE_TOLERANCE_MS } from '../../health/policy';
import { assessSigns } from '../../health/signs';
import type { Finding } from '../../model/finding';
import type { Answer } from '../../system/httpClient';
import type { Examined } from '../examined';
import { readAnswer } from './answer';
import {
  CONTRACT_FIELDS,
  CONTRACT_PLACE,
  CONTRACT_TIMES,
  contractIn,
  readContract,
  readTime,
  type Contracted,
} from './contract';
import { isMetrics } from './metrics';
import {
  MAX_CHECK_NAME_CHARS,
  MAX_EXAMINED_DEPTH,
  MAX_NAMED_FIELDS,
  NEW_EACH_TIME_MS,
  SHORT_ANSWER_BYTES,
  SLOW_ANSWER_MS,
} from './policy';
import { readSaid } from './said';
import type { Said } from './spoken';
import { shapeOf } from './shapes';
import { readMoment } from './values';

/** All that a look at a health answer finds: how it is served, what it says, what proves progress, what harms. Pure. */
export function examine(look: Examined): readonly Finding[] {
  const { text, answer, bytes, tookMs } = look;
  const found: Finding[] = [
    { is: 'answers', ...(answer && { status: answer.status }), bytes, tookMs },
    ...(bytes > SHORT_ANSWER_BYTES ? [{ is: 'long', bytes, atMost: SHORT_ANSWER_BYTES } as const] : []),
    ...(tookMs > SLOW_ANSWER_MS ? [{ is: 'slow', tookMs, atMostMs: SLOW_ANSWER_MS } as const] : []),
  ];
  if (isMetrics(text, answer?.contentType ?? '')) return [...found, { is: 'metrics' }];
  const said = readSaid(text);
  const shape = shapeOf(text, said.json);
  const spoken = answer && readAnswer(answer, undefined);
  // A health answer says by an error that it is ill; another answer is none of a daemon's.
  if (spoken && 'is' in spoken) return [...found, { is: 'strange', why: spoken }];
  if (text.trim() === '') return [...found, { is: 'strange', why: { is: 'empty' } }];
  if (!shape && isBroken(text, said)) return [...found, { is: 'strange', why: { is: 'noJson' } }];
  const saysGood = shape && shape.condition !== 'bad';
  const isError = answer && answer.status >= 400;
  const isNotUp = shape?.condition === 'starting' || shape?.condition === 'stopping';
  return [
    ...found,
    ...(answer ? served(answer, said) : []),
    { is: shape ? 'healthShape' : 'noShape' },
    ...(answer && shape && !isNotUp
      ? saysGood === isError
        ? [{ is: 'contradicts', status: answer.status, saysGood: saysGood === true } as const]
        : []
      : []),
    ...progressIn(said, look, isNotUp),
    ...secretsIn(said),
  ];
}

/** Half of a JSON, or no text: a byte that is none was read as U+FFFD. */
function isBroken(text: string, { json }: Said): boolean {
  return json === undefined && (/^\s*[[{]/.test(text) || /[\0\ufffd]/.test(text));
}

function served({ contentType, dateAt }: Answer, { json }: Said): readonly Finding[] {
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(contentType);
  const received = cleanText(contentType, MAX_CHECK_NAME_CHARS);
  return [
    ...(typeof json === 'object' && !isJson ? [{ is: 'otherType', received } as const] : []),
    ...(dateAt === undefined ? [{ is: 'noDate' } as const] : []),
  ];
}

/** What the answer proves, by the contract; else which of its fields a setting might name. */
function progressIn(said: Said, look: Examined, isNotUp: boolean): readonly Finding[] {
  const part = contractIn(said);
  const contracted = readContract(said, { nowAt: look.nowAt, monotonicMs: 0 });
  if (!part || !contracted) return [{ is: 'onlyPresence', candidates: candidatesIn(said, look.nowAt) }];
  const unknown = contracted.signs.unknown;
  const strict: Finding[] = CONTRACT_TIMES.flatMap((name): Finding[] => {
    const field = `${CONTRACT_PLACE}.${name}`;
    if (typeof part[name] === 'number') return [{ is: 'noUnit', field }];
    const time = readTime(part, name, look.nowAt);
    const byMs = 'value' in time && time.value !== undefined ? time.value - look.nowAt : 0;
    return name !== 'nextDueAt' && byMs > FUTURE_TOLERANCE_MS ? [{ is: 'future', field, byMs }] : [];
  });
  const others: Finding[] = Object.keys(part)
    .filter((name) => !CONTRACT_FIELDS.includes(name))
    .slice(0, MAX_NAMED_FIELDS)
    .map((name) => ({ is: 'unknownField', field: placed(CONTRACT_PLACE, name) }));
  if (unknown?.is === 'malformed') {
    const told = strict.flatMap((finding) => (finding.is === 'noUnit' ? finding.field : []));
    const malformed = unknown.malformed.filter(({ field }) => !told.includes(field));
    return [...(malformed.length > 0 ? [{ is: 'malformed', malformed } as const] : []), ...strict, ...others];
  }
  if (strict.length > 0) return [...strict, ...others];
  const now: readonly Finding[] = isNotUp ? [{ is: 'notUp' }] : judged(contracted, look.nowAt);
  return [{ is: 'keepsContract' }, ...now, sideTimer(said, look), ...others];
}

function judged({ signs, thresholdMs = 0 }: Contracted, nowAt: number): readonly Finding[] {
  const { by, owedSinceAt, provenAt } = signs;
  const loop = assessSigns(signs, nowAt, thresholdMs);
  switch (loop.kind) {
    case 'stale':
      return [{ is: 'stale', by, owedMs: nowAt - (owedSinceAt ?? nowAt), redAfterMs: thresholdMs }];
    case 'advancing':
      return [{ is: 'getsOn', by, ageMs: Math.max(0, nowAt - (provenAt ?? nowAt)), redAfterMs: thresholdMs }];
    default:
      return [{ is: loop.kind === 'unknown' && loop.why.is === 'nothingOwed' ? 'idle' : 'noSignYet' }];
  }
}

/** Nobody sees from outside who sets a time. One that is new at each look may be made for whoever asks. */
function sideTimer(said: Said, { nowAt, earlier }: Examined): Finding {
  const lastAt = (each: Said, at: number) => {
    const time = readTime(contractIn(each) ?? {}, 'lastCompletedAt', at);
    return 'value' in time ? time.value : undefined;
  };
  const [before, now] = [earlier && lastAt(readSaid(earlier.text), earlier.nowAt), lastAt(said, nowAt)];
  const isNew = (at: number | undefined, lookedAt: number) =>
    at !== undefined && Math.abs(lookedAt - at) < NEW_EACH_TIME_MS;
  const isNewEachTime =
    earlier !== undefined && before !== now && isNew(before, earlier.nowAt) && isNew(now, nowAt);
  return { is: 'sideTimer', isNewEachTime };
}

/** Names of what happened to work, and not of a clock or of a beat. */
const OF_WORK = /last|complet|finish|success|process|next|due/i;
const OF_NO_WORK = /beat|ping|now|start/i;

function candidatesIn(said: Said, nowAt: number): readonly string[] {
  const found: string[] = [];
  eachLeaf(said.json, '', 1, (field, name, value) => {
    if (found.length >= MAX_NAMED_FIELDS || !OF_WORK.test(name) || OF_NO_WORK.test(name)) return;
    if ('value' in readMoment(field, value, nowAt)) found.push(field);
  });
  return found;
}

/** Where a reader of the answer finds what is nobody else's business: by the name of a field, or by its looks. */
function secretsIn(said: Said): readonly Finding[] {
  const found: Finding[] = [];
  eachLeaf(said.json, '', 1, (field, name, value) => {
    if (found.length >= MAX_NAMED_FIELDS || typeof value !== 'string' || value === '') return;
    // A commit is written like a token.
    const looksSo = !/^[0-9a-f]+$/i.test(value) && withoutSecrets(value) !== value;
    if (looksSo || isSecretName(name)) found.push({ is: 'secret', field });
  });
  return found;
}

function eachLeaf(
  value: unknown,
  place: string,
  depth: number,
  visit: (field: string, name: string, value: unknown) => void,
): void {
  if (typeof value !== 'object' || value === null || depth > MAX_EXAMINED_DEPTH) return;
  for (const [name, each] of Object.entries(value)) {
    const field = placed(place, name);
    if (typeof each === 'object') eachLeaf(each, field, depth + 1, visit);
    else visit(field, name, each);
  }
}

function placed(place: string, name: string): string {
  return cleanText(place === '' ? name : `${place}.${name}`, MAX_CHECK_NAME_CHARS);
}
