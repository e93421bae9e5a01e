import { ClarionError, type LayerEntry, type Problem } from '@clarion/model';
import { type BudgetOptions, createBudget } from './budget';
import { createProblemList } from './problem-list';
import { TarWalker } from './tar-walker';

/** A regular file of an archive with its whole content. */
export interface TarFile {
  /** Normalised path without leading slash. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly problem?: undefined;
}

export interface TarMembersOptions extends BudgetOptions {
  /** Whether to read the content of a file. */
  readonly accept: (path: string) => boolean;
  /** A larger accepted file is not read and becomes a problem. */
  readonly memberBytes: number;
}

/**
 * Yields the accepted regular files of an uncompressed tar one after another, each in memory only until the next is
 * requested: for archives of records, which are never unpacked. What cannot be read is a problem at the end. Throws
 * `ClarionError`: `corrupt-data` when it is not a tar, damaged or cut off (a missing end marker included),
 * `limit-exceeded`.
 */
export async function* tarMembers(
  chunks: AsyncIterable<Uint8Array>,
  options: TarMembersOptions,
): AsyncGenerator<TarFile | { readonly problem: Problem }> {
  // Contents are passed on at once, so their sum needs no limit.
  const budget = createBudget({ ...options, limits: { ...options.limits, wantedBytes: Infinity } });
  const ready: TarFile[] = [];
  const problems = createProblemList();
  const refuse = (path: string, why: string): void => {
    problems.add({ code: 'limit-reached', path, message: `${path} is not read: ${why}` });
  };
  const walker = new TarWalker(
    {
      entry({ path, type }, _bodyOffset, sparse) {
        if (type !== 'file' || !options.accept(path)) return undefined;
        // A few bytes of a sparse map can expand to any number of zeros.
        if (sparse !== true) return options.memberBytes;
        refuse(path, 'it is a sparse file');
        return undefined;
      },
      content({ path }, content) {
        ready.push({ path, content });
      },
      oversized({ path, size }: LayerEntry) {
        refuse(path, `its ${size} bytes are more than ${options.memberBytes}`);
      },
    },
    budget,
  );
  try {
    for await (const chunk of chunks) {
      budget.check();
      budget.read(chunk.length);
      budget.produce(chunk.length);
      walker.feed(chunk);
      yield* ready.splice(0);
    }
    for (const problem of (await walker.end()).problems) problems.add(problem);
  } catch (error) {
    throw asCorrupt(error);
  }
  const cut = problems.all().find(({ code }) => code === 'truncated-archive');
  if (cut !== undefined) throw new ClarionError('corrupt-data', `${budget.label}: ${cut.message}`);
  for (const problem of problems.all()) yield { problem };
}

/** The input is declared to be an archive: anything else is damage. */
function asCorrupt(error: unknown): unknown {
  if (!(error instanceof ClarionError) || error.code !== 'invalid-input') return error;
  return new ClarionError('corrupt-data', error.message, { cause: error });
}
