import { cleanText } from '../base/text';
import { isLoopback, whyNoPath } from '../kinds/read/paths';
import { here } from '../kinds/read/typedAddress';
import type { EntryProblem } from '../model/listProblem';
import type { Target } from '../model/target';
import { MAX_COMMAND_WORDS, MAX_FILES, MAX_QUERY_CHARS } from './policy';

/** Where an entry says that its daemon is watched, and the query of its address. */
export interface Place {
  readonly target: Target;
  readonly query: string;
}

/** The keys of which an entry has one. */
const SOURCES = ['url', 'files', 'command', 'prometheus'] as const;

/**
 * Where an entry says that its daemon is watched; or what is wrong with that.
 * @param isAny its daemon is of any make: only that is watched without an address
 */
export function readPlace(
  raw: Readonly<Record<string, unknown>>,
  isAny: boolean,
  allowRemote: boolean,
): Place | EntryProblem {
  const [source = 'url', beside] = SOURCES.filter((key) => raw[key] !== undefined);
  if (beside !== undefined) return { is: 'ask', path: beside, problem: 'notBeside' };
  if (source === 'files' && isAny) return readFiles(raw['files']);
  if (source === 'command' && isAny) return readCommand(raw['command']);
  if (source === 'prometheus' && isAny) return readPrometheus(raw['prometheus'], raw['query'], allowRemote);
  return readAddress(raw['url'], isAny, allowRemote);
}

/** By the rules of every address: on this machine, unless the user's own settings say otherwise. */
function readPrometheus(value: unknown, query: unknown, allowRemote: boolean): Place | EntryProblem {
  const at = readAddress(value, false, allowRemote);
  if ('is' in at) {
    return at.is === 'notOnThisMachine' ? at : { is: 'ask', path: 'prometheus', problem: 'noPrometheus' };
  }
  const isQuery =
    typeof query === 'string' && query.trim() !== '' && query.length <= MAX_QUERY_CHARS && !HALF.test(query);
  if (at.target.kind !== 'http' || !isQuery) return { is: 'ask', path: 'query', problem: 'noQuery' };
  return { target: { kind: 'prometheus', origin: at.target.origin, query: query.trim() }, query: '' };
}

/** Half a surrogate pair, which no address can hold. */
const HALF = /\p{Cs}/u;

function readFiles(value: unknown): Place | EntryProblem {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= MAX_FILES;
  const paths = isList ? value.filter(isFilePath) : [];
  if (!isList || paths.length < value.length) return { is: 'ask', path: 'files', problem: 'noFiles' };
  return { target: { kind: 'file', paths }, query: '' };
}

function readCommand(value: unknown): Place | EntryProblem {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= MAX_COMMAND_WORDS;
  const argv = isList ? value.filter((word) => typeof word === 'string' && !word.includes('\0')) : [];
  const isWhole = isList && argv.length === value.length && argv[0] !== '';
  if (!isWhole) return { is: 'ask', path: 'command', problem: 'noCommand' };
  return { target: { kind: 'command', argv }, query: '' };
}

/** An absolute path of this machine, or one in the user's home. */
export function isFilePath(value: unknown): value is string {
  return typeof value === 'string' && whyNoPath(value.replace(/^~(?=[\\/])/, '/home')) === undefined;
}

function readAddress(value: unknown, isAny: boolean, allowRemote: boolean): Place | EntryProblem {
  if (typeof value !== 'string') return { is: 'noUrl' };
  const url = URL.canParse(value) ? here(new URL(value)) : undefined;
  if (url?.username || url?.password) return { is: 'urlWithLogin' };
  if (url?.protocol !== 'http:') return { is: 'noHttpUrl', url: cleanText(withoutLogin(value), 80) };
  if ((url.search !== '' && !isAny) || url.hash !== '') return { is: 'urlWithQuery' };
  if (!isLoopback(url.hostname) && !allowRemote) {
    return { is: 'notOnThisMachine', host: cleanText(url.hostname, 80) };
  }
  const origin = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  return { target: { kind: 'http', origin }, query: url.search };
}

/** What is no address for us may be one with a password. */
function withoutLogin(text: string): string {
  return text.replace(/^.*@/s, '…@');
}
