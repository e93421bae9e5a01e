import { ClarionError } from './errors';

interface Failure {
  /** As the system names it, as LMDB does (negative numbers and errno), and as it appears in messages. */
  readonly codes: readonly unknown[];
  readonly pattern: RegExp;
  readonly state: string;
  readonly remedy: string;
}

/** Failures of any disk at any time. Data that was written before is not lost. */
const failures: readonly Failure[] = [
  {
    codes: ['ENOSPC', 28, 'EDQUOT', 122, -30_792],
    pattern: /\bENOSPC\b|no space left|\bEDQUOT\b|quota exceeded|MDB_MAP_FULL/i,
    state: 'is full',
    remedy: 'free space there and try again',
  },
  {
    codes: ['EFBIG', 27],
    pattern: /\bEFBIG\b|file too large/i,
    state: 'takes no file of that size',
    remedy: 'raise the limit of file sizes (ulimit -f) and try again',
  },
  {
    codes: ['EROFS', 30],
    pattern: /\bEROFS\b|read-only file system/i,
    state: 'can only be read',
    remedy: 'make it writable, or use another directory, and try again',
  },
  {
    // LMDB also reports this where a write was cut short, as on a full disk.
    codes: ['EIO', 5],
    pattern: /\bEIO\b|input\/output error/i,
    state: 'is full or fails',
    remedy: 'free space there, or look at the disk, and try again',
  },
];

/**
 * The error when the disk with `place` fails: `storage-unavailable`, since the same call may succeed once there is
 * space again. Undefined for every other error.
 */
export function storageFailure(error: unknown, location: string): ClarionError | undefined {
  if (error instanceof ClarionError || typeof error !== 'object' || error === null) return undefined;
  const code = 'code' in error ? error.code : undefined;
  const message = 'message' in error ? String(error.message) : '';
  const found = failures.find(({ codes, pattern }) =>
    code === undefined ? pattern.test(message) : codes.includes(code),
  );
  if (found === undefined) return undefined;
  return new ClarionError('storage-unavailable', `The disk that holds ${location} ${found.state}`, {
    remedy: found.remedy,
    cause: error,
  });
}
