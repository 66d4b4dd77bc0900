import { MAX_PLACES } from './policy';
import type { Said } from './spoken';

/** `name{label="value", …}` of the settings: a series has to have these labels, and may have more. */
interface Selector {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
}

const NAME = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?$/s;
/** One label, and what stands before the next (Prometheus, "Text-based format"). */
const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/gy;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/** Content types of Prometheus' text and of OpenMetrics. */
const METRICS_TYPE = /^(text\/plain\b.*\bversion=|application\/openmetrics-text\b)/i;
/** What no other text begins a line with. */
const METRICS_LINE = /^# (HELP|TYPE) [a-zA-Z_:]/m;
/** So far a page is looked through for that: a page of metrics begins so. */
const METRICS_HEAD_CHARS = 4 * 1024;

/** A line of a series, and only comments before it. */
const SERIES_LINE =
  /^(?:\s*#.*\n)*\s*[a-zA-Z_:][\w:]*(?:\{.*\})?[ \t]+[+-]?(?:[\d.]+(?:e[+-]?\d+)?|nan|inf)(?:[ \t]+[\d.]+)?[ \t\r]*(?:\n|$)/i;

/** Whether a text that says so by nothing else is a page of metrics: a few lines that somebody wrote by hand are. */
export function mayBeMetrics(text: string): boolean {
  return SERIES_LINE.test(text.slice(0, METRICS_HEAD_CHARS));
}

/** Whether an answer is a page of metrics. */
export function isMetrics(text: string, contentType: string): boolean {
  return METRICS_TYPE.test(contentType) || METRICS_LINE.test(text.slice(0, METRICS_HEAD_CHARS));
}

/**
 * A page of metrics: of all its lines only those of a name that is asked for are parsed. What several series count may
 * be added up; a time or an age of several is none. Never throws.
 */
export function readMetrics(page: string): Said {
  let lines: LinesOf | undefined;
  return {
    at: (place, isAmount) => {
      const selector = readSelector(place);
      if (!selector) return undefined;
      const values = valuesOf(page, selector, lines?.get(selector.name));
      if (values.length === 0) return undefined;
      if (values.length === 1) return values[0];
      return isAmount ? values.map(Number).reduce((sum, value) => sum + value, 0) : `${values.length} series`;
    },
    hasFields: true,
    // Who asks for all names will ask for the value of each.
    places: () => [...(lines ??= linesOf(page)).keys()],
  };
}

function readSelector(place: string): Selector | undefined {
  const [, name, labels] = NAME.exec(place.trim()) ?? [];
  return name === undefined ? undefined : { name, labels: labelsIn(labels ?? '') };
}

function labelsIn(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(LABEL)].map(([, label = '', value = '']) => [
      label,
      value.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole),
    ]),
  );
}

/** Where the lines of each name begin in a page. */
type LinesOf = ReadonlyMap<string, readonly number[]>;

/** The values of the series that have this name and these labels, as they are written. @param lines where, if known */
function valuesOf(
  page: string,
  { name, labels }: Selector,
  lines = linesWith(page, name),
): readonly string[] {
  return lines.flatMap((at) => {
    const end = page.indexOf('\n', at);
    const rest = page.slice(at + name.length, end === -1 ? undefined : end);
    return valueIn(rest, labels) ?? [];
  });
}

/** Where lines begin with this text: the name, or a longer one. */
function linesWith(page: string, name: string): readonly number[] {
  const lines: number[] = [];
  for (let at = page.indexOf(name); at !== -1; at = page.indexOf(name, at + name.length)) {
    if (isLineStart(page, at)) lines.push(at);
  }
  return lines;
}

/** Nothing stands before it in its line but blanks, which the format allows. */
function isLineStart(page: string, at: number): boolean {
  let before = at - 1;
  while (page[before] === ' ' || page[before] === '\t') before--;
  return before < 0 || page[before] === '\n';
}

/** All names of a page, up to a bound, and where their lines are. */
function linesOf(page: string): LinesOf {
  const lines = new Map<string, number[]>();
  for (const { 0: whole, 1: name = '', index } of page.matchAll(/^[ \t]*([a-zA-Z_:][\w:]*)/gm)) {
    const known = lines.get(name);
    const at = index + whole.length - name.length;
    if (known) known.push(at);
    else if (lines.size < MAX_PLACES) lines.set(name, [at]);
  }
  return lines;
}

/** What stands behind the name: labels, the value, and perhaps a time. */
const REST = /^(?:[ \t]*\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}[ \t]*|[ \t]+)([^\s{]\S*)/;

function valueIn(rest: string, wanted: ReadonlyMap<string, string>): string | undefined {
  const [, labels = '', value] = REST.exec(rest) ?? [];
  if (value === undefined) return undefined;
  if (wanted.size === 0) return value;
  const own = labelsIn(labels);
  return [...wanted].every(([label, is]) => own.get(label) === is) ? value : undefined;
}
