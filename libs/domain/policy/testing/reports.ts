import { makeReport, type ReportOptions } from '@clarion/reporting';
import { type ReportRow, reportsMadeBy } from '@clarion/test-kit/match-facts';

export type CaseRow = ReportRow<ReportOptions>;
export const { reportOf, expectRow } = reportsMadeBy<ReportOptions>(makeReport);
