import type { ReportFormat } from '@clarion/model';

/** CycloneDX 1.6: the inventory as a software bill of materials. */
export const cyclonedx: ReportFormat = {
  id: 'cyclonedx',
  title: 'CycloneDX 1.6 bill of materials (JSON)',
  mediaType: 'application/vnd.cyclonedx+json; version=1.6',
  inventory: async (inventory) => (await import('./render')).renderInventory(inventory),
};
