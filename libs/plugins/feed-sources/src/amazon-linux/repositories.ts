/** A package repository for one release and architecture. */
export interface AmazonRepository {
  /** `2/core`, `2/extras/nginx1`, `2023/kernel-livepatch`: the release, then the repository of its packages. */
  readonly name: string;
  readonly architecture: string;
  /** Path of its mirror list, relative to the feed's base URL. */
  readonly mirrorList: string;
  /** Without this repository the release has no advisories at all: the feed fails if it cannot be read. */
  readonly essential: boolean;
}

/** The host of Amazon Linux 1, and the host that its mirror list points to. */
export const mounts: Readonly<Record<string, string>> = {
  'al1/': 'https://repo.us-west-2.amazonaws.com/',
  'al1-packages/': 'https://packages.us-west-2.amazonaws.com/',
};

export const catalogName = '2/extras-catalog.json';

const architectures: readonly string[] = ['x86_64', 'aarch64'];

/** Repositories of Amazon Linux 1, 2 (core) and later; the catalogue lists those of the extras topics of 2. */
export function fixedRepositories(): readonly AmazonRepository[] {
  return [
    {
      name: '1/updates',
      architecture: 'x86_64',
      mirrorList: 'al1/2018.03/updates/x86_64/mirror.list',
      essential: true,
    },
    ...forAll((architecture) => ({
      name: '2/core',
      architecture,
      mirrorList: `2/core/latest/${architecture}/mirror.list`,
      essential: true,
    })),
    ...yearly('2022', 'core', false),
    ...yearly('2023', 'core', true),
    ...yearly('2023', 'kernel-livepatch', false),
    ...yearly('2023', 'nvidia', false),
  ];
}

function yearly(release: string, repository: string, essential: boolean): readonly AmazonRepository[] {
  return forAll((architecture) => ({
    name: `${release}/${repository}`,
    architecture,
    mirrorList: `al${release}/${repository}/mirrors/latest/${architecture}/mirror.list`,
    essential,
  }));
}

export function topicRepositories(topic: string): readonly AmazonRepository[] {
  return forAll((architecture) => ({
    name: `2/extras/${topic}`,
    architecture,
    mirrorList: `2/extras/${topic}/latest/${architecture}/mirror.list`,
    essential: false,
  }));
}

function forAll(make: (architecture: string) => AmazonRepository): readonly AmazonRepository[] {
  return architectures.map(make);
}

const documentName = /^(\d{1,4})\/((?:[\w.+-]+\/)*[\w.+-]+)\/(\w+)\/updateinfo\.xml$/;

/** The stable name of a repository's document: `2/extras/nginx1/x86_64/updateinfo.xml`. */
export function documentOf({ name, architecture }: AmazonRepository): string {
  return `${name}/${architecture}/updateinfo.xml`;
}

/** The namespace, architecture and repository of the packages in a document. */
export interface DocumentTarget {
  readonly namespace: string;
  readonly architecture: string;
  /** `amzn2extra-<topic>` as yum records it in `from_repo`, or the name of a repository other than the core. */
  readonly packageRepository?: string;
}

/** Parses a name that `documentOf` returned. */
export function targetOf(document: string): DocumentTarget | undefined {
  const [, release, repository, architecture] = documentName.exec(document) ?? [];
  if (release === undefined || repository === undefined || architecture === undefined) return undefined;
  const topic = /^extras\/(.+)$/.exec(repository)?.[1];
  const packageRepository = topic === undefined ? repository : `amzn2extra-${topic}`;
  const isCore = repository === 'core' || repository === 'updates';
  return { namespace: `amzn:${release}`, architecture, ...(isCore ? {} : { packageRepository }) };
}

/** The path, relative to the feed's base URL, of a line in a mirror list; undefined for other hosts. */
export function mirrorPath(line: string): string | undefined {
  const text = line.trim();
  if (!URL.canParse(text)) return undefined;
  const { hostname, pathname, protocol } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  const folder = folderOf(hostname);
  if (folder === undefined || !/^[\w/.+-]{1,500}$/.test(pathname)) return undefined;
  return `${folder}${pathname.replace(/^\/+|\/+$/g, '')}`;
}

/** Regions have separate hosts with the same content. */
function folderOf(hostname: string): string | undefined {
  if (hostname === 'cdn.amazonlinux.com') return '';
  if (/^repo\.[a-z0-9-]{1,40}\.amazonaws\.com$/.test(hostname)) return 'al1/';
  return /^packages\.[a-z0-9-]{1,40}\.amazonaws\.com$/.test(hostname) ? 'al1-packages/' : undefined;
}
