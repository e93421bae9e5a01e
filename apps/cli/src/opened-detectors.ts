import type { DetectorClient } from '@clarion/detector-client';

export interface OpenedDetectors {
  readonly client: DetectorClient;
  readonly close: () => void;
}
