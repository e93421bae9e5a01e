import type { DetectedFacts, DetectorInfo } from '../contracts';
import type { WantedFile } from '../wanted-file';

/** Runs detectors over the files of one layer that match their filters, here or in another process. */
export interface DetectorClient {
  list(): Promise<readonly DetectorInfo[]>;
  /** One result for each requested detector; `files` has every file that one of them matches. */
  detect(request: readonly DetectRequest[]): Promise<readonly (DetectedFacts & { readonly detector: string })[]>;
}

export interface DetectRequest {
  readonly detector: string;
  readonly files: readonly WantedFile[];
}
