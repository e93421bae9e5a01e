import { ClarionError, type FeedDocument, type FeedSource, isOwnNamespace, ownNameRule } from '@clarion/model';
import { layoutOf, type OwnFormat, planOfFiles } from './own-files';
import { refusingMistakes } from './own-mistakes';
import { isWithoutFeed } from './osv-ecosystems';
import { parseOwnOsv } from './own-osv';
import { ownNamespaceRules, remedyForNamespace } from './own-namespaces';
import { parseOwnSecdb } from './own-secdb';

/** The configuration of a user's own feed. */
export interface OwnFeedOptions {
  /** The name of the feed in reports: lower-case words joined by hyphens. */
  readonly id: string;
  /** The name of its stored facts, if other configurations may use the id for other data; defaults to the id. */
  readonly storedAs?: string;
  readonly format: OwnFormat;
  /** Folder with its files, with a trailing slash: `https:`, `http:` or `file:`. */
  readonly baseUrl: string;
  /** The only file to read; by default all files of the folder and its subfolders. */
  readonly file?: string;
  /** The namespace of SecDB files, which they do not contain themselves. */
  readonly namespace?: string;
  /** The user's namespaces for which the data is complete: no other feed has advisories for them. */
  readonly covers?: readonly string[];
}

const feedId = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * A feed of the user's own data. Every file is a document: `.json` (one OSV record, a list of them, or a SecDB
 * document), `.ndjson` or `.jsonl` (one OSV record per line), `.zip` or `.tar` (one OSV record per file). A deleted
 * file removes its facts. A file on this machine with an error in its data is rejected; at a URL, and in an archive,
 * errors are problems. Throws `ClarionError` `invalid-input` for options that contradict each other.
 */
export function ownFeed(options: OwnFeedOptions): FeedSource {
  const { id, format, namespace, storedAs = id, covers = [] } = options;
  if (!feedId.test(id) || id.length > 64) {
    throw new ClarionError('invalid-input', `"${id}" is not a feed id`, {
      remedy: 'use lower-case words joined by hyphens, such as own or acme-errata',
    });
  }
  if (format === 'secdb' && namespace === undefined) {
    throw new ClarionError('invalid-input', `Feed ${id} is SecDB and names no namespace`, {
      remedy: 'add for example namespace: alpine:v3.20',
    });
  }
  if (format === 'osv' && namespace !== undefined) {
    throw new ClarionError('invalid-input', `Feed ${id} is OSV, whose records name their ecosystems themselves`, {
      remedy: 'leave namespace out',
    });
  }
  for (const covered of covers) {
    if (isOwnNamespace(covered) || isWithoutFeed(covered)) continue;
    throw new ClarionError(
      'invalid-input',
      `Feed ${id} cannot cover "${covered}", which is not a namespace of your own`,
      {
        remedy: `leave it out of covers; a namespace of your own is ${ownNameRule}; languages without a feed can be covered too, such as conan`,
      },
    );
  }
  if (namespace !== undefined && ownNamespaceRules(namespace)?.scheme !== 'apk') {
    throw new ClarionError('invalid-input', `Feed ${id} is SecDB and names ${JSON.stringify(namespace.slice(0, 80))}`, {
      remedy:
        ownNamespaceRules(namespace) === undefined
          ? remedyForNamespace(namespace)
          : 'SecDB is about packages of apk; use format: osv',
    });
  }
  return {
    id: storedAs,
    name: id,
    version: 4,
    title: `Own data (${format === 'osv' ? 'OSV' : `SecDB, ${namespace ?? ''}`})`,
    homepage: options.baseUrl,
    baseUrl: options.baseUrl,
    own: true,
    namespaces: covers,
    rates: true,
    listsUnfixed: false,
    refreshMinutes: 0,
    layout: [layoutOf(options)],
    plan: (upstream, last) => planOfFiles(options, upstream, last),
    parse: (document) => {
      const target = { feed: storedAs, namespace: namespace ?? '' };
      const records = format === 'secdb' ? parseOwnSecdb(document, target) : parseOwnOsv(document, storedAs);
      return isHandwritten(options, document) ? refusingMistakes(document, records) : records;
    },
  };
}

/** The user can fix a file on this machine. An archive is not written by hand. */
function isHandwritten({ baseUrl }: OwnFeedOptions, { name }: FeedDocument): boolean {
  return baseUrl.startsWith('file:') && !/\.(?:zip|tar)$/i.test(name);
}
