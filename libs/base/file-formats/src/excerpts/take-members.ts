import { compileFileFilters, memorySource, temporaryBytes } from '@clarion/layer-archive';
import type { ByteSource, ZipMembersExcerpt } from '@clarion/model';
import { isStored, memberChunks, readMember, storedBytes } from '../zip/member-content';
import { selectMembers, type ZipMember } from '../zip/zip-archive';
import type { PartCollector } from './part-collector';

const mebibyte = 1024 * 1024;
const zipLimits = { directoryBytes: 64 * mebibyte, entries: 200_000 };
/** Of one file with all archives in it; nothing more is opened once one of them is reached. */
export interface NestedArchiveLimits {
  /** Entries of all archives, whether requested or not. The last archive may exceed it by what one archive may have. */
  readonly entries: number;
  /** Archives, the file itself included. */
  readonly archives: number;
  /** Uncompressed bytes of the archives in the file. */
  readonly nestedBytes: number;
}

const nestedArchiveLimits: NestedArchiveLimits = {
  entries: 1_000_000,
  archives: 10_000,
  nestedBytes: 1024 * mebibyte,
};
/** A larger nested archive that is compressed is inflated into a temporary file. */
const mostInMemory = 8 * mebibyte;

/** What is taken out of one file. */
interface Taking {
  readonly collector: PartCollector;
  readonly check: () => void;
  readonly excerpt: ZipMembersExcerpt;
  readonly limits: NestedArchiveLimits;
  readonly isMember: (name: string) => boolean;
  readonly isNested: (name: string) => boolean;
  members: number;
  entries: number;
  archives: number;
  nestedBytes: number;
}

interface Archive {
  readonly source: ByteSource;
  /** Its path in the file; '' for the file itself. */
  readonly within: string;
  readonly depth: number;
}

interface TakeMembersOptions {
  readonly collector: PartCollector;
  /** Called again and again; throws to end the work. */
  readonly check: () => void;
  readonly limits?: NestedArchiveLimits;
}

/** Takes the requested members out of a zip archive and the archives in it. */
export async function takeMembers(
  source: ByteSource,
  excerpt: ZipMembersExcerpt,
  { collector, check, limits = nestedArchiveLimits }: TakeMembersOptions,
): Promise<void> {
  const { members, nested = [] } = excerpt;
  const taking: Taking = {
    collector,
    check,
    excerpt,
    limits,
    isMember: anyGlob(members),
    isNested: anyGlob(nested),
    members: 0,
    entries: 0,
    archives: 0,
    nestedBytes: 0,
  };
  await takeArchive({ source, within: '', depth: 0 }, taking);
}

function anyGlob(globs: readonly string[]): (name: string) => boolean {
  const filters = compileFileFilters([{ id: '', files: { paths: globs, maxBytes: 0 } }]);
  return (name) => filters.match(name).length > 0;
}

async function takeArchive(archive: Archive, taking: Taking): Promise<void> {
  const { collector, check } = taking;
  const { source, within } = archive;
  taking.archives += 1;
  try {
    const isSelected = (name: string): boolean => {
      const path = memberPath(name);
      return path !== '' && (taking.isMember(path) || taking.isNested(path));
    };
    const { members, entries } = selectMembers(source, zipLimits, isSelected);
    taking.entries += entries;
    for (const member of members) {
      check();
      const path = memberPath(member.name);
      if (taking.isMember(path)) takeMember(member, { path, archive, taking });
      if (taking.isNested(path)) await openNested(member, { path, archive, taking });
    }
  } catch (error) {
    collector.failed({ name: within, within: '' }, error);
  }
}

interface InArchive {
  readonly path: string;
  readonly archive: Archive;
  readonly taking: Taking;
}

/** Without what some tools write before it; '' for a directory. */
function memberPath(name: string): string {
  return name.endsWith('/') ? '' : name.replace(/^(?:\.?\/)+/, '');
}

function takeMember(member: ZipMember, { path, archive, taking }: InArchive): void {
  const { collector, excerpt } = taking;
  const { maxMemberBytes, maxMembers } = excerpt;
  const part = { name: path, within: archive.within, offset: 0, size: member.size, fullSize: member.size };
  if (taking.members >= maxMembers) {
    collector.leaveOut('limit-reached', part, `more than ${maxMembers} members are requested of the file`);
  } else if (member.size > maxMemberBytes || member.storedSize > maxMemberBytes + mebibyte) {
    const bytes = Math.max(member.size, member.storedSize);
    collector.leaveOut('limit-reached', part, `it has ${bytes} bytes, and ${maxMemberBytes} at most are read`);
  } else {
    taking.members += 1;
    collector.add(part, () => readMember(archive.source, member));
  }
}

/** Why an archive is not opened; undefined if it is. */
function reachedLimit(member: ZipMember, archive: Archive, taking: Taking): string | undefined {
  const { excerpt, limits } = taking;
  const { depth = 0 } = excerpt;
  if (archive.depth >= depth) return `archives are opened ${depth} deep`;
  if (taking.archives >= limits.archives) return `more than ${limits.archives} archives are in the file`;
  if (taking.entries >= limits.entries)
    return `the archives in the file have ${limits.entries} entries or more together`;
  return taking.nestedBytes + member.size > limits.nestedBytes
    ? `the archives in the file are larger than ${limits.nestedBytes} bytes together`
    : undefined;
}

async function openNested(member: ZipMember, { path, archive, taking }: InArchive): Promise<void> {
  const { collector } = taking;
  const part = { name: path, within: archive.within };
  const limit = reachedLimit(member, archive, taking);
  if (limit !== undefined) {
    collector.leaveOut('limit-reached', part, limit);
    return;
  }
  taking.nestedBytes += member.size;
  const within = archive.within === '' ? path : `${archive.within}!/${path}`;
  try {
    await withContent(archive.source, member, async (source) => {
      if (collector.open(within)) await takeArchive({ source, within, depth: archive.depth + 1 }, taking);
    });
  } catch (error) {
    collector.failed(part, error);
  }
}

/** A stored archive is read in place, a small one in memory, a large one from a temporary file. */
async function withContent(
  source: ByteSource,
  member: ZipMember,
  use: (content: ByteSource) => Promise<void>,
): Promise<void> {
  if (isStored(member)) {
    await use(storedBytes(source, member));
  } else if (member.size <= mostInMemory && member.storedSize <= mostInMemory) {
    await use(memorySource(readMember(source, member)));
  } else {
    const bytes = temporaryBytes();
    try {
      for await (const chunk of memberChunks(source, member)) bytes.write(chunk);
      await use(bytes.source);
    } finally {
      bytes.close();
    }
  }
}
