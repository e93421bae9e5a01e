import { type OvalDefinition, ovalDefinitions } from '@clarion/file-formats/documents';
import type { Advisory, AdvisoryGroup, FeedDocument, FeedRecord, VulnerabilityRecord } from '@clarion/model';
import { type ElsaFacts, factsOf, severityOf } from './facts';
import { type ElsaRow, rowsOf } from './rows';

/**
 * Reads `com.oracle.elsa-all.xml`. The groups of each erratum are available when the states at the end of the document
 * are read.
 */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const texts = new Map<string, VulnerabilityRecord>();
  const definitions = ovalDefinitions(document.body, { factsOf: (metadata) => factsOf(metadata, texts) });
  for await (const definition of definitions) yield* parseDefinition(definition, document.name);
  for (const text of texts.values()) yield { kind: 'vulnerability', text };
}

function* parseDefinition(definition: OvalDefinition<ElsaFacts>, document: string): Generator<FeedRecord> {
  const { facts } = definition;
  const { elsa } = facts;
  if (definition.tooLarge) {
    yield { kind: 'problem', record: definition.id.slice(0, 100), message: 'Definition is too large to be read' };
    return;
  }
  if (elsa === undefined || definition.class !== 'patch') {
    const message = elsa === undefined ? 'Definition names no erratum' : `Definition of class "${definition.class}"`;
    yield { kind: 'problem', record: definition.id.slice(0, 100), message: message.slice(0, 200) };
    return;
  }
  const { rows, problems } = rowsOf(definition.criteria, facts.majors);
  for (const message of [...facts.problems, ...problems]) yield { kind: 'problem', record: elsa, message };
  if (rows.length > 0 && facts.cves.length === 0) yield { kind: 'vulnerability', text: textOf(elsa, facts) };
  const packages = new Map<string, ElsaRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.major, row.package]);
    const known = packages.get(key);
    if (known === undefined) packages.set(key, [row]);
    else known.push(row);
  }
  for (const [first, ...others] of packages.values()) {
    if (first === undefined) continue;
    const advisories = [first, ...others].flatMap((row) => advisoriesOf(row, elsa, facts));
    yield { kind: 'group', group: groupOf(first, document, advisories) };
  }
}

function groupOf(row: ElsaRow, document: string, advisories: readonly Advisory[]): AdvisoryGroup {
  return {
    namespace: `oracle:${row.major}`,
    package: row.package,
    feed: 'oracle-oval',
    document,
    nameKind: 'binary',
    scheme: 'rpm',
    advisories,
  };
}

/** An erratum that names no CVE is itself a vulnerability. */
function advisoriesOf(row: ElsaRow, elsa: string, { cves, vendorSeverity, issued }: ElsaFacts): Advisory[] {
  const severity = vendorSeverity === undefined ? undefined : severityOf.get(vendorSeverity.toUpperCase());
  const scope = {
    ...(row.architectures.length === 0 ? {} : { architectures: row.architectures }),
    ...(row.module === undefined ? {} : { module: row.module }),
    ...(row.flavour === undefined ? {} : { flavour: row.flavour }),
  };
  return (cves.length === 0 ? [elsa] : cves).map((id) => ({
    id,
    advisory: elsa,
    state: 'fixed',
    ranges: [row.range],
    ...(severity === undefined ? {} : { severity }),
    ...(vendorSeverity === undefined ? {} : { vendorSeverity }),
    ...(issued === undefined ? {} : { published: issued }),
    ...(Object.keys(scope).length === 0 ? {} : { scope }),
  }));
}

function textOf(elsa: string, { title, issued }: ElsaFacts): VulnerabilityRecord {
  return {
    feed: 'oracle-oval',
    id: elsa,
    ...(title === undefined ? {} : { description: title }),
    ...(issued === undefined ? {} : { published: issued }),
    links: [`https://linux.oracle.com/errata/${elsa}.html`],
  };
}
