import type { FeedState, PlacedFeature } from '@clarion/model';
import { deb, factsOf, imageOf, loadedAt, options, stateOf } from '@clarion/test-kit/match-facts';
import { makeReport } from '../src/make-report';
import type { ReportOptions } from '../src/report-options';

export const debian = stateOf('debian-security-tracker', ['debian:11', 'debian:12']);
export const alpine = stateOf('alpine-secdb', ['alpine:v3.20']);
export const neverLoaded: FeedState = {
  feed: 'debian-security-tracker',
  parserVersion: 1,
  documents: {},
  lastAttempt: loadedAt,
  lastError: 'unreachable',
  groups: 0,
  statements: 0,
  problems: 0,
  problemSamples: [],
};

export interface CoverageCase {
  readonly features?: readonly PlacedFeature[];
  readonly states?: readonly FeedState[];
  readonly image?: Parameters<typeof imageOf>[1];
  readonly options?: Partial<ReportOptions>;
}

/** The coverage of a report about one package of Debian 12, with loaded feeds, unless stated otherwise. */
export async function coverageOf(of: CoverageCase): Promise<Awaited<ReturnType<typeof makeReport>>['coverage']> {
  const facts = factsOf([], { states: of.states ?? [debian, alpine] });
  const report = await makeReport(imageOf(of.features ?? [deb('a', '1')], of.image), facts, {
    ...options,
    ...of.options,
  });
  return report.coverage;
}
