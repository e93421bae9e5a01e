import type { ByteSource, Excerpt, ExecutableFormat, GoBuildInfoExcerpt, SectionsExcerpt } from '@clarion/model';
import { readExactly } from '../byte-source';
import { readGoBuildInfo } from '../executables/go-build-info';
import { readGoFunctions } from '../executables/go-functions';
import { readExecutable } from '../executables/read-executable';
import { PartCollector, type TakenExcerpt } from './part-collector';
import { takePatterns } from './take-patterns';

/** The excerpts of programs and libraries, for which only few of their bytes are read. */
export type ExecutableExcerpt = Exclude<Excerpt, { readonly kind: 'zip-members' }>;

/** As `ExcerptOptions`. */
interface Options {
  readonly path: string;
  readonly maxBytes: number;
  readonly check: () => void;
}

/** As `takeExcerpt`. */
export function takeFromExecutable(
  source: ByteSource,
  excerpt: ExecutableExcerpt,
  { path, maxBytes, check }: Options,
): TakenExcerpt | undefined {
  const collector = new PartCollector(path, maxBytes);
  switch (excerpt.kind) {
    case 'sections':
      if (!takeSections(source, excerpt, collector)) return undefined;
      break;
    case 'patterns':
      if (!takePatterns(source, excerpt, { collector, check })) return undefined;
      break;
    case 'go-build-info':
      if (!takeGoBuildInfo(source, excerpt, { collector, check })) return undefined;
  }
  return collector.finish(source.size);
}

/** Of one file: one of a name for each architecture is usual. */
const mostEqualSections = 1000;

const whole = { name: '', within: '' };

/** Returns false if the file has none of them. */
function takeSections(source: ByteSource, excerpt: SectionsExcerpt, collector: PartCollector): boolean {
  const names = new Set(excerpt.sections);
  const { notes = [], maxSectionBytes } = excerpt;
  const note = (owner: string, type: number): boolean =>
    notes.some((one) => one.owner === owner && (one.type === undefined || one.type === type));
  let found: ReturnType<typeof readExecutable>;
  try {
    const selected = notes.length > 0 ? { note } : { any: excerpt.sections, only: excerpt.sections };
    found = readExecutable(source, { section: (name) => names.has(name), ...selected });
  } catch (error) {
    collector.failed(whole, error);
    return true;
  }
  if (found === undefined || (found.sections.length === 0 && found.notes.length === 0)) return false;
  collector.executables.push(...found.executables);
  const take = (name: string, { within, offset, size, ...more }: Extent): void => {
    const given = Math.min(size, maxSectionBytes);
    const part = { name, within, offset, size: given, fullSize: size, ...more };
    collector.add(part, () => Buffer.from(readExactly(source, offset, given)));
  };
  for (const { name, address, ...at } of found.sections.slice(0, mostEqualSections)) {
    take(name, { ...at, ...(address > 0 && { address }) });
  }
  if (found.sections.length > mostEqualSections) {
    collector.leaveOutRest(`it has more than ${mostEqualSections} of the requested sections`);
  }
  for (const { owner, type, ...at } of found.notes) take(owner, { ...at, noteType: type });
  return true;
}

interface Extent {
  readonly within: string;
  readonly offset: number;
  readonly size: number;
  readonly address?: number;
  readonly noteType?: number;
}

/** Returns false if the file has none. */
function takeGoBuildInfo(
  source: ByteSource,
  { functions }: GoBuildInfoExcerpt,
  { collector, check }: { readonly collector: PartCollector; readonly check: () => void },
): boolean {
  let found: ReturnType<typeof readGoBuildInfo>;
  try {
    found = readGoBuildInfo(source);
  } catch (error) {
    collector.failed(whole, error);
    return true;
  }
  for (const { executable, version, modules } of found ?? []) {
    collector.executables.push(executable);
    const { within } = executable;
    for (const [name, { offset, size }] of Object.entries({ version, modules })) {
      const part = { name, within, offset, size, fullSize: size };
      collector.add(part, () => Buffer.from(readExactly(source, offset, size)));
    }
    if (functions === true) takeGoFunctions(source, executable, { collector, check });
  }
  return found !== undefined;
}

function takeGoFunctions(
  source: ByteSource,
  executable: ExecutableFormat,
  { collector, check }: { readonly collector: PartCollector; readonly check: () => void },
): void {
  const { within } = executable;
  const name = 'functions';
  collector.guard({ name, within }, () => {
    const found = readGoFunctions(source, executable, check);
    if (found === undefined) return;
    const content = found.lines.bytes();
    const part = { name, within, offset: found.offset, size: content.length, fullSize: content.length };
    collector.add(part, () => content);
  });
}
