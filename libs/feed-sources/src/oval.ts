import { ClarionError } from '@clarion/model';
import { detached, type XmlElement, xmlRecords } from './xml-stream';

/** One condition of an object or state: `evr` `less than` `0:1.2-3`. */
export interface OvalEntity {
  readonly name: string;
  /** `equals` unless the document says otherwise. */
  readonly operation: string;
  readonly value: string;
}

/** What a test looks for (object), or what must hold for it (state). */
export interface OvalItem {
  readonly id: string;
  /** Local element name: `rpminfo_state`. */
  readonly kind: string;
  readonly entities: readonly OvalEntity[];
}

export interface OvalTest {
  readonly id: string;
  /** Local element name: `rpminfo_test`. Empty: a criterion names this test, and the document does not hold it. */
  readonly kind: string;
  /** Of the test; of the first criterion that names it when the document does not hold the test. */
  readonly comment: string;
  readonly check: string;
  readonly checkExistence: string;
  readonly stateOperator: string;
  /** Undefined when the test names none, or one that the document does not hold. */
  readonly object: OvalItem | undefined;
  readonly states: readonly (OvalItem | undefined)[];
}

export interface OvalCriteria {
  readonly kind: 'criteria';
  readonly operator: string;
  readonly negate: boolean;
  readonly children: readonly OvalNode[];
}

export interface OvalCriterion {
  readonly kind: 'criterion';
  readonly negate: boolean;
  readonly test: OvalTest;
}

/** `unsupported` is what this reader has no meaning for, `extend_definition` above all. */
export type OvalNode = OvalCriteria | OvalCriterion | { readonly kind: 'unsupported'; readonly name: string };

export interface OvalDefinition<Facts> {
  readonly id: string;
  /** `patch`, `vulnerability`, `inventory`, … */
  readonly class: string;
  readonly facts: Facts;
  readonly criteria: OvalNode | undefined;
}

export interface OvalLimits {
  readonly definitions: number;
  /** Criteria and criterion elements of the whole document. */
  readonly nodes: number;
  /** Tests, objects and states that criteria lead to, each. */
  readonly items: number;
}

const defaults: OvalLimits = { definitions: 500_000, nodes: 10_000_000, items: 2_000_000 };

export interface OvalOptions<Facts> {
  /** What is kept of a definition's `metadata`; strings must be `detached`. */
  readonly factsOf: (metadata: XmlElement | undefined, id: string) => Facts;
  readonly limits?: OvalLimits;
}

/**
 * Reads an OVAL 5 definitions document. Definitions stand before the tests, objects and states that give them a
 * meaning, so all of them are held until the end, in a compact form: the texts that make up most of a document are
 * dropped as soon as `factsOf` has seen them, and what no criterion leads to is not kept. Throws `ClarionError`:
 * `corrupt-data` when it is no OVAL or damaged, `limit-exceeded` when it holds too much.
 */
export async function* ovalDefinitions<Facts>(
  body: AsyncIterable<Uint8Array>,
  options: OvalOptions<Facts>,
): AsyncGenerator<OvalDefinition<Facts>> {
  const definitions = await collect(body, options);
  // Given out from behind, so that what is done with can go.
  definitions.reverse();
  for (let next = definitions.pop(); next !== undefined; next = definitions.pop()) yield next;
}

async function collect<Facts>(
  body: AsyncIterable<Uint8Array>,
  { factsOf, limits = defaults }: OvalOptions<Facts>,
): Promise<OvalDefinition<Facts>[]> {
  const graph = new Graph(limits);
  const definitions: OvalDefinition<Facts>[] = [];
  const records = xmlRecords(body, {
    root: 'oval_definitions',
    isRecord: (name, parent) => sections.has(parent) && name !== 'notes',
  });
  for await (const record of records) {
    if (record.name === 'definition') {
      if (definitions.length >= limits.definitions) exceeded('definitions');
      definitions.push(toDefinition(record, graph, factsOf));
    } else if (record.name.endsWith('_test')) graph.defineTest(record);
    else if (record.name.endsWith('_object')) graph.define(graph.objects, record);
    else if (record.name.endsWith('_state')) graph.define(graph.states, record);
  }
  return definitions;
}

const sections = new Set(['definitions', 'tests', 'objects', 'states']);

function toDefinition<Facts>(
  element: XmlElement,
  graph: Graph,
  factsOf: OvalOptions<Facts>['factsOf'],
): OvalDefinition<Facts> {
  const id = detached(element.attributes['id'] ?? '');
  const metadata = element.children.find(({ name }) => name === 'metadata');
  const criteria = element.children.find(({ name }) => name === 'criteria');
  return {
    id,
    class: graph.text(element.attributes['class'] ?? ''),
    facts: factsOf(metadata, id),
    criteria: criteria === undefined ? undefined : toNode(criteria, graph),
  };
}

function toNode(element: XmlElement, graph: Graph): OvalNode {
  graph.countNode();
  const negate = /^(?:true|1)$/.test(element.attributes['negate'] ?? '');
  if (element.name === 'criteria') {
    const operator = graph.text(element.attributes['operator'] ?? 'AND');
    return { kind: 'criteria', operator, negate, children: element.children.map((child) => toNode(child, graph)) };
  }
  if (element.name !== 'criterion') return { kind: 'unsupported', name: graph.text(element.name) };
  const test = graph.testNamed(element.attributes['test_ref'] ?? '', element.attributes['comment'] ?? '');
  // Nearly every node is one of these, and most tests are named once an architecture.
  return negate ? { kind: 'criterion', negate, test } : test.criterion;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Item = Mutable<OvalItem>;
type Test = Mutable<Omit<OvalTest, 'states'>> & { states: Item[]; criterion: OvalCriterion };

/** What criteria lead to: slots are made where they are named and filled where they are defined. */
class Graph {
  readonly objects = new Map<string, Item>();
  readonly states = new Map<string, Item>();
  private readonly tests = new Map<string, Test>();
  private readonly texts = new Map<string, string>();
  private readonly limits: OvalLimits;
  private nodes = 0;

  constructor(limits: OvalLimits) {
    this.limits = limits;
  }

  countNode(): void {
    this.nodes += 1;
    if (this.nodes > this.limits.nodes) exceeded('criteria');
  }

  /** One copy of texts that repeat: names, versions, operations. */
  text(value: string): string {
    const known = this.texts.get(value);
    if (known !== undefined) return known;
    const copy = detached(value);
    if (this.texts.size < this.limits.items) this.texts.set(copy, copy);
    return copy;
  }

  testNamed(id: string, comment: string): Test {
    const known = this.tests.get(id);
    if (known !== undefined) return known;
    if (this.tests.size >= this.limits.items) exceeded('tests');
    const test = newTest(detached(id), detached(comment));
    this.tests.set(test.id, test);
    return test;
  }

  defineTest(element: XmlElement): void {
    const test = this.tests.get(element.attributes['id'] ?? '');
    // The schema demands that ids are unique; of two equal ones the first counts.
    if (test?.kind !== '') return;
    test.kind = this.text(element.name);
    test.comment = '';
    test.check = this.text(element.attributes['check'] ?? '');
    test.checkExistence = this.text(element.attributes['check_existence'] ?? 'at_least_one_exists');
    test.stateOperator = this.text(element.attributes['state_operator'] ?? 'AND');
    for (const { name, attributes } of element.children) {
      if (name === 'object') test.object = this.slot(this.objects, attributes['object_ref'] ?? '');
      if (name === 'state') test.states.push(this.slot(this.states, attributes['state_ref'] ?? ''));
    }
  }

  define(items: ReadonlyMap<string, Item>, element: XmlElement): void {
    const item = items.get(element.attributes['id'] ?? '');
    if (item?.kind !== '') return;
    item.kind = this.text(element.name);
    item.entities = element.children.map(({ name, attributes, text }) => ({
      name: this.text(name),
      operation: this.text(attributes['operation'] ?? 'equals'),
      value: this.text(text.trim()),
    }));
  }

  private slot(items: Map<string, Item>, id: string): Item {
    const known = items.get(id);
    if (known !== undefined) return known;
    if (items.size >= this.limits.items) exceeded('objects or states');
    const item: Item = { id: detached(id), kind: '', entities: [] };
    items.set(item.id, item);
    return item;
  }
}

function newTest(id: string, comment: string): Test {
  const test: Omit<Test, 'criterion'> = {
    id,
    kind: '',
    comment,
    check: '',
    checkExistence: '',
    stateOperator: 'AND',
    object: undefined,
    states: [],
  };
  return Object.assign(test, { criterion: { kind: 'criterion' as const, negate: false, test } });
}

function exceeded(what: string): never {
  throw new ClarionError('limit-exceeded', `OVAL document has too many ${what}`);
}
