import { asObject, jsonElements } from '@clarion/file-formats/documents';
import { ClarionError, type FeedDocument, type FeedRecord } from '@clarion/model';
import { type Erratum, type ErratumBuild, errataRecords } from '../rpm-errata';

const feed = 'almalinux';

/** Only security errata; `ALBA-` and `ALEA-` are bug fixes and enhancements. */
const securityId = /^ALSA-\d{4}:[\w.-]{1,40}$/;
const otherId = /^AL[A-Z]A-\d{4}:[\w.-]{1,40}$/;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads `<major>/errata.full.json`, one erratum at a time. The same id may be in the documents of several majors, with
 * different packages in each: the document's name determines the namespace.
 */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const namespace = `alma:${document.name.slice(0, document.name.indexOf('/'))}`;
  let complete = false;
  for await (const member of jsonElements(document.body, 'data')) {
    if (member.key !== 'data') continue;
    const value = member.problem === undefined ? asObject(member.value) : undefined;
    complete ||= value !== undefined;
    if (value === undefined) {
      yield { kind: 'problem', record: document.name, message: member.problem ?? 'Erratum is not an object' };
      continue;
    }
    yield* parseErratum(value, namespace, document.name);
  }
  // Every release has errata.
  if (!complete) throw new ClarionError('corrupt-data', `Document ${document.name} has no errata`);
}

function* parseErratum(value: Json, namespace: string, document: string): Generator<FeedRecord> {
  const id = textOf(value['id']) ?? '';
  if (!securityId.test(id)) {
    // An invalid id must not hide a security erratum.
    if (!otherId.test(id) || value['type'] === 'security') {
      yield { kind: 'problem', record: id.slice(0, 80) || document, message: 'Erratum without an id of its kind' };
    }
    return;
  }
  if (!Array.isArray(value['packages'])) {
    yield { kind: 'problem', record: id, message: 'Erratum without a list of packages' };
    return;
  }
  const builds: ErratumBuild[] = [];
  for (const item of value['packages'] as unknown[]) {
    const build = buildOf(asObject(item));
    if (build === undefined) yield { kind: 'problem', record: id, message: 'Package without name or version' };
    else builds.push(build);
  }
  const erratum: Erratum = {
    id,
    namespace,
    cves: cvesOf(value['references']),
    severity: severityWord(value['severity']),
    published: dateOf(value['issued_date']),
    builds,
  };
  yield* errataRecords(erratum, { feed, document });
}

function buildOf(item: Json | undefined): ErratumBuild | undefined {
  const name = textOf(item?.['name']);
  const version = textOf(item?.['version']);
  const release = textOf(item?.['release']);
  const architecture = textOf(item?.['arch']);
  if (name === undefined || version === undefined || release === undefined || architecture === undefined) {
    return undefined;
  }
  const epoch = item?.['epoch'];
  return {
    name,
    version,
    release,
    architecture,
    epoch: typeof epoch === 'number' ? String(epoch) : textOf(epoch),
    module: textOf(item?.['module']),
  };
}

function cvesOf(references: unknown): readonly string[] {
  if (!Array.isArray(references)) return [];
  return (references as unknown[]).flatMap((item) => {
    const reference = asObject(item);
    const id = textOf(reference?.['id']);
    return reference?.['type'] === 'cve' && id !== undefined ? [id] : [];
  });
}

function severityWord(value: unknown): string | undefined {
  const word = textOf(value);
  return word === 'None' ? undefined : word;
}

/** Seconds since 1970; older files have milliseconds in `{"$date": …}`. */
function dateOf(value: unknown): string | undefined {
  const millis = typeof value === 'number' ? value * 1000 : asObject(value)?.['$date'];
  if (typeof millis !== 'number' || !(millis >= 0 && millis < 8e15)) return undefined;
  return new Date(millis).toISOString().slice(0, 10);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
