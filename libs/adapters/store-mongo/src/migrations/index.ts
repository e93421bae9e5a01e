import type { MongoContext } from '../context';
import { logOfChanges } from './log-of-changes';
import { revisedFacts } from './revised-facts';

/**
 * One step from a format to the next. It may be interrupted anywhere and start again, and two processes may run it at
 * once: it must not change what is already migrated. No Clarion of the previous format may write in the meantime.
 */
export interface StoreMigration {
  /** The format that the database has afterwards: the one before it plus 1. */
  readonly to: number;
  /** The first version of Clarion that reads that format, for the error message of older versions. */
  readonly since: string;
  readonly run: (context: MongoContext) => Promise<void>;
}

/** Every step from the first format on, a file each in this folder, in order. */
export const migrations: readonly StoreMigration[] = [
  { to: 2, since: '0.1.0', run: revisedFacts },
  { to: 3, since: '0.2.0', run: logOfChanges },
];
