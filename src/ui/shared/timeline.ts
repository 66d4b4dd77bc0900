import type { Segment } from '../../health/history';
import { STATES } from '../../health/states';

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
    const { colour, heightPx } = LOOKS[lookOf(segment)];
    const isProblem = colour === 'red' || colour === 'amber';
    const widthPx = segment.isPartial && !isProblem ? PARTIAL_BAR_PX : BAR_PX;
    const bar = `M${index * STEP_PX} ${HEIGHT_PX - heightPx}h${widthPx}v${heightPx}h-${widthPx}z`;
    bars.set(colour, (bars.get(colour) ?? '') + bar);
  });
  const paths = [...bars].map(([colour, path]) => `<path fill="${COLOURS[colour]}" d="${path}"/>`).join('');
  const width = segments.length * STEP_PX;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT_PX}">${paths}</svg>`;
}

function lookOf({ state }: Segment): keyof typeof LOOKS {
  if (state === 'notWatched') return state;
  const row = STATES[state];
  if (row.severity !== 'plain') return row.severity;
  return row.works === 'proven' ? 'healthy' : 'other';
}
