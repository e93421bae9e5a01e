import type { SeenFile } from '../../seen-file';

/**
 * Parts of files whose bytes were read before, by a key that is another one after every change of the file
 * (`LayerIdentity`). Each is forgotten when it was not asked for since the day that `StoreMaintenance.prune` is given.
 */
export interface SeenFileStore {
  seenFile(key: string): Promise<SeenFile | undefined>;
  putSeenFile(key: string, seen: SeenFile): Promise<void>;
}
