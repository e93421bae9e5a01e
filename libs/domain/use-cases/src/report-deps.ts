import type { UseCaseContext } from './context';

/** What a report is made from. */
export type ReportDeps = Pick<
  UseCaseContext,
  'store' | 'detectors' | 'feeds' | 'ownVulnerabilities' | 'formats' | 'clarionVersion' | 'now' | 'maxFeedAgeMinutes'
>;
