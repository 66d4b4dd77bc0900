import { createHash } from 'node:crypto';
import { compareBoots, isOtherBoot, readBootId, systemBoot, UNKNOWN_BOOT, type BootSources } from './bootId';

/** Among whom a process number means one process: those of one boot of one machine, in one namespace of processes. */
export interface Habitat {
  readonly bootId: string;
  /** The same after a reboot. Absent in what versions up to 0.1 wrote. */
  readonly machine?: string;
  /** Linux only, as `pid:[4026531836]`: a container or a sandbox counts its processes anew. */
  readonly pidNamespace?: string;
}

/** Where no /proc is mounted: two that cannot tell their namespaces are not proven to be of the same. */
const UNKNOWN_NAMESPACE = 'unknown';

/** Where a process lives that wrote down its habitat, as seen from another one. */
export type Whereabouts = 'here' | 'earlierBoot' | 'otherNamespace' | 'otherMachine';

type HabitatSources = Omit<BootSources, 'wallMs' | 'uptimeMs'>;

/** The habitat of this process. Never throws. @param bootId where it is known already */
export async function ownHabitat(bootId?: string): Promise<Habitat> {
  return { bootId: bootId ?? (await readBootId()), ...(await (ownParts ??= readHabitat())) };
}

/** The parts of a habitat that this machine and its kernel tell. Never throws. */
export async function readHabitat(
  sources: HabitatSources = systemBoot,
): Promise<Pick<Habitat, 'machine' | 'pidNamespace'>> {
  const [machine, pidNamespace] = await Promise.all([machineOf(sources), pidNamespaceOf(sources)]);
  return { machine, ...(pidNamespace !== undefined && { pidNamespace }) };
}

/**
 * Where a process lives that wrote `other`. A boot id that no two boots share proves the same kernel, whatever the
 * machine is called inside a container. Of a machine that is not named it is assumed that it is this one, as versions
 * up to 0.1 did.
 */
export function whereabouts(other: Partial<Habitat>, own: Habitat): Whereabouts {
  const bootId = other.bootId ?? UNKNOWN_BOOT;
  const isSameKernel = isUnique(bootId) && compareBoots(bootId, own.bootId) === 'same';
  if (!isSameKernel) {
    if (other.machine !== undefined && other.machine !== own.machine) return 'otherMachine';
    if (isOtherBoot(bootId, own.bootId)) return 'earlierBoot';
  }
  // Systems without namespaces, and versions up to 0.1, wrote none.
  if (other.pidNamespace === undefined) return 'here';
  const isSameCount = other.pidNamespace === own.pidNamespace && other.pidNamespace !== UNKNOWN_NAMESPACE;
  return isSameCount ? 'here' : 'otherNamespace';
}

/** Boot times and counts of boots are the same on several machines. */
function isUnique(bootId: string): boolean {
  return bootId !== UNKNOWN_BOOT && !bootId.includes(':');
}

const MACHINE_KEY = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography';

/** Where a system tells the id of its machine. */
const MACHINE_ID: Partial<Record<NodeJS.Platform, (from: HabitatSources) => Promise<string | undefined>>> = {
  linux: async ({ readText }) => (await readText('/etc/machine-id')).trim(),
  darwin: async ({ run }) =>
    /"IOPlatformUUID" = "([\w-]+)"/.exec(await run('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']))?.[1],
  win32: async ({ run }) =>
    /MachineGuid\s+REG_SZ\s+([\w-]+)/i.exec(
      await run('reg', ['query', MACHINE_KEY, '/v', 'MachineGuid']),
    )?.[1],
};

/**
 * Images of machines are copied with their id, so the host name counts too. On macOS it does not: there the id is the
 * hardware's, and the name changes with the network. Hashed, as machine-id(5) asks for.
 */
async function machineOf(sources: HabitatSources): Promise<string> {
  const { platform, hostName } = sources;
  const found = (await MACHINE_ID[platform]?.(sources).catch(() => undefined)) ?? '';
  const name = platform === 'darwin' && found !== '' ? '' : hostName();
  return createHash('sha256').update(`daemon-health\0${found}\0${name}`).digest('hex').slice(0, 16);
}

async function pidNamespaceOf({ platform, readLink }: HabitatSources): Promise<string | undefined> {
  if (platform !== 'linux') return undefined;
  return readLink('/proc/self/ns/pid').catch(() => UNKNOWN_NAMESPACE);
}

/** Neither part changes while the process runs, and a tool that tells it takes a moment. */
let ownParts: ReturnType<typeof readHabitat> | undefined;
