import type { EffectiveImage } from '@clarion/model';
import { type ReportRow, reportsMadeBy, type ReportSetting } from '@clarion/test-kit/match-facts';
import { makeReport } from '../src/make-report';
import type { ReportOptions } from '../src/report-options';

export type CaseSetting = ReportSetting<ReportOptions>;
export type CaseRow = ReportRow<ReportOptions>;
export const { reportOf, linesOf, expectRow } = reportsMadeBy<ReportOptions>(makeReport);

/** An image that says nothing about how it was built. */
export const noImage: EffectiveImage['image'] = {
  reference: 'example:latest',
  platform: { os: 'linux', architecture: 'amd64' },
  layers: [{}, {}],
};
