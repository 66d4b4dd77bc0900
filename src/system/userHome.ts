import { homedir } from 'node:os';

/** The home folder of this user. Without HOME, the system has none for a user whom it does not know: in a container, say. */
export function userHome(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
