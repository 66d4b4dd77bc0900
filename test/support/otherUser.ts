/** User and group `nobody`: whom a test that runs as root can let something belong to. */
export const NOBODY = 65_534;

/** Why no file or process of another user can be made here; `undefined` where it can. */
export function whyNoOtherUser(): string | undefined {
  if (process.platform === 'win32') return 'no user ids on this system';
  return process.getuid?.() === 0 ? undefined : 'only root may act as another user';
}
