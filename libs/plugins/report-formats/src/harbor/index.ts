import type { ReportFormat } from '@clarion/model';

/** The vulnerability report of Harbor's scanner adapters. */
export const harbor: ReportFormat = {
  id: 'harbor',
  title: 'vulnerability report of Harbor scanner adapters 1.1 (JSON)',
  mediaType: 'application/vnd.security.vulnerability.report; version=1.1',
  report: async (report) => (await import('./render')).renderReport(report),
};
