import type { Segment } from '../../health/history';
import { HISTORY_BUCKET_MS } from '../../health/policy';
import { STATES } from '../../health/states';

const STEP_PX = 5;
const BAR_PX = 4;
/** Of a bucket without a problem that nobody watched for a part of. */
const PARTIAL_BAR_PX = 2;
/** Of a problem of some seconds. */
const LEAST_PX = 1;
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
  red: { colour: 'red', heightPx: 20 },
  amber: { colour: 'amber', heightPx: 15 },
  healthy: { colour: 'healthy', heightPx: 10 },
  other: { colour: 'other', heightPx: 6 },
  notWatched: { colour: 'other', heightPx: 1 },
} as const;

/** The strip as a picture: a bar for each bucket, higher and warmer for what is worse, a line where nobody watched. */
export function stripSvg(segments: readonly Segment[]): string {
  const bars = new Map<keyof typeof COLOURS, string>();
  segments.forEach((segment, index) => {
    const { fromAt, state, bad, isPartial } = segment;
    const draw = (look: keyof typeof LOOKS, xPx: number, widthPx: number) => {
      const { colour, heightPx } = LOOKS[look];
      const bar = `M${index * STEP_PX + xPx} ${HEIGHT_PX - heightPx}h${widthPx}v${heightPx}h-${widthPx}z`;
      bars.set(colour, (bars.get(colour) ?? '') + bar);
    };
    draw(lookOf(bad ? bad.beside : state), 0, isPartial ? PARTIAL_BAR_PX : BAR_PX);
    if (!bad) return;
    // As wide as the problem was long, and wide enough to be seen.
    const widthPx = Math.max(LEAST_PX, inPx(bad.toAt - bad.fromAt));
    draw(lookOf(state), Math.min(inPx(bad.fromAt - fromAt), BAR_PX - widthPx), widthPx);
  });
  const paths = [...bars].map(([colour, path]) => `<path fill="${COLOURS[colour]}" d="${path}"/>`).join('');
  const width = segments.length * STEP_PX;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT_PX}">${paths}</svg>`;
}

/** How wide a time is in its bar. */
function inPx(ms: number): number {
  return Number(((ms / HISTORY_BUCKET_MS) * BAR_PX).toFixed(1));
}

function lookOf(state: Segment['state']): keyof typeof LOOKS {
  if (state === 'notWatched') return state;
  const row = STATES[state];
  if (row.severity !== 'plain') return row.severity;
  return row.works === 'proven' ? 'healthy' : 'other';
}
