import { ClarionError } from '@clarion/model';
import { type ArchiveLimits, withDefaults } from './limits';

export interface BudgetOptions {
  readonly limits?: Partial<ArchiveLimits> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Names the archive in errors. */
  readonly label?: string | undefined;
}

/** Counts what reading one archive costs and throws `limit-exceeded` when it is too much. */
export interface Budget {
  readonly limits: ArchiveLimits;
  readonly label: string;
  /** Aborted by the caller's signal or when time is up. */
  readonly signal: AbortSignal;
  /** Counts bytes as stored. */
  read(bytes: number): void;
  /** Counts bytes after decompression. */
  produce(bytes: number): void;
  /** Throws when the caller aborted or time is up. */
  check(): void;
}

/** The longest time that a timer of Node takes. */
const maxTimer = 2 ** 31 - 1;

export function createBudget(options: BudgetOptions): Budget {
  const limits = withDefaults(options.limits);
  const label = options.label ?? 'archive';
  const timeout = AbortSignal.timeout(Math.min(limits.millis, maxTimer));
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  let stored = 0;
  let produced = 0;
  const exceeded = (what: string): ClarionError => new ClarionError('limit-exceeded', `${label}: ${what}`);
  function check(): void {
    options.signal?.throwIfAborted();
    if (timeout.aborted) throw exceeded(`reading it takes longer than ${limits.millis} ms`);
  }
  return {
    limits,
    label,
    signal,
    check,
    read(bytes) {
      stored += bytes;
      if (stored > limits.compressedBytes) throw exceeded(`larger than ${limits.compressedBytes} bytes as stored`);
    },
    produce(bytes) {
      produced += bytes;
      if (produced > limits.bytes) throw exceeded(`larger than ${limits.bytes} bytes uncompressed`);
      if (produced > limits.ratioFreeBytes && produced > stored * limits.ratio) {
        throw exceeded(`expands to more than ${limits.ratio} times its size (${stored} bytes read so far)`);
      }
    },
  };
}
