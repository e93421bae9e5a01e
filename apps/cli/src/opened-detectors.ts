import type { DetectorClient } from '@clarion/model';

export interface OpenedDetectors {
  readonly client: DetectorClient;
  readonly close: () => void;
}
