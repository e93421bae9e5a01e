import { type ReportRow, reportsMadeBy, type ReportSetting } from '@clarion/test-kit/match-facts';
import { makeReport } from '../src/make-report';
import type { ReportOptions } from '../src/report-options';

export type Setting = ReportSetting<ReportOptions>;
export type Row = ReportRow<ReportOptions>;
export const { reportOf, linesOf, expectRow } = reportsMadeBy<ReportOptions>(makeReport);
