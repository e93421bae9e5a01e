import { ClarionError, type ErrorCode } from '@clarion/model';

/** Names of the driver's errors for unreachable servers and time-outs. */
const networkErrors: ReadonlySet<string> = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
]);

const closedErrors: ReadonlySet<string> = new Set([
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoPoolClosedError',
]);

interface Explanation {
  readonly code: ErrorCode;
  readonly what: string;
  readonly remedy?: string;
}

const away: Explanation = {
  code: 'upstream-unavailable',
  what: 'MongoDB cannot be reached',
  remedy: 'check that the server runs and that its address is right',
};
const notAllowed: Explanation = {
  code: 'unauthorized',
  what: 'MongoDB refuses this account',
  remedy: 'check user, password and authSource of the connection string, and the role readWrite on the database',
};
const full: Explanation = {
  code: 'storage-unavailable',
  what: 'The disk of MongoDB is full or takes no more',
  remedy: 'free space there and try again',
};
const refused: Explanation = { code: 'unsupported', what: 'MongoDB refuses this' };

/** By error code: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml. */
const byCode: ReadonlyMap<unknown, Explanation> = new Map<unknown, Explanation>([
  // Atlas' code for everything it rejects: the message has the reason.
  [8000, notAllowed],
  [13, notAllowed],
  [18, notAllowed],
  // OutOfDiskSpace; FileStreamFailed, FileRenameFailed, FileNotOpen and CannotCreateCollection are in the catch-all.
  [14031, full],
  // An account, sharding or a validator set up by someone else prevents it: a retry does not help.
  ...[20, 61, 67, 72, 73, 85, 86, 121, 303].map((code) => [code, refused] as const),
  // ExceededMemoryLimit of a sort or group; a document beyond 16 MB.
  [292, { code: 'limit-exceeded', what: 'MongoDB has too little memory for this' }],
  [17_419, { code: 'limit-exceeded', what: 'a record is larger than MongoDB takes' }],
  [10334, { code: 'limit-exceeded', what: 'a record is larger than MongoDB takes' }],
  [
    59,
    { code: 'unsupported', what: 'this server lacks a command that Clarion needs', remedy: 'use MongoDB 6 or later' },
  ],
]);

/** Whether a write conflicted with an existing document (or an upsert with one that its filter excludes). */
export function isDuplicateKey(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 11_000;
}

/**
 * A driver error as an error with a remedy. `upstream-unavailable`, the only transient one, covers network errors,
 * timeouts, elections and everything that the server does not describe better.
 */
export function explain(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ClarionError || !isDriverError(error)) return error;
  const { code, what, remedy } = explanationOf(error);
  const options = { cause: error, ...(remedy === undefined ? {} : { remedy }) };
  return new ClarionError(code, `${what}: ${error.message}`, options);
}

function isDriverError(error: Error): boolean {
  return error.name.startsWith('Mongo') || error.name === 'PoolClearedOnNetworkError' || 'errorLabels' in error;
}

function explanationOf(error: Error): Explanation {
  if (networkErrors.has(error.name)) return away;
  if (closedErrors.has(error.name)) return { code: 'invalid-input', what: 'the store is closed already' };
  if (error.name === 'MongoParseError' || error.name === 'MongoInvalidArgumentError') {
    return {
      code: 'invalid-input',
      what: 'not a usable connection string or name',
      remedy: 'mongodb://HOST:PORT/DATABASE',
    };
  }
  const known = 'code' in error ? byCode.get(error.code) : undefined;
  // Not primary, in recovery, shutting down, write concern timed out, and everything that is not in the table.
  return known ?? { code: 'upstream-unavailable', what: 'MongoDB could not do it' };
}

/** Runs an operation of the store; errors of the driver become Clarion's. */
export async function explained<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw explain(error);
  }
}

/** The same for a stream of results. */
export async function* explainedEach<T>(items: () => AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items();
  } catch (error) {
    throw explain(error);
  }
}
