import type { HttpAnswer } from '@clarion/http-engine';
import type { UseCases } from '@clarion/use-cases';

/** A report as it is sent; large ones from a file. */
export function renderedReport(
  report: Awaited<ReturnType<UseCases['images']['report']>>,
  answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | readonly string[]>>;
    readonly mediaType: string;
  },
): HttpAnswer {
  if (report.file !== undefined) return { ...answer, file: report.file };
  if (report.body === undefined) throw new TypeError('A report that nobody has was not made');
  return { ...answer, encoded: report.body };
}
