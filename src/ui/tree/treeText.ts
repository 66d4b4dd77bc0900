export const OPEN_SETTINGS = 'Open Settings';

/** The number on the view's icon, in words. */
export function problemsText(count: number): string {
  return count === 1 ? '1 problem' : `${count} problems`;
}
