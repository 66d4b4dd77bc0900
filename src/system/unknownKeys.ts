/** Keys of an object that its reader does not know, at any depth of plain objects. */
export interface UnknownKeys {
  readonly [key: string]: unknown;
}

/** What of `raw` is not in `read`, which was made of it; `undefined` where all of it is. */
export function unknownKeys(raw: unknown, read: unknown): UnknownKeys | undefined {
  if (!isPlain(raw) || !isPlain(read)) return undefined;
  const unknown = Object.entries(raw).flatMap(([key, value]): [string, unknown][] => {
    if (!Object.hasOwn(read, key)) return [[key, value]];
    const inner = unknownKeys(value, read[key]);
    return inner ? [[key, inner]] : [];
  });
  return unknown.length > 0 ? Object.fromEntries(unknown) : undefined;
}

/** The value with the keys that its reader did not know; what the value says itself counts. */
export function withUnknownKeys<T>(value: T, unknown: UnknownKeys | undefined): T {
  if (!isPlain(value) || !unknown) return value;
  const inner = Object.entries(value).map(([key, each]): [string, unknown] => {
    const more = unknown[key];
    return [key, Object.hasOwn(unknown, key) && isPlain(more) ? withUnknownKeys(each, more) : each];
  });
  return { ...unknown, ...Object.fromEntries(inner) } as T;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
