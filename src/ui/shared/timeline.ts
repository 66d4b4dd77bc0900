import type { Segment } from '../../health/history';
import { HISTORY_BUCKET_MS } from '../../health/policy';
import { SEVERITY } from '../../health/verdict';
import { LOOK } from '../../words/states';

const STEP_PX = 5;
const BAR_PX = 4;
/** Of a bucket without a problem that nobody watched for a part of. */
const PARTIAL_BAR_PX = 2;
const HEIGHT_PX = 20;
/** A picture does not follow the editor's theme: these stand out from a light and from a dark background. */
export const COLOURS = {
  red: '#e5484d',
  amber: '#b7791f',
  healthy: '#2e9e5b',
  other: '#848484',
} as const;
/** Heights tell the states apart without colours. */
const LOOKS = {
  red: { colour: COLOURS.red, heightPx: 20 },
  amber: { colour: COLOURS.amber, heightPx: 15 },
  healthy: { colour: COLOURS.healthy, heightPx: 10 },
  other: { colour: COLOURS.other, heightPx: 6 },
  notWatched: { colour: COLOURS.other, heightPx: 1 },
} as const;
/** In words, only the newest runs: nobody listens to more. */
const MAX_RUNS = 8;

/** The strip as a picture: a bar for each bucket, higher and warmer for what is worse, a line where nobody watched. */
export function stripSvg(segments: readonly Segment[]): string {
  const bars = new Map<string, string>();
  segments.forEach((segment, index) => {
    const { colour, heightPx } = LOOKS[lookOf(segment)];
    const isProblem = colour === COLOURS.red || colour === COLOURS.amber;
    const widthPx = segment.isPartial && !isProblem ? PARTIAL_BAR_PX : BAR_PX;
    const bar = `M${index * STEP_PX} ${HEIGHT_PX - heightPx}h${widthPx}v${heightPx}h-${widthPx}z`;
    bars.set(colour, (bars.get(colour) ?? '') + bar);
  });
  const paths = [...bars].map(([colour, path]) => `<path fill="${colour}" d="${path}"/>`).join('');
  const width = segments.length * STEP_PX;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT_PX}">${paths}</svg>`;
}

function lookOf({ state }: Segment): keyof typeof LOOKS {
  if (state === 'notWatched' || state === 'healthy') return state;
  const severity = SEVERITY[state];
  return severity === 'plain' ? 'other' : severity;
}

/** The strip for a Markdown that draws pictures, with its text for those who do not see it. */
export function stripMarkdown(segments: readonly Segment[]): string {
  const data = Buffer.from(stripSvg(segments)).toString('base64');
  return `![${stripText(segments)}](data:image/svg+xml;base64,${data})`;
}

/** What the strip shows, in words: "Last 24 h: healthy 08:00 to 10:30, wedged 10:30 to 11:00, healthy since 11:00". */
export function stripText(segments: readonly Segment[]): string {
  const runs: { words: string; fromAt: number }[] = [];
  for (const segment of segments) {
    const words = inWords(segment);
    if (words !== runs.at(-1)?.words) runs.push({ words, fromAt: segment.fromAt });
  }
  if (runs.length <= 1) return `Last 24 h: ${runs[0]?.words ?? 'not watched'}`;
  const endAt = segments.at(-1)!.fromAt + HISTORY_BUCKET_MS;
  const texts = runs.map(({ words, fromAt }, index) => {
    const untilAt = runs[index + 1]?.fromAt ?? endAt;
    const isLast = index === runs.length - 1;
    return isLast
      ? `${words} since ${hourMinute(fromAt)}`
      : `${words} ${hourMinute(fromAt)} to ${hourMinute(untilAt)}`;
  });
  const left = texts.length > MAX_RUNS ? 'earlier left out, ' : '';
  return `Last 24 h: ${left}${texts.slice(-MAX_RUNS).join(', ')}`;
}

function inWords({ state, isPartial }: Segment): string {
  return state === 'notWatched'
    ? 'not watched'
    : `${isPartial ? 'partly watched, ' : ''}${LOOK[state].label}`;
}

/** Of the 24-hour clock, without letters: it stands in the text of a picture's Markdown. */
function hourMinute(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
