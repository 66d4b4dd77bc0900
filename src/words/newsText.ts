/** What the mark on the view and in the status item says. */
export function newsText(count: number): string {
  return count === 1
    ? '1 thing happened while you were away'
    : `${count} things happened while you were away`;
}
