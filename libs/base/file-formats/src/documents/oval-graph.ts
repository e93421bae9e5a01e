import { ClarionError } from '@clarion/model';
import type { OvalItem, OvalLimits, OvalNode, OvalTest } from './oval-definition';
import { detached, type XmlElement } from './xml-stream';

/** The criteria of one definition as numbers: its nodes in document order, see `OvalGraph.encode`. */
export type EncodedCriteria = Int32Array;

/** First number of a node that is not a criterion; those of criteria are `test * 2 + negate` and never negative. */
const criteria = -1;
const negatedCriteria = -2;
const unsupported = -3;

/**
 * What the criteria of a document refer to. Hundreds of thousands of tests, objects and states must be kept until the
 * end of the document, so everything is stored as numbers in columns and every string once; objects are created from
 * them for one definition at a time.
 */
export class OvalGraph {
  private readonly texts = new Names();
  private readonly tests = new Tests();
  private readonly objects = new Items();
  private readonly states = new Items();
  private readonly limits: OvalLimits;
  private nodes = 0;

  constructor(limits: OvalLimits) {
    this.limits = limits;
  }

  /** One copy of strings that repeat: names, versions, operations. */
  text(value: string): string {
    return this.texts.at(this.texts.add(value));
  }

  /** Takes the criteria of a definition and records the tests they name. */
  encode(element: XmlElement): EncodedCriteria {
    const code: number[] = [];
    this.encodeNode(element, code);
    return Int32Array.from(code);
  }

  private encodeNode(element: XmlElement, code: number[]): void {
    this.nodes += 1;
    if (this.nodes > this.limits.nodes) exceeded('criteria');
    const { name, attributes, children } = element;
    const negate = /^(?:true|1)$/.test(attributes['negate'] ?? '');
    if (name === 'criteria') {
      const operator = this.texts.add(attributes['operator'] ?? 'AND');
      code.push(negate ? negatedCriteria : criteria, operator, children.length);
      for (const child of children) this.encodeNode(child, code);
    } else if (name === 'criterion') {
      const test = this.testNamed(attributes['test_ref'] ?? '', attributes['comment'] ?? '');
      code.push(test * 2 + (negate ? 1 : 0));
    } else code.push(unsupported, this.texts.add(name));
  }

  private testNamed(id: string, comment: string): number {
    const known = this.tests.ids.find(id);
    if (known !== undefined) return known;
    if (this.tests.ids.size >= this.limits.items) exceeded('tests');
    return this.tests.add(id, comment);
  }

  /** Defines a test, if a criterion names it. The schema requires unique ids; otherwise the first one counts. */
  defineTest({ name, attributes, children }: XmlElement): void {
    const test = this.tests.ids.find(attributes['id'] ?? '');
    if (test === undefined || this.tests.isDefined(test)) return;
    const texts = [
      name,
      attributes['check'] ?? '',
      attributes['check_existence'] ?? 'at_least_one_exists',
      attributes['state_operator'] ?? 'AND',
    ].map((text) => this.texts.add(text));
    const states: number[] = [];
    let object: number | undefined;
    for (const { name: child, attributes: of } of children) {
      if (child === 'object') object = this.itemNamed(this.objects, of['object_ref'] ?? '');
      if (child === 'state') states.push(this.itemNamed(this.states, of['state_ref'] ?? ''));
    }
    this.tests.define(test, { texts, object, states });
  }

  private itemNamed(items: Items, id: string): number {
    const known = items.ids.find(id);
    if (known !== undefined) return known;
    if (items.ids.size >= this.limits.items) exceeded('objects or states');
    return items.ids.add(id);
  }

  /** Defines an object, if a test names it. */
  defineObject(element: XmlElement): void {
    this.define(this.objects, element);
  }

  /** Defines a state, if a test names it. */
  defineState(element: XmlElement): void {
    this.define(this.states, element);
  }

  private define(items: Items, { name, attributes, children }: XmlElement): void {
    const item = items.ids.find(attributes['id'] ?? '');
    if (item === undefined || items.contents.has(item)) return;
    const entities = children.flatMap((child) => [
      this.texts.add(child.name),
      this.texts.add(child.attributes['operation'] ?? 'equals'),
      this.texts.add(child.text.trim()),
    ]);
    items.contents.put(item, [this.texts.add(name), ...entities]);
  }

  /** The criteria that `encode` took, with everything they refer to. */
  decode(code: EncodedCriteria): OvalNode {
    return this.decodeNode({ code, at: 0 });
  }

  private decodeNode(from: { readonly code: EncodedCriteria; at: number }): OvalNode {
    const next = (): number => from.code[from.at++] ?? 0;
    const first = next();
    if (first >= 0) return { kind: 'criterion', negate: first % 2 === 1, test: this.testAt(first >>> 1) };
    if (first === unsupported) return { kind: 'unsupported', name: this.texts.at(next()) };
    const operator = this.texts.at(next());
    const children = Array.from({ length: next() }, () => this.decodeNode(from));
    return { kind: 'criteria', operator, negate: first === negatedCriteria, children };
  }

  private testAt(test: number): OvalTest {
    const { ids, comments } = this.tests;
    const { texts, object, states } = this.tests.meaningOf(test);
    const [kind = '', check = '', checkExistence = '', stateOperator = 'AND'] = texts.map((text) =>
      this.texts.at(text),
    );
    return {
      id: ids.at(test),
      kind,
      comment: comments.get(test) ?? '',
      check,
      checkExistence,
      stateOperator,
      object: object === undefined ? undefined : this.itemAt(this.objects, object),
      states: states.map((state) => this.itemAt(this.states, state)),
    };
  }

  private itemAt({ ids, contents }: Items, item: number): OvalItem {
    const [kind, ...parts] = contents.get(item).map((text) => this.texts.at(text));
    const entities = Array.from({ length: parts.length / 3 }, (_, index) => {
      const [name = '', operation = '', value = ''] = parts.slice(3 * index, 3 * index + 3);
      return { name, operation, value };
    });
    return { id: ids.at(item), kind: kind ?? '', entities };
  }
}

/** Strings by number, each once. */
class Names {
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [];

  get size(): number {
    return this.texts.length;
  }

  find(text: string): number | undefined {
    return this.numbers.get(text);
  }

  add(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const copy = detached(text);
    this.numbers.set(copy, this.texts.length);
    return this.texts.push(copy) - 1;
  }

  at(index: number): string {
    return this.texts[index] ?? '';
  }
}

/** Lists of numbers by index, all in one list: each is written once. */
class NumberLists {
  private readonly starts: (number | undefined)[] = [];
  private readonly numbers: number[] = [];

  has(index: number): boolean {
    return this.starts[index] !== undefined;
  }

  put(index: number, list: readonly number[]): void {
    // Without holes: a sparse array may become a hash table, which takes several times the memory.
    while (this.starts.length <= index) this.starts.push(undefined);
    this.starts[index] = this.numbers.length;
    this.numbers.push(list.length);
    for (const number of list) this.numbers.push(number);
  }

  get(index: number): readonly number[] {
    const start = this.starts[index];
    return start === undefined ? [] : this.numbers.slice(start + 1, start + 1 + (this.numbers[start] ?? 0));
  }
}

/** Objects or states; `contents` is the kind, then name, operation and value of each entity, as numbers of strings. */
class Items {
  readonly ids = new Names();
  readonly contents = new NumberLists();
}

interface Meaning {
  /** Kind, check, check of existence, operator of states. */
  readonly texts: readonly number[];
  readonly object: number | undefined;
  readonly states: readonly number[];
}

const noObject = -1;

/** Tests; most documents use few combinations of kind and checks, so each combination has a number: its form. */
class Tests {
  readonly ids = new Names();
  /** Of tests that are not defined yet. */
  readonly comments = new Map<number, string>();
  /** Form, object, states. */
  private readonly meanings = new NumberLists();
  private readonly formNumbers = new Map<string, number>();
  private readonly forms: (readonly number[])[] = [];

  add(id: string, comment: string): number {
    const test = this.ids.add(id);
    this.comments.set(test, detached(comment));
    return test;
  }

  isDefined(test: number): boolean {
    return this.meanings.has(test);
  }

  define(test: number, { texts, object, states }: Meaning): void {
    const key = texts.join(' ');
    const form = this.formNumbers.get(key) ?? this.forms.push(texts) - 1;
    this.formNumbers.set(key, form);
    this.meanings.put(test, [form, object ?? noObject, ...states]);
    this.comments.delete(test);
  }

  meaningOf(test: number): Meaning {
    const [form = -1, object = noObject, ...states] = this.meanings.get(test);
    return { texts: this.forms[form] ?? [], object: object === noObject ? undefined : object, states };
  }
}

function exceeded(what: string): never {
  throw new ClarionError('limit-exceeded', `OVAL document has too many ${what}`);
}
