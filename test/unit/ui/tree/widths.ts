import type { Row } from '../../../../src/ui/tree/row';

/** VS Code's own width of a side bar. */
const SIDE_BAR_PX = 300;
/** Before the text of a row at the top: padding, twistie, icon. After it: padding and scroll bar. */
const BESIDE_PX = 70;
const INDENT_PX = 8;
const GAP_PX = 6;
/** VS Code draws a description smaller than a label. */
const DESCRIPTION_SCALE = 0.9;

/** Letters of a sans serif of 13 px, rounded up: no font that VS Code uses is wider by much. */
const WIDTHS: readonly (readonly [letters: RegExp, px: number])[] = [
  // As wide as high.
  [
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u,
    14,
  ],
  [/[ijl.,:;|!'·()[\]tfrI1 -]/, 4.9],
  [/[mwMW@%…—]/, 11],
  [/[A-HJ-LN-VX-Z]/, 8.7],
];
const OTHER_PX = 7.4;

function widthPx(text: string): number {
  return [...text].reduce(
    (sum, letter) => sum + (WIDTHS.find(([letters]) => letters.test(letter))?.[1] ?? OTHER_PX),
    0,
  );
}

/** What a row is there for: all before its first "·". */
function pointOf({ label, description = '' }: Row): { label: string; description: string } {
  const [inLabel = '', more] = label.split(' · ');
  if (more !== undefined) return { label: inLabel, description: '' };
  return { label, description: description.startsWith('·') ? '' : description.split(' · ')[0]! };
}

/** The rows whose point is cut in a side bar of the default width, with how much of it. */
export function cutRows(rows: readonly Row[]): readonly string[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const depthOf = (row: Row): number => {
    const parent = row.parentId === undefined ? undefined : byId.get(row.parentId);
    return parent ? depthOf(parent) + 1 : 0;
  };
  return rows.flatMap((row) => {
    const { label, description } = pointOf(row);
    const roomPx = SIDE_BAR_PX - BESIDE_PX - INDENT_PX * depthOf(row);
    const ownPx =
      widthPx(label) + (description === '' ? 0 : GAP_PX + DESCRIPTION_SCALE * widthPx(description));
    return ownPx <= roomPx ? [] : [`${label} ${description}: ${Math.round(ownPx)} px in ${roomPx} px`];
  });
}
