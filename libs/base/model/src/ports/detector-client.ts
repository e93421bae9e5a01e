import type { Detected, DetectorInfo } from '../contracts';
import type { WantedFile } from '../wanted-file';

/** Runs detectors over the wanted files of one layer, here or in another process. */
export interface DetectorClient {
  list(): Promise<readonly DetectorInfo[]>;
  /** One result a detector asked for; `files` holds every file that one of them wants. */
  detect(request: readonly DetectRequest[]): Promise<readonly (Detected & { readonly detector: string })[]>;
}

export interface DetectRequest {
  readonly detector: string;
  readonly files: readonly WantedFile[];
}
