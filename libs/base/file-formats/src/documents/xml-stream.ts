import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';
import { ClarionError } from '@clarion/model';

/** An element with all its content. Names are without namespace prefix. */
export interface XmlElement {
  readonly name: string;
  /** Attributes by their name as written; without prototype. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly children: readonly XmlElement[];
  /** Character data directly inside, comments left out. */
  readonly text: string;
  /** Only for a record: it exceeded the limits, and its content was left out. */
  readonly tooLarge?: true;
}

export interface XmlLimits {
  /** Nesting of elements, from the root. */
  readonly depth: number;
  /** Elements of one record. */
  readonly elements: number;
  /** Characters of one record, and between two tags. */
  readonly characters: number;
}

export interface XmlRecordOptions {
  /** Local name of the only root that is accepted. */
  readonly root: string;
  /** Whether an element (local name) below `parent` (local name) is a record. */
  readonly isRecord: (name: string, parent: string) => boolean;
  readonly limits?: XmlLimits;
  /** Returns a record with too many elements or characters as `tooLarge`, instead of ending with `limit-exceeded`. */
  readonly keepTooLarge?: boolean;
}

const defaults: XmlLimits = { depth: 100, elements: 200_000, characters: 32 * 1024 * 1024 };

/**
 * Reads an XML 1.0 document (UTF-8) as a stream and yields its records one at a time, so that memory is bounded by the
 * largest of them. A document type declaration is rejected, and with it every entity except the five predefined ones.
 * Strings are slices of the input: copy (`detached`) those that are kept for long. Throws `ClarionError`:
 * `corrupt-data` when the document is not well-formed, has another root or ends early, `limit-exceeded` beyond limits.
 */
export async function* xmlRecords(
  body: AsyncIterable<Uint8Array>,
  options: XmlRecordOptions,
): AsyncGenerator<XmlElement> {
  const reading = new Reading(options);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let damage: ClarionError | undefined;
  for await (const chunk of body) {
    // Damage is reported at the end of the body: a body that breaks off or has a wrong digest reports that itself, with
    // a better error.
    damage ??= damageOf(() => {
      reading.write(decode(decoder, chunk));
    });
    yield* reading.take();
  }
  if (damage !== undefined) throw damage;
  reading.write(decode(decoder, undefined));
  reading.end();
  yield* reading.take();
}

function damageOf(step: () => void): ClarionError | undefined {
  try {
    step();
    return undefined;
  } catch (error) {
    if (error instanceof ClarionError && error.code === 'corrupt-data') return error;
    throw error;
  }
}

function decode(decoder: TextDecoder, chunk: Uint8Array | undefined): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new ClarionError('corrupt-data', 'XML document is not UTF-8', { cause });
  }
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  children: XmlElement[];
  text: string;
  tooLarge?: true;
}

const noAttributes: XmlElement['attributes'] = Object.freeze({});

/** Prefixes are removed here: binding them to namespaces costs time, and feeds use one vocabulary each. */
interface PlainNames {
  readonly xmlns: false;
  readonly position: false;
}

/** The parser state of one document. */
class Reading {
  private readonly parser = new SaxesParser<PlainNames>({ xmlns: false, position: false });
  private readonly options: XmlRecordOptions;
  private readonly limits: XmlLimits;
  private readonly outside: string[] = [];
  /** Open elements of the record that is being read, outermost first. */
  private readonly inside: OpenElement[] = [];
  private finished: XmlElement[] = [];
  private elements = 0;
  private characters = 0;
  private sinceTag = 0;

  constructor(options: XmlRecordOptions) {
    this.options = options;
    this.limits = options.limits ?? defaults;
    this.parser.on('error', (error) => {
      throw new ClarionError('corrupt-data', `XML document is damaged: ${error.message.slice(0, 200)}`);
    });
    this.parser.on('xmldecl', ({ encoding }) => {
      if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) {
        throw new ClarionError('corrupt-data', 'XML document is not declared as UTF-8');
      }
    });
    this.parser.on('doctype', () => {
      throw new ClarionError('corrupt-data', 'XML document has a document type declaration');
    });
    this.parser.on('opentag', ({ name, attributes }) => {
      this.open(localName(name), attributes);
    });
    this.parser.on('closetag', () => {
      this.close();
    });
    this.parser.on('text', (text) => {
      this.append(text);
    });
    this.parser.on('cdata', (text) => {
      this.append(text);
    });
  }

  write(text: string): void {
    // The parser buffers a token until it ends, so its length is limited before it reaches the parser.
    this.sinceTag += text.length;
    this.parser.write(text);
    if (this.sinceTag > this.limits.characters) this.exceeded('characters between two tags');
  }

  end(): void {
    this.parser.close();
  }

  /** Records that are complete by now. */
  take(): readonly XmlElement[] {
    const { finished } = this;
    this.finished = [];
    return finished;
  }

  private open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.sinceTag = 0;
    if (this.outside.length + this.inside.length >= this.limits.depth) this.exceeded('levels');
    const parent = this.outside.at(-1);
    if (parent === undefined && name !== this.options.root) {
      throw new ClarionError('corrupt-data', `XML document is not ${this.options.root}`);
    }
    if (this.inside.length === 0 && (parent === undefined || !this.options.isRecord(name, parent))) {
      this.outside.push(name);
      return;
    }
    this.elements += 1;
    if (this.elements > this.limits.elements) this.tooLarge('elements');
    for (const key in attributes) this.count(attributes[key]?.length ?? 0);
    const kept = this.inside[0]?.tooLarge === true ? noAttributes : attributes;
    this.inside.push({ name, attributes: kept, children: [], text: '' });
  }

  private close(): void {
    this.sinceTag = 0;
    const element = this.inside.pop();
    if (element === undefined) {
      this.outside.pop();
      return;
    }
    const parent = this.inside.at(-1);
    if (parent !== undefined) {
      if (this.inside[0]?.tooLarge !== true) parent.children.push(element);
      return;
    }
    this.finished.push(element);
    this.elements = 0;
    this.characters = 0;
  }

  private append(text: string): void {
    const element = this.inside.at(-1);
    if (element === undefined) return;
    this.count(text.length);
    if (this.inside[0]?.tooLarge !== true) element.text += text;
  }

  private count(characters: number): void {
    this.characters += characters;
    if (this.characters > this.limits.characters) this.tooLarge('characters');
  }

  /** The parser buffers a token until it ends, so its length is limited before it reaches the parser. */
  private tooLarge(what: string): void {
    const [record] = this.inside;
    if (this.options.keepTooLarge !== true || record === undefined) this.exceeded(`${what} in one record`);
    if (record.tooLarge === true) return;
    record.tooLarge = true;
    for (const element of this.inside) {
      element.children = [];
      element.text = '';
    }
  }

  private exceeded(what: string): never {
    throw new ClarionError('limit-exceeded', `XML document has too many ${what}`);
  }
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** A copy that does not keep the text it was cut from in memory. */
export function detached(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** The first child of this name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** Trimmed text of the first child of this name; undefined when there is none or it is empty. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  const text = childOf(element, name)?.text.trim();
  return text === '' ? undefined : text;
}
