/**
 * Results that were made of stored facts, and can be made again: under names of everything that they depend on, so that
 * equal names mean equal results, and none of them ever becomes wrong.
 */
export interface ResultStore {
  /** What was put under the name. Undefined without it, and where its bytes are not those that were put. */
  result(name: string): Promise<Uint8Array | undefined>;
  /**
   * Keeps a result, unless there is one of that name, it is too large (`mostResultBytes`), or the store is busy or open
   * for reading only. When results take more than the limit of the store, those that were put first go.
   */
  putResult(name: string, bytes: Uint8Array): Promise<void>;
  /** How many there are, and about how many bytes they take. */
  resultsSize(): Promise<ResultsSize>;
}

export interface ResultsSize {
  readonly results: number;
  readonly bytes: number;
}

/** Larger results are not kept. */
export const mostResultBytes = 1_000_000;

/** The limit of a store for all results together, unless another one is given. */
export const defaultResultBytes = 256 * 1024 ** 2;
