import type { ReportFormat } from '@clarion/model';

/** Text for people: what was found, what could be fixed, and what could not be told. */
export const table: ReportFormat = {
  id: 'table',
  title: 'table for people',
  mediaType: 'text/plain; charset=utf-8',
  report: async (report, style) => [(await import('./render-report')).renderReport(report, style)],
  inventory: async (inventory, style) => [(await import('./render-inventory')).renderInventory(inventory, style)],
};
