import { featuresInPieces } from './features-in-pieces';
import type { Migration } from './migration';

/** The oldest format that can be migrated, and what reads it. */
export const oldestFormat = { format: 4, since: '0.1.0' } as const;

/**
 * Every step from the oldest format on, a file each in this folder, in order. Whoever changes the shape of stored records
 * adds one here; the last of them says which format this build writes.
 */
export const migrations: readonly Migration[] = [featuresInPieces];
