import { readFile, readlink } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { runTool, type RunTool } from './exec';
import { BOOT_TIME_TOLERANCE_MS } from './policy';

/** Where a boot id and a habitat may come from; a seam for tests. */
export interface BootSources {
  readonly platform: NodeJS.Platform;
  readonly readText: (file: string) => Promise<string>;
  readonly run: RunTool;
  readonly readLink: (file: string) => Promise<string>;
  readonly hostName: () => string;
  readonly wallMs: () => number;
  readonly uptimeMs: () => number;
}

export const UNKNOWN_BOOT = 'unknown';

/** Windows counts its boots here; the number neither drifts nor needs a slow query. */
const BOOT_COUNTER_KEY =
  'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters';

/** Tells one boot of the machine from the next; `unknown` where that cannot be found out. Never throws. */
export async function readBootId(sources: BootSources = systemBoot): Promise<string> {
  try {
    switch (sources.platform) {
      case 'linux':
        return uuid(await sources.readText('/proc/sys/kernel/random/boot_id'));
      case 'darwin':
        return uuid(await sources.run('sysctl', ['-n', 'kern.bootsessionuuid']));
      case 'win32':
        return await windowsBootId(sources);
      default:
        return UNKNOWN_BOOT;
    }
  } catch {
    return UNKNOWN_BOOT;
  }
}

/** Epoch ms of the boot by the wall clock as it is now: moved in one boot, that clock was set. */
export function bootedAt({ wallMs, uptimeMs }: BootSources = systemBoot): number {
  return Math.round(wallMs() - uptimeMs());
}

/**
 * Whether two ids name one boot; `unknown` if either is, or if they were found in different ways. Ids made from a
 * boot time are equal within a tolerance, because that time is computed from a clock which is corrected now and then.
 */
export function compareBoots(a: string, b: string): 'same' | 'different' | 'unknown' {
  if (a === UNKNOWN_BOOT || b === UNKNOWN_BOOT) return 'unknown';
  if (a === b) return 'same';
  const [timeA, timeB] = [bootTimeMs(a), bootTimeMs(b)];
  if (timeA !== undefined && timeB !== undefined) {
    return Math.abs(timeA - timeB) <= BOOT_TIME_TOLERANCE_MS ? 'same' : 'different';
  }
  return methodOf(a) === methodOf(b) ? 'different' : 'unknown';
}

/**
 * Whether all processes of the one boot are certainly gone in the other. A boot time does not prove that: a clock that
 * was set by hours within one boot moves it as far.
 */
export function isOtherBoot(a: string, b: string): boolean {
  return bootTimeMs(a) === undefined && compareBoots(a, b) === 'different';
}

async function windowsBootId(sources: BootSources): Promise<string> {
  const counted = await sources.run('reg', ['query', BOOT_COUNTER_KEY, '/v', 'BootId']).catch(() => '');
  const counter = /BootId\s+REG_DWORD\s+(0x[0-9a-f]+)/i.exec(counted)?.[1];
  if (counter) return `count:${Number(counter)}`;
  return `time:${bootedAt(sources)}`;
}

function uuid(text: string): string {
  const id = text.trim().toLowerCase();
  return /^[0-9a-f-]{32,36}$/.test(id) ? id : UNKNOWN_BOOT;
}

function bootTimeMs(id: string): number | undefined {
  const digits = /^time:(\d+)$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function methodOf(id: string): string {
  return /^(\w+):/.exec(id)?.[1] ?? 'uuid';
}

export const systemBoot: BootSources = {
  platform: process.platform,
  readText: (file) => readFile(file, 'utf8'),
  run: runTool,
  readLink: (file) => readlink(file),
  hostName: hostname,
  wallMs: () => Date.now(),
  uptimeMs: () => uptime() * 1000,
};
