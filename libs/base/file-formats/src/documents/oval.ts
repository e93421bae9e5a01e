import { ClarionError } from '@clarion/model';
import { type EncodedCriteria, OvalGraph } from './oval-graph';
import { detached, type XmlElement, xmlRecords } from './xml-stream';
import type { OvalLimits, OvalNode } from './oval-definition';

export interface OvalDefinition<Facts> {
  readonly id: string;
  /** `patch`, `vulnerability`, `inventory`, … */
  readonly class: string;
  readonly facts: Facts;
  readonly criteria: OvalNode | undefined;
  /** It has more elements or characters than any real one: its content was not read. */
  readonly tooLarge: boolean;
}

const defaults: OvalLimits = { definitions: 500_000, nodes: 10_000_000, items: 2_000_000 };

export interface OvalOptions<Facts> {
  /** Selects what to keep of a definition's `metadata`; strings must be `detached`. */
  readonly factsOf: (metadata: XmlElement | undefined, id: string) => Facts;
  readonly limits?: OvalLimits;
}

/**
 * Reads an OVAL 5 definitions document. Definitions come before the tests, objects and states that they refer to, so
 * all of them are kept until the end, in a compact form: the texts that make up most of a document are dropped as soon
 * as `factsOf` has seen them, and nothing is kept that no criterion refers to. Throws `ClarionError`: `corrupt-data`
 * when it is not OVAL or damaged, `limit-exceeded` when it is too large.
 */
export async function* ovalDefinitions<Facts>(
  body: AsyncIterable<Uint8Array>,
  options: OvalOptions<Facts>,
): AsyncGenerator<OvalDefinition<Facts>> {
  const { graph, definitions } = await collect(body, options);
  // Removed from the end one by one, so that memory of processed definitions is freed.
  definitions.reverse();
  for (let next = definitions.pop(); next !== undefined; next = definitions.pop()) {
    const { criteria, ...definition } = next;
    yield { ...definition, criteria: criteria === undefined ? undefined : graph.decode(criteria) };
  }
}

/** A definition whose criteria wait for the tests that follow it. */
type Collected<Facts> = Omit<OvalDefinition<Facts>, 'criteria'> & { readonly criteria: EncodedCriteria | undefined };

async function collect<Facts>(
  body: AsyncIterable<Uint8Array>,
  { factsOf, limits = defaults }: OvalOptions<Facts>,
): Promise<{ readonly graph: OvalGraph; readonly definitions: Collected<Facts>[] }> {
  const graph = new OvalGraph(limits);
  const definitions: Collected<Facts>[] = [];
  const records = xmlRecords(body, {
    root: 'oval_definitions',
    isRecord: (name, parent) => sections.has(parent) && name !== 'notes',
    keepTooLarge: true,
  });
  for await (const record of records) {
    if (record.name === 'definition') {
      if (definitions.length >= limits.definitions) exceeded('definitions');
      definitions.push(toDefinition(record, graph, factsOf));
    } else if (record.tooLarge === true) {
      // It stays missing, which is a problem of every definition that refers to it.
      continue;
    } else if (record.name.endsWith('_test')) graph.defineTest(record);
    else if (record.name.endsWith('_object')) graph.defineObject(record);
    else if (record.name.endsWith('_state')) graph.defineState(record);
  }
  return { graph, definitions };
}

const sections = new Set(['definitions', 'tests', 'objects', 'states']);

function toDefinition<Facts>(
  element: XmlElement,
  graph: OvalGraph,
  factsOf: OvalOptions<Facts>['factsOf'],
): Collected<Facts> {
  const id = detached(element.attributes['id'] ?? '');
  const metadata = element.children.find(({ name }) => name === 'metadata');
  const criteria = element.children.find(({ name }) => name === 'criteria');
  return {
    id,
    class: graph.text(element.attributes['class'] ?? ''),
    facts: factsOf(metadata, id),
    criteria: criteria === undefined ? undefined : graph.encode(criteria),
    tooLarge: element.tooLarge === true,
  };
}

function exceeded(what: string): never {
  throw new ClarionError('limit-exceeded', `OVAL document has too many ${what}`);
}
