import { memorySource } from '@clarion/layer-archive';
import type { ZipMembersExcerpt } from '@clarion/model';
import { buildZip } from '@clarion/test-kit';
import { PartCollector } from './part-collector';
import { type NestedArchiveLimits, takeMembers } from './take-members';

const jar = (content: string, more: number): Buffer =>
  buildZip([
    { name: 'M', content },
    ...Array.from({ length: more }, (_, at) => ({ name: `other-${at}`, content: '' })),
  ]);
/** Three archives of four entries each in one of five entries. */
const archive = buildZip([
  { name: 'M', content: 'outer' },
  ...['a', 'b', 'c'].map((name) => ({ name: `${name}.jar`, content: jar(`in ${name}`, 3) })),
  { name: 'other', content: '' },
]);
const nestedBytes = jar('in a', 3).length;
const excerpt: ZipMembersExcerpt = {
  kind: 'zip-members',
  members: ['M'],
  nested: ['*.jar'],
  depth: 1,
  maxMemberBytes: 100,
  maxMembers: 100,
};
const enough: NestedArchiveLimits = { entries: 100, archives: 100, nestedBytes: 10_000 };

async function take({ maxBytes = 1000, ...limits }: Partial<NestedArchiveLimits> & { readonly maxBytes?: number }) {
  const collector = new PartCollector('x.ear', maxBytes);
  const all = { ...enough, ...limits };
  await takeMembers(memorySource(archive), excerpt, { collector, check: () => undefined, limits: all });
  const { content, problems } = collector.finish(archive.length);
  return [Buffer.from(content).toString(), problems.map(({ code, message }) => `${code}: ${message}`)];
}

describe('members of a zip archive and of archives in it', () => {
  const notRead = (name: string, why: string): string => `limit-reached: x.ear!/${name} was not read: ${why}`;
  const [entries, archives, bytes] = [
    'the archives in the file have 9 entries or more together',
    'more than 3 archives are in the file',
    `the archives in the file are larger than ${2 * nestedBytes} bytes together`,
  ];
  it.each<[string, Parameters<typeof take>[0], string, readonly string[]]>([
    ['without a limit', {}, 'outerin ain bin c', []],
    ['exactly at every limit', { entries: 14, archives: 4, nestedBytes: 3 * nestedBytes }, 'outerin ain bin c', []],
    [
      'with more entries in all archives',
      { entries: 9 },
      'outerin a',
      [notRead('b.jar', entries), notRead('c.jar', entries)],
    ],
    ['with more archives', { archives: 3 }, 'outerin ain b', [notRead('c.jar', archives)]],
    ['with more bytes of archives in it', { nestedBytes: 2 * nestedBytes }, 'outerin ain b', [notRead('c.jar', bytes)]],
    [
      'with larger parts together',
      { maxBytes: 13 },
      'outerin ain b',
      [notRead('c.jar!/M', 'the parts of the file are larger than 13 bytes together')],
    ],
  ])('%s', async (_, limits, content, problems) => {
    expect(await take(limits)).toEqual([content, problems]);
  });

  it('end when the check throws', async () => {
    const collector = new PartCollector('x.ear', 1000);
    let calls = 0;
    const check = (): void => {
      calls += 1;
      if (calls === 3) throw new Error('Enough');
    };
    await expect(takeMembers(memorySource(archive), excerpt, { collector, check })).rejects.toThrow('Enough');
    expect(calls).toBe(3);
  });

  it('have names of 1 MiB of characters at most', async () => {
    const name = 'n'.repeat(60_000);
    const members = Array.from({ length: 20 }, (_, at) => ({ name: `${at}${name}`, content: 'm' }));
    const collector = new PartCollector('x.ear', 1000);
    const all = { ...excerpt, members: ['**'] };
    await takeMembers(memorySource(buildZip(members)), all, { collector, check: () => undefined });
    const { excerpt: taken, problems } = collector.finish(1);
    expect(taken.parts).toHaveLength(17);
    expect(problems[0]?.message).toBe(
      'x.ear was not read completely: the names of its parts are longer than 1048576 characters',
    );
  });
});
