import type { MongoContext } from '../context';
import { revisedFacts } from './revised-facts';

/**
 * One step from a format to the next. It may be cut off anywhere and begin anew, and two may do it at once: what is done
 * already it must leave as it is. No Clarion of the format before may write meanwhile.
 */
export interface Migration {
  /** The format that the database has afterwards: the one before it plus 1. */
  readonly to: number;
  /** The first version of Clarion that reads that format, for whoever opens the database with an older one. */
  readonly since: string;
  readonly run: (context: MongoContext) => Promise<void>;
}

/** Every step from the first format on, a file each in this folder, in order. */
export const migrations: readonly Migration[] = [{ to: 2, since: '0.1.0', run: revisedFacts }];
