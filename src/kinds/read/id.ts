import { cleanText } from '../../base/text';

/**
 * An id as a daemon gave it; `undefined` for all else. An id is kept whole or not at all: a shortened or cleaned one
 * would name another thing, or nothing.
 */
export function readId(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && cleanText(value) === value ? value : undefined;
}
