import type { HttpAnswer } from '@clarion/http-engine';
import type { AskOptions, ReportFile } from '@clarion/use-cases';
import type { HarborServices } from './harbor-services';
import { sentTypes } from './media-types';
import { scannerOf } from './metadata';
import type { ReportKind } from './report-kind';
import { scanFailed } from './scan-failed';
import type { Scan } from './scan-id';
import { splitHead } from './split-head';

/** The report of an indexed image, of the asked kind. Throws the errors of `ImageUseCases.report`. */
export async function reportAnswer(
  scan: Scan,
  kind: ReportKind,
  { services, asking }: { readonly services: HarborServices; readonly asking: AskOptions },
): Promise<HttpAnswer> {
  const format = kind.kind === 'vulnerabilities' ? 'harbor' : kind.kind === 'raw' ? 'json' : kind.format;
  const { body, file } = await services.useCases.images.report(scan.artifact.digest, { ...asking, format });
  const report = file ?? (body && { ...body, close: () => Promise.resolve() });
  if (report === undefined) throw new TypeError('Only a caller that has the report gets none');
  try {
    switch (kind.kind) {
      case 'vulnerabilities':
        return await vulnerabilitiesAnswer(report, { scan, services, mediaType: kind.mediaType });
      case 'raw':
        return { status: 200, file: report, mediaType: sentTypes.rawReport };
      case 'sbom': {
        const members = { ...membersOf(scan, services), vendor_attributes: {}, media_type: kind.mediaType };
        const start = `${JSON.stringify(members).slice(0, -1)},"sbom":`;
        return { status: 200, file: enclosed(report, start, '}'), mediaType: sentTypes.sbomReport };
      }
    }
  } catch (error) {
    await report.close();
    throw error;
  }
}

/** What the registry asked about, instead of what the report says of it. */
function membersOf({ artifact }: Scan, { version, now }: HarborServices): object {
  return { generated_at: now().toISOString(), artifact, scanner: scannerOf(version) };
}

interface AnswerContext {
  readonly scan: Scan;
  readonly services: HarborServices;
  readonly mediaType: string;
}

async function vulnerabilitiesAnswer(
  report: ReportFile,
  { scan, services, mediaType }: AnswerContext,
): Promise<HttpAnswer> {
  const { head, rest, restBytes } = await splitHead(report, 'vulnerabilities');
  const { severity, vendor_attributes: attributes } = head as {
    readonly severity: string;
    readonly vendor_attributes: { readonly unsupported?: readonly string[] };
  };
  const { unsupported = [] } = attributes;
  if (severity === 'None' && unsupported.length > 0 && services.unsupported === 'fail') {
    await report.close();
    return scanFailed(`Without vulnerabilities, this image is not known to have none: ${unsupported.join('; ')}`);
  }
  const members = { ...membersOf(scan, services), severity, vendor_attributes: attributes };
  const start = `${JSON.stringify(members).slice(0, -1)},`;
  const file = enclosed({ bytes: restBytes, content: () => rest, close: report.close }, start);
  return { status: 200, file, mediaType };
}

/** A report with text around it. */
function enclosed({ bytes, content, close }: ReportFile, start: string, end = ''): ReportFile {
  const [before, after] = [Buffer.from(start), Buffer.from(end)];
  return {
    bytes: before.length + bytes + after.length,
    async *content() {
      yield before;
      yield* content();
      if (after.length > 0) yield after;
    },
    close,
  };
}
