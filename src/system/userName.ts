import { readFile } from 'node:fs/promises';

/** "user nobody", or by number where the system does not tell the name in the usual file. Not for Windows. */
export async function userOf(uid: number): Promise<string> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const line = text.split('\n').find((entry) => entry.split(':')[2] === String(uid));
  const name = line?.split(':')[0];
  return name === undefined || name === '' ? `the user with number ${uid}` : `user ${name}`;
}
