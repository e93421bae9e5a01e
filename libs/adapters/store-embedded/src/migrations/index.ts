import { featuresInPieces } from './features-in-pieces';
import { logOfChanges } from './log-of-changes';
import type { StoreMigration } from './migration';

/** The oldest format that can be migrated, and what reads it. */
export const oldestFormat = { format: 4, since: '0.1.0' } as const;

/**
 * All steps since the oldest format, one file each in this folder, in order. A change of the stored record format adds
 * a step here; the last one defines the format that this build writes.
 */
export const migrations: readonly StoreMigration[] = [featuresInPieces, logOfChanges];
