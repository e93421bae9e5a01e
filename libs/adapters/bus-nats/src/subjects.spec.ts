import type { ClarionEvent, DomainEvent, NotificationKind } from '@clarion/model';

import { cloudEventHeaders, encodeHeaderValue, messageId } from './cloud-event';
import { parseDomainEvent, parseWork } from './event-data';
import { namesOf, typeOf } from './subjects';

const image = `sha256:${'a'.repeat(64)}` as const;
const transition = (kind: NotificationKind, severity: 'Critical' | 'Unknown'): DomainEvent => ({
  kind: 'image.transition',
  transition: kind,
  notification: 'n',
  image,
  vulnerability: 'CVE-2024-2961',
  severity,
  reference: null,
});

const events: readonly [DomainEvent, string, string][] = [
  [{ kind: 'layer.indexed', image, layer: image, read: true }, 'layer.indexed', 'layer.indexed'],
  [{ kind: 'image.indexed', image, submission: 's' }, 'image.indexed', 'image.indexed'],
  [{ kind: 'image.failed', image, submission: 's', code: 'internal', message: 'm' }, 'scan.failed', 'scan.failed'],
  [{ kind: 'feed.updated', feed: 'nvd', request: 'r', result: 'held' }, 'vulndb.updated.nvd', 'vulndb.updated'],
  [
    { kind: 'feed.updated', feed: 'own/ä.b *>', request: 'r', result: 'held' },
    'vulndb.updated.own__b___',
    'vulndb.updated',
  ],
  [transition('affected', 'Critical'), 'image.affected.critical', 'image.affected'],
  [transition('cleared', 'Unknown'), 'image.cleared.unknown', 'image.cleared'],
  [transition('changed', 'Critical'), 'image.changed.critical', 'image.changed'],
  [transition('due', 'Critical'), 'finding.due.critical', 'finding.due'],
  [transition('overdue', 'Unknown'), 'finding.overdue.unknown', 'finding.overdue'],
];

describe('subjects', () => {
  const names = namesOf('clarion', 'team-a');

  it.each(events)('%#: %j', (event, topic, type) => {
    expect(names.eventSubject(event)).toBe(`clarion.team-a.v1.${topic.replace('own__b', 'own___b')}`);
    expect(typeOf(event)).toBe(`dev.clarion.${type}.v1`);
  });

  it('names streams and work', () => {
    expect(names.streams).toEqual({
      work: 'CLARION_TEAM_A_WORK',
      events: 'CLARION_TEAM_A_EVENTS',
      deadLetters: 'CLARION_TEAM_A_DLQ',
    });
    expect(names.workSubject('advisories.changed')).toBe('clarion.team-a.work.advisories');
    expect(names.workSubject('work.layer', 'a.b *')).toMatch(/^clarion\.team-a\.work\.layer\.[0-9a-f]{16}$/);
    expect(names.advisories('layer')).toEqual([
      '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.CLARION_TEAM_A_WORK.layer',
      '$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.CLARION_TEAM_A_WORK.layer',
    ]);
  });

  it.each(['', 'a.b', 'a b', '*', '>', 'Team', 'ä', '-a', 'x'.repeat(64)])('rejects the tenant %j', (tenant) => {
    expect(() => namesOf('clarion', tenant)).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error);
  });
});

describe('message ids', () => {
  const events: readonly [ClarionEvent, string][] = [
    [{ kind: 'work.layer', image, submission: 's-1', layer: 3 }, `work.layer/${image}/s-1/3`],
    [{ kind: 'work.feed', feed: 'a/b', request: 'c' }, 'work.feed/a%2Fb/c'],
    [{ kind: 'work.feed', feed: 'a', request: 'b/c' }, 'work.feed/a/b%2Fc'],
    [{ kind: 'advisories.changed', update: 'ü', vulnerability: 'CVE-1' }, 'advisories.changed/%C3%BC/CVE-1'],
  ];
  it.each(events)('%#', (event, id) => {
    expect(messageId(event)).toBe(id);
  });
});

// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values
describe('header values', () => {
  it.each([
    ['Euro € 😀', 'Euro%20%E2%82%AC%20%F0%9F%98%80'],
    ['say "100 %"', 'say%20%22100%20%25%22'],
    ['line\r\nbreak\u0000', 'line%0D%0Abreak%00'],
    ['sha256:ab/c~!', 'sha256:ab/c~!'],
    ['%C3%BC', '%25C3%25BC'],
  ])('%j', (value, encoded) => {
    expect(encodeHeaderValue(value)).toBe(encoded);
    expect(decodeURIComponent(encoded)).toBe(value);
  });

  it('has no attribute for what an event is not about', () => {
    const headers = cloudEventHeaders(events[3]![0], { source: '/x', time: '2026-01-01T00:00:00.000Z' });
    expect([...headers.keys()]).toEqual([
      'ce-specversion',
      'ce-id',
      'ce-source',
      'ce-type',
      'ce-subject',
      'ce-time',
      'ce-datacontenttype',
    ]);
  });
});

describe('event data', () => {
  const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

  it.each(events)('parses events back to the original: %#', (event) => {
    expect(parseDomainEvent(bytes(event))).toEqual(event);
  });

  it.each([
    ['no JSON', '{"kind":'],
    ['no UTF-8', '\udfff'],
    ['null', null],
    ['an array', []],
    ['an unknown kind', { kind: 'work.other' }],
    ['another kind than that of the queue', { kind: 'advisories.changed', update: 'u', vulnerability: 'v' }],
    ['no digest', { kind: 'work.layer', image: 'x', submission: 's', layer: 0 }],
    ['a negative layer', { kind: 'work.layer', image, submission: 's', layer: -1 }],
    ['half a layer', { kind: 'work.layer', image, submission: 's', layer: 0.5 }],
    ['a layer without a number', { kind: 'work.layer', image, submission: 's' }],
    ['an endless name', { kind: 'work.layer', image, submission: 's'.repeat(2000), layer: 0 }],
  ])('accepts no work that is %s', (_, value) => {
    expect(parseWork(bytes(value), 'work.layer')).toBeUndefined();
  });

  it('leaves out what it does not know, prototypes too', () => {
    const text = `{"kind":"work.feed","feed":"nvd","request":"r","more":1,"__proto__":{"polluted":true}}`;
    const parsed = parseWork(bytes(text), 'work.feed');
    expect(parsed).toEqual({ kind: 'work.feed', feed: 'nvd', request: 'r' });
    expect(parsed).not.toHaveProperty('polluted');
  });
});
