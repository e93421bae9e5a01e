import type { DetectorClient } from '../../../libs/base/model/src';

export interface OpenedDetectors {
  readonly client: DetectorClient;
  readonly close: () => void;
}
