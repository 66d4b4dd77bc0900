import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What a dispatchd answers to a challenge, and a client expects: only who has the token can make it. It covers the
 * address of the daemon, so that a program at another address cannot have it made there and pass it on.
 *
 * @param address where the daemon listens, `127.0.0.1:3470`
 * @returns HMAC-SHA256 as hex
 */
export function challengeAnswer(token: string, address: string, nonce: string): string {
  return createHmac('sha256', token).update(`dispatchd challenge\n${address}\n${nonce}`).digest('hex');
}

/** Whether two texts are the same, in a time that tells nothing of them. */
export function isSameSecret(a: string, b: string): boolean {
  // Digests have equal length, which timingSafeEqual requires of its arguments.
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
