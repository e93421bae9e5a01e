import type { ReportFormat } from '@clarion/model';

/** Both reports of Clair v4, by what they contain besides packages and vulnerabilities. */
export const clairFormatIds = {
  index: 'clair-v4-index',
  report: 'clair-v4-report',
  /** Also with the scores of EPSS and the known exploits of KEV. */
  reportWithScores: 'clair-v4-report-scores',
} as const;

const indexType = 'application/vnd.clair.index_report.v1+json';
const reportType = 'application/vnd.clair.vulnerability_report.v1+json';

/** The reports of Clair v4, as formats: large ones are made in other processes, and all are kept by their tags. */
export const clairFormats: readonly ReportFormat[] = [
  {
    id: clairFormatIds.index,
    title: 'index report of Clair v4',
    mediaType: indexType,
    inventory: async (inventory) => (await import('./render-reports')).renderIndexReport(inventory),
  },
  {
    id: clairFormatIds.report,
    title: 'vulnerability report of Clair v4',
    mediaType: reportType,
    report: async (report) => (await import('./render-reports')).renderVulnerabilityReport(report, false),
  },
  {
    id: clairFormatIds.reportWithScores,
    title: 'vulnerability report of Clair v4, with EPSS and KEV',
    mediaType: reportType,
    report: async (report) => (await import('./render-reports')).renderVulnerabilityReport(report, true),
  },
];
