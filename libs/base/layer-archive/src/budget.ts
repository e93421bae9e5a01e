import { createDeadline, type Deadline } from '@clarion/deadlines';
import { ClarionError } from '@clarion/model';
import { type ArchiveLimits, withDefaults } from './limits';

export interface BudgetOptions {
  readonly limits?: Partial<ArchiveLimits> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Names the archive in errors. */
  readonly label?: string | undefined;
}

/** Counts the cost of reading one archive and throws `limit-exceeded` when it is too high. */
export interface ArchiveBudget {
  readonly limits: ArchiveLimits;
  readonly label: string;
  /** Ends pending waits: when the caller's signal aborts or time is up. */
  deadline(): Deadline;
  /** Counts bytes as stored. */
  read(bytes: number): void;
  /** Counts bytes after decompression. */
  produce(bytes: number): void;
  /** Throws when the caller aborted or time is up. */
  check(): void;
}

export function createBudget(options: BudgetOptions): ArchiveBudget {
  const limits = withDefaults(options.limits);
  const label = options.label ?? 'archive';
  const end = performance.now() + limits.millis;
  let over = false;
  let stored = 0;
  let produced = 0;
  const exceeded = (what: string): ClarionError => new ClarionError('limit-exceeded', `${label}: ${what}`);
  function check(): void {
    options.signal?.throwIfAborted();
    if (over || performance.now() >= end) throw exceeded(`reading it takes longer than ${limits.millis} ms`);
  }
  return {
    limits,
    label,
    deadline() {
      const deadline = createDeadline(end - performance.now(), options.signal);
      // A timer may fire a moment before the deadline of the clock.
      deadline.signal.addEventListener('abort', () => (over = true), { once: true });
      return deadline;
    },
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
