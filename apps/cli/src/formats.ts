import { ClarionError, type ReportFormat } from '@clarion/model';
import { reportFormats } from '@clarion/report-formats';

function unknownFormat(id: string, usable: readonly ReportFormat[]): ClarionError {
  return new ClarionError('invalid-input', `There is no format "${id}" for this command`, {
    remedy: `known: ${usable.map((format) => format.id).join(', ')}`,
  });
}

/** The report format named `id`. Throws `invalid-input` with the known ones. */
export function reportFormat(id: string): NonNullable<ReportFormat['report']> {
  const render = reportFormats.find((format) => format.id === id)?.report;
  if (render !== undefined) return render;
  throw unknownFormat(
    id,
    reportFormats.filter((format) => format.report !== undefined),
  );
}

/** The inventory format named `id`. Throws `invalid-input` with the known ones. */
export function inventoryFormat(id: string): NonNullable<ReportFormat['inventory']> {
  const render = reportFormats.find((format) => format.id === id)?.inventory;
  if (render !== undefined) return render;
  throw unknownFormat(
    id,
    reportFormats.filter((format) => format.inventory !== undefined),
  );
}
