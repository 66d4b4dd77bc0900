/**
 * A supervisord for the tests, from the packages of this Debian or Ubuntu, unpacked and not installed. Rejects where
 * there are none. Resolves with the folder of `supervisord` and `supervisorctl`.
 */
export function ensureSupervisor(): Promise<string>;
