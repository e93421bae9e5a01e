import type { ReportFormat } from '@clarion/model';

/** Text for people: what was found, what can be fixed, and what is not covered. */
export const table: ReportFormat = {
  id: 'table',
  title: 'table for people',
  mediaType: 'text/plain; charset=utf-8',
  report: async (report, style) => [(await import('./render-report')).renderReport(report, style)],
  inventory: async (inventory, style) => [(await import('./render-inventory')).renderInventory(inventory, style)],
};
