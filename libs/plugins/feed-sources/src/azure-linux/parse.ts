import {
  alternativesOf,
  childOf,
  childText,
  detached,
  type OvalDefinition,
  ovalDefinitions,
  type OvalTest,
  rangeOf,
  readRpmTest,
  UnsupportedCriteria,
  type XmlElement,
} from '@clarion/file-formats/documents';
import {
  type Advisory,
  ClarionError,
  type FeedDocument,
  type FeedRecord,
  type Severity,
  type VersionRange,
} from '@clarion/model';
import { namespaceOf } from './documents';

/** Reads the OVAL of one release; the release is only in the document's name. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const namespace = namespaceOf(document.name);
  if (namespace === undefined) throw new ClarionError('corrupt-data', `Document ${document.name} is of no release`);
  for await (const definition of ovalDefinitions(document.body, { factsOf })) {
    const record = definition.facts.id ?? definition.id.slice(0, 100);
    if (definition.tooLarge) {
      yield { kind: 'problem', record, message: 'Definition is too large to be read' };
      continue;
    }
    for (const found of rowsOf(definition)) {
      if (typeof found === 'string') {
        yield { kind: 'problem', record, message: found };
        continue;
      }
      const group = {
        namespace,
        package: found.package,
        feed: 'azure-linux',
        document: document.name,
        nameKind: 'source',
        scheme: 'rpm',
        // Every version here has epoch 0, and source packages are listed without their epoch.
        epochs: 'auto',
        advisories: [found.advisory],
      } as const;
      yield { kind: 'group', group };
    }
  }
}

interface Facts {
  /** The CVE; undefined when the definition names no CVE. */
  readonly id: string | undefined;
  readonly advisory: string | undefined;
  readonly published: string | undefined;
  /** The severity as the feed writes it. */
  readonly severity: string | undefined;
  /** `true`, `false` or `not applicable`. */
  readonly patchable: string;
}

function factsOf(metadata: XmlElement | undefined): Facts {
  const kept = (name: string): string | undefined => {
    const text = childText(metadata, name);
    return text === undefined ? undefined : detached(text.slice(0, 100));
  };
  const id = childOf(metadata, 'reference')?.attributes['ref_id']?.trim() ?? '';
  const published = kept('advisory_date');
  return {
    id: /^[A-Z]{2,10}-[A-Za-z0-9-]{3,40}$/.test(id) ? detached(id) : undefined,
    advisory: kept('advisory_id'),
    published: /^\d{4}-\d\d-\d\d(?:T[\d:.]{8,20}Z)?$/.test(published ?? '') ? published : undefined,
    severity: kept('severity'),
    patchable: kept('patchable')?.toLowerCase() ?? '',
  };
}

interface Row {
  readonly package: string;
  readonly advisory: Advisory;
}

/** One row for each package in a definition, or the reason why it has none. */
function rowsOf({ facts, criteria }: OvalDefinition<Facts>): readonly (Row | string)[] {
  const { id } = facts;
  if (id === undefined) return ['Definition names no vulnerability'];
  if (criteria === undefined) return ['Definition without criteria'];
  try {
    return alternativesOf(criteria, readCondition).map((conditions) => {
      const [condition, ...others] = conditions;
      if (condition === undefined || others.length > 0) return 'Criteria are not about one package';
      return typeof condition === 'string' ? condition : toRow(id, facts, condition);
    });
  } catch (error) {
    if (error instanceof UnsupportedCriteria) return [`Criteria not understood: ${error.message}`];
    throw error;
  }
}

interface Condition {
  readonly package: string;
  readonly range: VersionRange;
}

/** Comments contain versions without the release tag, so a missing test cannot be replaced by its comment. */
function readCondition(test: OvalTest): Condition | string {
  const rpm = readRpmTest(test);
  if (typeof rpm === 'string') return `${rpm.slice(0, 1).toUpperCase()}${rpm.slice(1)}`;
  if (rpm.evr === undefined || rpm.arch !== undefined || rpm.version !== undefined) {
    return `Test ${test.id} is not about versions alone`;
  }
  const range = rangeOf(rpm.evr);
  return typeof range === 'string' ? `Test ${test.id}: ${range}` : { package: rpm.package, range };
}

const severityOf: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'Critical'],
  ['high', 'High'],
  ['important', 'High'],
  ['medium', 'Medium'],
  ['moderate', 'Medium'],
  ['low', 'Low'],
]);

function toRow(id: string, facts: Facts, condition: Condition): Row {
  const severity = facts.severity === undefined ? undefined : severityOf.get(facts.severity.toLowerCase());
  const advisory = {
    id,
    ...(facts.advisory === undefined ? {} : { advisory: facts.advisory }),
    ...stateOf(facts.patchable, condition.range),
    ...(severity === undefined ? {} : { severity }),
    ...(facts.severity === undefined ? {} : { vendorSeverity: facts.severity }),
    ...(facts.published === undefined ? {} : { published: facts.published }),
  };
  return { package: condition.package, advisory };
}

/**
 * `patchable` decides: `Not Applicable` means "no longer is or was never applicable", for any version; `false` means
 * "no patch is available currently", up to the version that was examined.
 */
function stateOf(patchable: string, range: VersionRange): Pick<Advisory, 'state' | 'ranges' | 'reason'> {
  if (patchable === 'not applicable') return { state: 'not_affected', reason: 'patchable: Not Applicable' };
  if (patchable !== 'false' && range.fixed !== undefined) return { state: 'fixed', ranges: [range] };
  const open = range.fixed === undefined ? range : { limit: range.fixed };
  const reason = patchable === 'false' ? { reason: 'no patch is available currently' } : {};
  return { state: 'affected', ranges: [open], ...reason };
}
