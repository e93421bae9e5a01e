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
  remedy: 'Check that the server runs and that its address is right',
};
const notAllowed: Explanation = {
  code: 'unauthorized',
  what: 'MongoDB refuses this account',
  remedy: 'Check user, password and authSource of the connection string, and the role readWrite on the database',
};
const full: Explanation = {
  code: 'storage-unavailable',
  what: 'The disk of MongoDB is full or takes no more',
  remedy: 'Free space there and try again',
};
const refused: Explanation = { code: 'unsupported', what: 'MongoDB refuses this' };

/** By error code: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml. */
const byCode: ReadonlyMap<unknown, Explanation> = new Map<unknown, Explanation>([
  // Atlas' word for whatever it refuses: its message says what.
  [8000, notAllowed],
  [13, notAllowed],
  [18, notAllowed],
  // OutOfDiskSpace; FileStreamFailed, FileRenameFailed, FileNotOpen and CannotCreateCollection end up in the catch-all.
  [14031, full],
  // An account, sharding or a validator that somebody else set up stands against it: another try changes nothing.
  ...[20, 61, 67, 72, 73, 85, 86, 121, 303].map((code) => [code, refused] as const),
  // ExceededMemoryLimit of a sort or group; a document beyond 16 MB.
  [292, { code: 'limit-exceeded', what: 'MongoDB has too little memory for this' }],
  [17_419, { code: 'limit-exceeded', what: 'a record is larger than MongoDB takes' }],
  [10334, { code: 'limit-exceeded', what: 'a record is larger than MongoDB takes' }],
  [
    59,
    { code: 'unsupported', what: 'this server lacks a command that Clarion needs', remedy: 'Use MongoDB 6 or later' },
  ],
]);

/** Whether a write met a document that is there already (or an upsert one that its filter leaves out). */
export function isDuplicateKey(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 11_000;
}

/**
 * An error of the driver in words that say what to do: `upstream-unavailable`, the one that may pass by itself, for
 * network, timeouts, elections and all that the server does not explain better.
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
  // Not primary, in recovery, shutting down, write concern not met in time, and everything that is not in the table.
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
