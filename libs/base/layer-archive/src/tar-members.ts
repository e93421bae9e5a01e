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
  /** Whether the content of a file is wanted. */
  readonly accept: (path: string) => boolean;
  /** A larger wanted file is not read and becomes a problem. */
  readonly memberBytes: number;
}

/**
 * Gives the wanted regular files of an uncompressed tar one after another, in memory no longer than until the next is
 * asked for: for archives of records, which nobody unpacks. What cannot be given is a problem in the end. Throws
 * `ClarionError`: `corrupt-data` when it is no tar, damaged or cut off (a missing end marker included), `limit-exceeded`.
 */
export async function* tarMembers(
  chunks: AsyncIterable<Uint8Array>,
  options: TarMembersOptions,
): AsyncGenerator<TarFile | { readonly problem: Problem }> {
  // Contents are given away at once, so their sum is no cost.
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
        // A few bytes of a sparse map can stand for any number of zeros.
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
    for (const problem of walker.end().problems) problems.add(problem);
  } catch (error) {
    throw asCorrupt(error);
  }
  const cut = problems.all().find(({ code }) => code === 'truncated-archive');
  if (cut !== undefined) throw new ClarionError('corrupt-data', `${budget.label}: ${cut.message}`);
  for (const problem of problems.all()) yield { problem };
}

/** Whoever asks for members was told that this is an archive: anything else is damage. */
function asCorrupt(error: unknown): unknown {
  if (!(error instanceof ClarionError) || error.code !== 'invalid-input') return error;
  return new ClarionError('corrupt-data', error.message, { cause: error });
}
