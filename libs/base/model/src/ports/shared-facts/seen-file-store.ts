import type { SeenFile } from '../../seen-file';

/**
 * Parts of files whose bytes were read before, by a key that changes with every change of the file (`LayerIdentity`).
 * An entry is deleted when it was not requested since the day that `StoreMaintenance.prune` is given.
 */
export interface SeenFileStore {
  seenFile(key: string): Promise<SeenFile | undefined>;
  putSeenFile(key: string, seen: SeenFile): Promise<void>;
}
