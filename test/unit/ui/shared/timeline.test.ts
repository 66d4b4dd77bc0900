import assert from 'node:assert/strict';
import { toSegments, type Segment, type Span } from '../../../../src/health/history';
import { SEVERITY, type DaemonState } from '../../../../src/health/states';
import { COLOURS, stripSvg } from '../../../../src/ui/shared/timeline';
import { stripText } from '../../../../src/words/timelineText';
import { drawn } from '../support';

const MINUTE_MS = 60_000;
const NINE = new Date(2026, 2, 2, 9, 0, 0).getTime();
const dayText = (at: number) =>
  new Date(at).toLocaleDateString(undefined, { month: 'numeric', day: 'numeric' });

function segmentsOf(...spans: readonly [DaemonState, number, number][]): readonly Segment[] {
  return toSegments(
    spans.map(([state, from, to]): Span => ({
      state,
      fromAt: NINE + from * MINUTE_MS,
      toAt: NINE + to * MINUTE_MS,
    })),
  );
}

describe('the strip of the last 24 h', () => {
  describe('as text', () => {
    it('tells each run with its times', () => {
      const segments = segmentsOf(['healthy', 0, 60], ['wedged', 60, 89], ['healthy', 90, 125]);
      assert.equal(
        stripText(segments),
        `Last 24 h: not watched ${dayText(NINE - 60 * MINUTE_MS * 20)} 11:30 to 09:00, healthy 09:00 to 10:00, not watched 10:00 to 10:30, healthy since 10:30; wedged 10:00:00 to 10:29:00`,
      );
    });

    it('tells a problem to the second, and the rest of its half hour for what it was', () => {
      const segments = segmentsOf(['healthy', 0, 44.55], ['wedged', 44.55, 45], ['healthy', 45, 59]);
      assert.equal(
        stripText(segments),
        `Last 24 h: not watched ${dayText(NINE - 60 * MINUTE_MS * 20)} 10:00 to 09:00, healthy since 09:00; wedged 09:44:33 to 09:45:00`,
      );
    });

    it('tells the day of what was yesterday', () => {
      const segments = segmentsOf(['wedged', -700, -699], ['healthy', -690, 15]);
      const day = dayText(NINE - 700 * MINUTE_MS);
      assert.equal(
        stripText(segments),
        `Last 24 h: not watched ${day} 09:30 to 21:30, healthy since ${day} 21:30; wedged ${day} 21:20:00 to 21:21:00`,
      );
    });

    it('tells a problem over several half hours once', () => {
      const segments = segmentsOf(['healthy', 0, 20], ['wedged', 20, 70], ['healthy', 70, 89]);
      assert.match(stripText(segments), /; wedged 09:20:00 to 10:10:00$/);
    });

    it('says what was watched in part only', () => {
      assert.match(stripText(segmentsOf(['healthy', 15, 29])), /partly watched, healthy since 09:00$/);
    });

    it('tells only the newest of many runs', () => {
      const flapping = Array.from({ length: 20 }, (_, index): [DaemonState, number, number] => [
        index % 2 === 0 ? 'healthy' : 'wedged',
        index * 30,
        index * 30 + 29,
      ]);
      const text = stripText(segmentsOf(...flapping));
      assert.match(text, /^Last 24 h: earlier left out, /);
      assert.equal(text.match(/wedged/g)?.length, 8);
    });

    it('is "not watched" without any', () => {
      assert.equal(stripText([]), 'Last 24 h: not watched');
    });
  });

  describe('as a picture', () => {
    it('has a bar for each bucket, of one colour for each kind', () => {
      const svg = stripSvg(segmentsOf(['healthy', 0, 60], ['wedged', 60, 89], ['stuck', 90, 119]));
      // Each problem lies on what its half hour was besides.
      assert.equal(svg.match(/M/g)?.length, 50);
      for (const colour of Object.values(COLOURS)) assert.equal(svg.split(colour).length - 1, 1, colour);
    });

    it('has narrower bars where nobody watched for a part', () => {
      assert.match(stripSvg(segmentsOf(['healthy', 15, 29])), /h2v10h-2z/);
    });

    it('has a problem as wide as it was long, where it was, and wide enough to be seen', () => {
      assert.match(stripSvg(segmentsOf(['wedged', 15, 30], ['healthy', 30, 31])), /M232 0h2v20h-2z/);
      assert.match(
        stripSvg(segmentsOf(['healthy', 0, 15], ['wedged', 15, 15.45], ['healthy', 15.45, 29])),
        /M237 0h1v20h-1z/,
      );
    });

    it('is small: it is sent with every tooltip', () => {
      const flapping = Array.from({ length: 48 }, (_, index): [DaemonState, number, number] => [
        (['healthy', 'wedged', 'stuck', 'offline'] as const)[index % 4]!,
        index * 30,
        index * 30 + 10,
      ]);
      assert.ok(drawn([{ strip: segmentsOf(...flapping) }]).value.length < 2_500);
    });

    it('stands in Markdown as one image, in every state', () => {
      for (const state of Object.keys(SEVERITY) as DaemonState[]) {
        const [, alt, data] =
          /^!\[([^[\]\n]+)\]\(data:image\/svg\+xml;base64,([A-Za-z0-9+/=]+)\)$/.exec(
            drawn([{ strip: segmentsOf([state, 0, 20]) }]).value,
          ) ?? [];
        assert.match(alt ?? '', /^Last 24 h: /, state);
        assert.match(Buffer.from(data!, 'base64').toString(), /^<svg [^>]+>(<path [^>]+\/>)+<\/svg>$/);
      }
    });

    for (const [theme, background] of [
      ['light', '#f8f8f8'],
      ['dark', '#202020'],
    ] as const) {
      it(`stands out from a ${theme} tooltip, as WCAG asks of graphics`, () => {
        for (const [name, colour] of Object.entries(COLOURS)) {
          assert.ok(contrast(colour, background) >= 3, `${name}: ${contrast(colour, background).toFixed(2)}`);
        }
      });
    }
  });
});

/** WCAG 2.2: relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((from) => {
    const channel = parseInt(hex.slice(from, from + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
