import { ClarionError } from '@clarion/model';
import { mediaTypes, sbomFormats, sentTypes } from './media-types';
import { parseMediaType } from './parse-media-type';

/** What a caller polls for. */
export type ReportKind =
  /** A report of vulnerabilities, and its type as it is sent. */
  | { readonly kind: 'vulnerabilities'; readonly mediaType: string }
  | { readonly kind: 'raw' }
  /** An SBOM: the asked media type, and the report format that makes it. */
  | { readonly kind: 'sbom'; readonly mediaType: string; readonly format: string };

type KindName = 'report' | 'legacyReport' | 'rawReport' | 'sbomReport';

/** Versions of each type that are served; the parameter may be left out. */
const versions: Readonly<Record<KindName, readonly string[]>> = {
  report: ['1.1'],
  legacyReport: ['1.0'],
  rawReport: ['1.0'],
  sbomReport: ['1.0'],
};

const anyType = new Set(['*/*', 'application/*', 'application/json']);
const mostTypes = 20;

/**
 * The kind of report that a poll asks for. Throws `unsupported` for types that are not made, and `invalid-input` for an
 * SBOM without a format that is made.
 */
export function reportKind(accept: string | undefined, sbomMediaType: string | undefined): ReportKind {
  const asked = (accept ?? '*/*').split(',', mostTypes).flatMap((one) => kindNameOf(one) ?? []);
  const [first] = asked;
  switch (first) {
    case undefined:
      throw new ClarionError('unsupported', 'No report of the types in Accept is made', {
        remedy: `there are ${[sentTypes.report, sentTypes.legacyReport, sentTypes.rawReport, sentTypes.sbomReport].join(', ')}`,
      });
    case 'rawReport':
      return { kind: 'raw' };
    case 'sbomReport':
      return sbomKind(sbomMediaType);
    default:
      return { kind: 'vulnerabilities', mediaType: sentTypes[first] };
  }
}

function kindNameOf(text: string): KindName | undefined {
  const parsed = parseMediaType(text);
  if (parsed === undefined) return undefined;
  if (anyType.has(parsed.type)) return 'report';
  const name = (Object.keys(versions) as KindName[]).find((one) => mediaTypes[one] === parsed.type);
  const { version } = parsed.parameters;
  if (name === undefined) return undefined;
  return version === undefined || versions[name].includes(version) ? name : undefined;
}

function sbomKind(asked: string | undefined): ReportKind {
  const format = asked !== undefined && Object.hasOwn(sbomFormats, asked) ? sbomFormats[asked] : undefined;
  if (asked === undefined || format === undefined) {
    const what = asked === undefined ? 'sbom_media_type is missing' : 'No SBOM of this sbom_media_type is made';
    throw new ClarionError('invalid-input', what, { remedy: `there is ${Object.keys(sbomFormats).join(' or ')}` });
  }
  return { kind: 'sbom', mediaType: asked, format };
}
