import type { Advisory, AdvisoryGroup, FeedRecord, VulnerabilityRecord } from '@clarion/model';

/** A record that contains facts. */
export type FactRecord = Exclude<FeedRecord, { kind: 'problem' }>;

/** Whether a record comes from the whole document or from a patch of it. */
export type RecordLayer = 'base' | 'patch';

/** A record with the layer it comes from. */
export type SpooledRecord = readonly [layer: RecordLayer, record: FactRecord];

/** What all records of a spool have in common, so it is not written with each of them. */
export interface RecordSource {
  readonly feed: string;
  readonly document: string;
}

type GroupLine = readonly [
  layer: 0 | 1,
  kind: 0,
  namespace: string,
  name: string,
  nameKind: AdvisoryGroup['nameKind'],
  scheme: string,
  epochs: 'auto' | 0,
  advisories: readonly Advisory[],
  addOn: 0 | 1,
];
type TextLine = readonly [layer: 0 | 1, kind: 1, text: Omit<VulnerabilityRecord, 'feed'>];
type RepositoryLine = readonly [layer: 0 | 1, kind: 2, repository: string, cpes: readonly string[]];
type RecordLine = GroupLine | TextLine | RepositoryLine;

/** One line without line breaks. */
export function encodeRecord(layer: RecordLayer, record: FactRecord): string {
  const flag = layer === 'patch' ? 1 : 0;
  let line: RecordLine;
  if (record.kind === 'group') {
    const { namespace, package: name, nameKind, scheme, epochs = 0, advisories } = record.group;
    line = [flag, 0, namespace, name, nameKind, scheme, epochs, advisories, record.addOn === true ? 1 : 0];
  } else if (record.kind === 'vulnerability') line = [flag, 1, record.text];
  else line = [flag, 2, record.repository.repository, record.repository.cpes];
  return JSON.stringify(line);
}

/** The record of a line that `encodeRecord` wrote. */
export function decodeRecord(text: string, { feed, document }: RecordSource): SpooledRecord {
  const line = JSON.parse(text) as RecordLine;
  return [line[0] === 1 ? 'patch' : 'base', recordOf(line, feed, document)];
}

function recordOf(line: RecordLine, feed: string, document: string): FactRecord {
  if (line[1] === 1) return { kind: 'vulnerability', text: { ...line[2], feed } };
  if (line[1] === 2) return { kind: 'repository', repository: { feed, repository: line[2], cpes: line[3] } };
  const [, , namespace, name, nameKind, scheme, epochs, advisories, addOn] = line;
  const group = { namespace, package: name, feed, document, nameKind, scheme, advisories };
  return {
    kind: 'group',
    group: epochs === 0 ? group : { ...group, epochs },
    ...(addOn === 1 ? { addOn: true as const } : {}),
  };
}
