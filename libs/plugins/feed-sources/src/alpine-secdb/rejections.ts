import { readText } from '@clarion/file-formats/documents';
import { type Advisory, ClarionError, type FeedDocument, type FeedRecord } from '@clarion/model';
import type * as Yaml from 'yaml';
import { splitIds } from '../secdb';

/** Documents below this folder list vulnerabilities that do not affect Alpine's packages according to Alpine. */
export const rejectionsFolder = 'rejections/';
export const rejectionLists: readonly string[] = ['main', 'community'].map((name) => `${rejectionsFolder}${name}.yaml`);

/** The lists name packages and no branch: they apply to every release. */
const everyRelease = 'alpine:any';
/** The real lists have about 30 KB; the tree of a document takes a hundred times as much memory as its text. */
const maxBytes = 2 * 1024 * 1024;
/** Total of lines, entries in brackets and pairs of a document. */
const maxNodes = 100_000;
const maxReason = 500;

type YamlLibrary = typeof Yaml;

/**
 * Reads `<package>: [<id>, …]` in YAML; a comment at an id is the reason. Every id is `not_affected` in all versions
 * and releases. Throws `ClarionError` `corrupt-data` if the document is not a YAML map.
 */
export async function* parseRejections({ name, body }: FeedDocument): AsyncGenerator<FeedRecord> {
  const yaml = await import('yaml');
  const packages = packagesOf(await readText(body, maxBytes), name, yaml);
  const groups = new Map<string, Map<string, Advisory>>();
  for (const { key, value } of packages) {
    const pkg = yaml.isScalar(key) ? String(key.value) : '';
    if (pkg.trim() === '' || (value !== null && !yaml.isSeq(value) && !isNothing(value, yaml))) {
      yield { kind: 'problem', record: pkg.slice(0, 80) || name, message: 'Package without a list of ids' };
      continue;
    }
    const advisories = groups.get(pkg) ?? new Map<string, Advisory>();
    groups.set(pkg, advisories);
    const list = yaml.isSeq(value) ? value : undefined;
    for (const item of list?.items ?? []) {
      if (!addIds(item, advisories, { yaml, heading: list?.commentBefore }))
        yield { kind: 'problem', record: pkg, message: 'Entry is not an id' };
    }
  }
  for (const [pkg, advisories] of groups) {
    if (advisories.size === 0) continue;
    const groupKey = { namespace: everyRelease, package: pkg, feed: 'alpine-secdb', document: name };
    const group = { ...groupKey, nameKind: 'source', scheme: 'apk', advisories: [...advisories.values()] } as const;
    yield { kind: 'group', group };
  }
}

/** Pairs of the outermost map. Anchors are not resolved, so nothing can grow beyond the text. */
function packagesOf(text: string, name: string, yaml: YamlLibrary): readonly Yaml.Pair[] {
  if (nodesOf(text) > maxNodes)
    throw new ClarionError('limit-exceeded', `Document ${name} has more than ${maxNodes} lines and entries`);
  if (nestsDeeply(text)) throw new ClarionError('corrupt-data', `Document ${name} is nested too deeply`);
  let document;
  try {
    document = yaml.parseDocument(text, {
      schema: 'failsafe',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
  } catch (cause) {
    throw new ClarionError('corrupt-data', `Document ${name} is not YAML`, { cause });
  }
  const [error] = document.errors;
  if (error !== undefined || !yaml.isMap(document.contents)) {
    throw new ClarionError('corrupt-data', `Document ${name} is not a YAML map of packages`, { cause: error });
  }
  return document.contents.items;
}

/** At least as many as the parser creates. */
function nodesOf(text: string): number {
  let nodes = 0;
  for (let at = 0; at < text.length; at += 1) if ('\n,:[{?-'.includes(text.charAt(at))) nodes += 1;
  return nodes;
}

/** Real lists nest two levels deep. */
const maxDepth = 100;
/** Indentation, or list marks in a row, with more levels than `maxDepth`. */
const deepLine = /^ {400}|^[ \t]*(?:[-?:][ \t]+){100}/m;

/**
 * Checked before the text is parsed: the parser recurses once per level, and a stack overflow in it cannot be caught.
 */
function nestsDeeply(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + (bracket === '[' || bracket === '{' ? 1 : -1));
    if (depth > maxDepth) return true;
  }
  return deepLine.test(text);
}

function isNothing(value: unknown, yaml: YamlLibrary): boolean {
  return yaml.isScalar(value) && (value.value === null || value.value === '');
}

interface Context {
  readonly yaml: YamlLibrary;
  /** The comment above the list: the reason of all entries without a separate one. */
  readonly heading: string | null | undefined;
}

/** False when the entry names no id. */
function addIds(item: unknown, advisories: Map<string, Advisory>, { yaml, heading }: Context): boolean {
  const ids = yaml.isScalar(item) && typeof item.value === 'string' ? splitIds(item.value) : undefined;
  if (ids === undefined || !yaml.isScalar(item)) return false;
  const reason = textOf(item.commentBefore, item.comment) ?? ids.remark ?? textOf(heading);
  for (const id of [...ids.cves, ...ids.others]) {
    advisories.set(id, { id, state: 'not_affected', ...(reason === undefined ? {} : { reason }) });
  }
  return true;
}

function textOf(...comments: readonly (string | null | undefined)[]): string | undefined {
  const text = comments
    .filter((comment) => typeof comment === 'string')
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? undefined : text.slice(0, maxReason);
}
