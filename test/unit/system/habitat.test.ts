import assert from 'node:assert/strict';
import { readHabitat, whereabouts, type Habitat } from '../../../src/system/habitat';

const BOOT = '11111111-1111-1111-1111-111111111111';
const NEXT_BOOT = BOOT.replace('1', '2');
const own = { bootId: BOOT, machine: 'a', pidNamespace: 'pid:[1]' };

describe('where a process lives', () => {
  for (const [title, other, expected] of [
    ['is here by all that it wrote', own, 'here'],
    ['is here where an earlier version wrote no more than the boot', { bootId: BOOT }, 'here'],
    ['is here where an earlier version wrote nothing', {}, 'here'],
    ['is an earlier boot of this machine', { ...own, bootId: NEXT_BOOT }, 'earlierBoot'],
    ['is an earlier boot where an earlier version wrote it', { bootId: NEXT_BOOT }, 'earlierBoot'],
    ['is another namespace', { ...own, pidNamespace: 'pid:[2]' }, 'otherNamespace'],
    [
      'is another namespace of this kernel, also where the container has another name',
      { bootId: BOOT, machine: 'b', pidNamespace: 'pid:[2]' },
      'otherNamespace',
    ],
    ['is another machine', { ...own, machine: 'b', bootId: NEXT_BOOT }, 'otherMachine'],
    [
      'is another machine where boots are not known',
      { ...own, machine: 'b', bootId: 'unknown' },
      'otherMachine',
    ],
  ] as const) {
    it(title, () => assert.equal(whereabouts(other, own), expected));
  }

  it('is another machine where two machines count as many boots', () => {
    const counted = { bootId: 'count:7', machine: 'a' };
    assert.equal(whereabouts({ ...counted, machine: 'b' }, counted), 'otherMachine');
    assert.equal(whereabouts(counted, counted), 'here');
    assert.equal(whereabouts({ ...counted, bootId: 'count:6' }, counted), 'earlierBoot');
  });

  it('is here where the clock was set in a boot that is known by its time', () => {
    const timed = { bootId: 'time:1700000000000', machine: 'a' };
    assert.equal(whereabouts({ ...timed, bootId: 'time:1700086400000' }, timed), 'here');
  });
});

describe('the name of a machine', () => {
  const sources = (platform: NodeJS.Platform, host: string, text: string | Error) => {
    const tell = () => (text instanceof Error ? Promise.reject(text) : Promise.resolve(text));
    return {
      platform,
      hostName: () => host,
      readText: tell,
      run: tell,
      readLink: () => Promise.resolve('pid:[1]'),
    };
  };
  const nameOf = async (...args: Parameters<typeof sources>) => (await readHabitat(sources(...args))).machine;
  const mac = (id: string) => `+-o Mac\n    "IOPlatformUUID" = "${id}"\n`;
  const windows = (id: string) => `\r\n    MachineGuid    REG_SZ    ${id}\r\n`;

  it('is neither the id nor the host name itself', async () => {
    assert.match(String(await nameOf('linux', 'host', 'id\n')), /^[0-9a-f]{16}$/);
  });

  it('differs by id and, where ids are copied with an image, by host name', async () => {
    assert.notEqual(await nameOf('linux', 'a', 'id'), await nameOf('linux', 'b', 'id'));
    assert.notEqual(await nameOf('linux', 'a', 'id'), await nameOf('linux', 'a', 'id2'));
    assert.notEqual(await nameOf('win32', 'a', windows('1-2')), await nameOf('win32', 'b', windows('1-2')));
    assert.notEqual(await nameOf('win32', 'a', windows('1-2')), await nameOf('win32', 'a', windows('1-3')));
  });

  it('stays where a network gives a Mac another name', async () => {
    assert.equal(await nameOf('darwin', 'a', mac('1-2')), await nameOf('darwin', 'b', mac('1-2')));
    assert.notEqual(await nameOf('darwin', 'a', mac('1-2')), await nameOf('darwin', 'a', mac('1-3')));
  });

  it('is the host’s where the system does not tell an id', async () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const none = new Error('none');
      assert.equal(await nameOf(platform, 'a', none), await nameOf(platform, 'a', none));
      assert.notEqual(await nameOf(platform, 'a', none), await nameOf(platform, 'b', none));
    }
  });

  it('comes with the namespace of processes on Linux alone', async () => {
    assert.equal((await readHabitat(sources('linux', 'a', 'id'))).pidNamespace, 'pid:[1]');
    assert.equal((await readHabitat(sources('darwin', 'a', mac('1')))).pidNamespace, undefined);
  });

  it('comes without the namespace where no /proc is mounted: then nobody is known to number processes alike', async () => {
    const blind: Habitat = {
      bootId: BOOT,
      ...(await readHabitat({
        ...sources('linux', 'a', 'id'),
        readLink: () => Promise.reject(new Error('none')),
      })),
    };
    assert.equal(whereabouts(blind, own), 'otherNamespace');
    assert.equal(whereabouts(own, blind), 'otherNamespace');
    assert.equal(whereabouts(blind, blind), 'otherNamespace');
  });
});
