/** pm2 for the tests, from npm. Rejects where npm has none. Resolves with the folder of `pm2`. */
export function ensurePm2(): Promise<string>;
