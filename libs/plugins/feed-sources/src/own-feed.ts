import { ClarionError, type FeedDocument, type FeedSource, isOwnNamespace, ownNameRule } from '@clarion/model';
import { layoutOf, type OwnFormat, planOfFiles } from './own-files';
import { refusingMistakes } from './own-mistakes';
import { parseOwnOsv } from './own-osv';
import { ownPlace, remedyForPlace } from './own-place';
import { parseOwnSecdb } from './own-secdb';

/** A feed of the user's own, as configuration states it. */
export interface OwnFeedOptions {
  /** Names the feed in reports: lower-case words joined by hyphens. */
  readonly id: string;
  /** Names its stored facts, where other configurations may call other data the same; the id unless stated. */
  readonly storedAs?: string;
  readonly format: OwnFormat;
  /** Folder with its files, with trailing slash: `https:`, `http:` or `file:`. */
  readonly baseUrl: string;
  /** The one file that is meant; all files of the folder and of the folders in it unless stated. */
  readonly file?: string;
  /** What SecDB files are about: they do not say it themselves. */
  readonly namespace?: string;
  /** The user's own namespaces of which the data is complete: no other feed ever speaks about them. */
  readonly covers?: readonly string[];
}

const feedId = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * A feed of the user's own data. Every file is a document: `.json` (one OSV record, a list of them, or a SecDB document),
 * `.ndjson` or `.jsonl` (one OSV record a line), `.zip` or `.tar` (one OSV record a file). A file that is gone says nothing
 * any more. A file of this machine with a mistake of its writer is refused; at an address, and in an archive, mistakes are
 * problems. Throws `ClarionError` `invalid-input` for options that do not fit together.
 */
export function ownFeed(options: OwnFeedOptions): FeedSource {
  const { id, format, namespace, storedAs = id, covers = [] } = options;
  if (!feedId.test(id) || id.length > 64) {
    throw new ClarionError('invalid-input', `"${id}" is no feed id`, {
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
    if (isOwnNamespace(covered)) continue;
    throw new ClarionError('invalid-input', `Feed ${id} cannot cover "${covered}", which is no namespace of your own`, {
      remedy: `leave it out of covers; a namespace of your own is ${ownNameRule}`,
    });
  }
  if (namespace !== undefined && ownPlace(namespace)?.scheme !== 'apk') {
    throw new ClarionError('invalid-input', `Feed ${id} is SecDB and names ${JSON.stringify(namespace.slice(0, 80))}`, {
      remedy:
        ownPlace(namespace) === undefined
          ? remedyForPlace(namespace)
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
      const place = { feed: storedAs, namespace: namespace ?? '' };
      const records = format === 'secdb' ? parseOwnSecdb(document, place) : parseOwnOsv(document, storedAs);
      return isHandwritten(options, document) ? refusingMistakes(document, records) : records;
    },
  };
}

/** A file of this machine is there to be mended. An archive is no text that somebody has typed. */
function isHandwritten({ baseUrl }: OwnFeedOptions, { name }: FeedDocument): boolean {
  return baseUrl.startsWith('file:') && !/\.(?:zip|tar)$/i.test(name);
}
