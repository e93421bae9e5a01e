import { readFileSync } from 'node:fs';
import path from 'node:path';

import { severities, notificationKinds, type DomainEvent } from '@clarion/model';
import Ajv from 'ajv/dist/2020';
import { parse } from 'yaml';

import { cloudEventHeaders } from './cloud-event';
import { namesOf } from './subjects';

interface Described {
  readonly channels: Record<string, { address: string; messages: Record<string, unknown> }>;
  readonly components: { schemas: Record<string, object>; messageTraits: { cloudEvent: { headers: object } } };
}

const document = parse(readFileSync(path.join(__dirname, '../../../../docs/asyncapi.yaml'), 'utf8')) as Described;
const image = `sha256:${'a'.repeat(64)}` as const;
const examples: readonly DomainEvent[] = [
  { kind: 'layer.indexed', image, layer: image, read: true },
  { kind: 'image.indexed', image, submission: 's' },
  { kind: 'image.failed', image, submission: 's', code: 'corrupt-data', message: 'm' },
  ...(['unchanged', 'changed', 'held', 'failed'] as const).map((result): DomainEvent => ({
    kind: 'feed.updated',
    feed: 'own feed',
    request: 'r',
    result,
  })),
  ...notificationKinds.flatMap((transition) =>
    severities.map((severity): DomainEvent => ({
      kind: 'image.transition',
      transition,
      notification: 'n',
      image,
      vulnerability: 'CVE-2024-2961',
      severity,
      reference: transition === 'affected' ? null : 'a/b:1',
    })),
  ),
];

/** The channel whose address, with its parameters filled in, is the subject. */
function channelOf(subject: string): string | undefined {
  const found = Object.entries(document.channels).filter(([, { address }]) => {
    const pattern = address.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^.]+');
    return new RegExp(`^${pattern}$`).test(subject);
  });
  return found.length === 1 ? found[0]?.[0] : undefined;
}

describe('docs/asyncapi.yaml', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'asyncapi', components: document.components });
  const validator = (pointer: string) => ajv.compile({ $ref: `asyncapi#/components/${pointer}` });

  it.each(examples)('describes the published event: %j', (event) => {
    const channel = channelOf(namesOf('clarion', 'default').eventSubject(event));
    expect(channel).toBeDefined();
    const data = validator(`schemas/${channel!}`);
    expect([data(event), data.errors]).toEqual([true, null]);
    const headers = cloudEventHeaders(event, { source: '/clarion/default', time: new Date().toISOString() });
    const sent = validator('messageTraits/cloudEvent/headers');
    expect([sent(Object.fromEntries(headers)), sent.errors]).toEqual([true, null]);
  });

  it('has no channel without messages', () => {
    const used = new Set(examples.map((event) => channelOf(namesOf('clarion', 'default').eventSubject(event))));
    expect([...used].sort()).toEqual(Object.keys(document.channels).sort());
  });

  it('rejects an invalid event', () => {
    const data = validator('schemas/imageTransition');
    expect(data({ ...examples.at(-1), severity: 'high' })).toBe(false);
    expect(data({ kind: 'image.transition' })).toBe(false);
  });
});
