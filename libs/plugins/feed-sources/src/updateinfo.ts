import { childOf, childText, type XmlElement, xmlRecords } from '@clarion/file-formats/documents';
import type { ErratumBuild } from './rpm-errata';

/** One `update` of an updateinfo document, as written. */
export interface UpdateinfoEntry {
  /** '' when it has none. */
  readonly id: string;
  /** `security`, `bugfix`, `enhancement`, … */
  readonly type?: string | undefined;
  readonly severity?: string | undefined;
  /** Date only. */
  readonly issued?: string | undefined;
  readonly references: readonly { readonly type: string; readonly id: string }[];
  readonly builds: readonly ErratumBuild[];
  /** Packages that lack a name, version, release or architecture. */
  readonly incomplete: number;
}

/**
 * Reads `updateinfo.xml` of an rpm repository, one update at a time
 * (https://github.com/rpm-software-management/createrepo_c, `libcreaterepo_c/xml_parser_updateinfo.c`).
 * Throws `ClarionError` as `xmlRecords` does.
 */
export async function* readUpdateinfo(body: AsyncIterable<Uint8Array>): AsyncGenerator<UpdateinfoEntry> {
  const options = { root: 'updates', isRecord: (name: string) => name === 'update' };
  for await (const element of xmlRecords(body, options)) yield updateOf(element);
}

function updateOf(element: XmlElement): UpdateinfoEntry {
  const builds: ErratumBuild[] = [];
  let incomplete = 0;
  for (const collection of childrenOf(childOf(element, 'pkglist'), 'collection')) {
    const module = moduleLabel(childOf(collection, 'module'));
    for (const { attributes } of childrenOf(collection, 'package')) {
      const build = buildOf(attributes, module);
      if (build === undefined) incomplete += 1;
      else builds.push(build);
    }
  }
  return {
    id: childText(element, 'id') ?? '',
    type: element.attributes['type'],
    severity: childText(element, 'severity'),
    issued: /^\d{4}-\d{2}-\d{2}/.exec(childOf(element, 'issued')?.attributes['date'] ?? '')?.[0],
    references: childrenOf(childOf(element, 'references'), 'reference').map(({ attributes }) => ({
      type: attributes['type'] ?? '',
      id: attributes['id'] ?? '',
    })),
    builds,
    incomplete,
  };
}

function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

function moduleLabel(element: XmlElement | undefined): string | undefined {
  const { name, stream } = element?.attributes ?? {};
  return name === undefined || stream === undefined ? undefined : `${name}:${stream}`;
}

function buildOf(attributes: XmlElement['attributes'], module: string | undefined): ErratumBuild | undefined {
  const { name, version, release, arch, epoch } = attributes;
  if (!name || !version || !release || !arch) return undefined;
  return { name, version, release, architecture: arch, epoch: epoch === '' ? undefined : epoch, module };
}
