import type { ReportFormat } from '@clarion/model';

/** The native report and inventory: what programs read. `docs/schemas/report-v1.json` is the promise. */
export const json: ReportFormat = {
  id: 'json',
  title: 'native report of Clarion (JSON)',
  mediaType: 'application/json',
  report: async (report) => (await import('./render')).renderReport(report),
  inventory: async (inventory) => (await import('./render')).renderInventory(inventory),
};
