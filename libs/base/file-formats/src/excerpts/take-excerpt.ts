import { type ByteSource, type Excerpt, headBytes } from '@clarion/model';
import { readExactly } from '../byte-source';
import { fileMagic } from '../file-magic';
import { PartCollector, type TakenExcerpt } from './part-collector';
import { takeFromExecutable } from './take-from-executable';
import { takeMembers } from './take-members';

export interface ExcerptOptions {
  /** Names the file in problems. */
  readonly path: string;
  /** Most bytes of all parts together. */
  readonly maxBytes: number;
  /** Called again and again; throws to end the work. */
  readonly check?: () => void;
}

const noCheck = (): void => undefined;

/**
 * Takes a part out of a file. What is damaged or beyond a limit is left out with a problem. Undefined where the
 * file has none of the requested sections and notes, and where build information is requested of one that is not of Go.
 */
export async function takeExcerpt(
  source: ByteSource,
  excerpt: Excerpt,
  { path, maxBytes, check = noCheck }: ExcerptOptions,
): Promise<TakenExcerpt | undefined> {
  if (excerpt.kind !== 'zip-members') return takeFromExecutable(source, excerpt, { path, maxBytes, check });
  const collector = new PartCollector(path, maxBytes);
  if (excerpt.wholeOtherwise === true && fileMagic(source.read(0, headBytes)) !== 'zip') takeWhole(source, collector);
  else await takeMembers(source, excerpt, { collector, check });
  return collector.finish(source.size);
}

function takeWhole(source: ByteSource, collector: PartCollector): void {
  const { size } = source;
  collector.add({ name: '', within: '', offset: 0, size, fullSize: size }, () =>
    Buffer.from(readExactly(source, 0, size)),
  );
}
