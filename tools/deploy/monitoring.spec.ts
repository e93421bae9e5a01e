import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricTable, type MetricName } from '@clarion/service-runtime';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { chart, describeWithKubernetesTools, example, render, root } from './manifests';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
const { groups } = parse(readFileSync(join(chart, 'files', 'alerts.yaml'), 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readFileSync(join(chart, 'files', 'dashboard.json'), 'utf8')) as {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
};
const queries = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
];

/** The inputs of a query: each metric with the labels in its selectors and groupings. */
function metricsIn(query: string): { readonly metrics: readonly string[]; readonly labels: readonly string[] } {
  const metrics: string[] = [];
  const labels: string[] = [];
  parser.parse(query).iterate({
    enter({ name, from, to, type }) {
      if (type.isError) throw new Error(`${query.slice(from, to)} at ${from} is not PromQL`);
      if (name === 'Identifier') metrics.push(query.slice(from, to));
      if (name === 'LabelName') labels.push(query.slice(from, to));
    },
  });
  return { metrics, labels };
}

/** The metrics that services set, not only declare. */
function metricsInSources(): ReadonlySet<string> {
  const folders = ['apps', 'libs/composition', 'libs/adapters/service-runtime/src'].map((name) => join(root, name));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => join(folder, name)),
  );
  const used = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/metric\('(clarion_\w+)'\)/g)]);
  return new Set(used.map(([, name]) => name ?? ''));
}

/** Labels that Prometheus adds to what it scrapes. */
const ofPrometheus = ['job', 'instance', 'namespace', 'pod'];

describe('alerts and dashboard', () => {
  const set = metricsInSources();

  it('uses the metrics that the services set', () => {
    expect(set.size).toBeGreaterThan(15);
  });

  it.each(queries)('%s: %s', (_, query) => {
    const { metrics, labels } = metricsIn(query.replaceAll('$namespace', 'clarion'));
    const known = new Set(ofPrometheus);
    expect(metrics.length).toBeGreaterThan(0);
    for (const name of metrics.filter((one) => one !== 'up')) {
      const base = name.replace(/_(bucket|count|sum)$/, '');
      const histogram = base !== name;
      const row = metricTable[base as MetricName] as (typeof metricTable)[MetricName] | undefined;
      expect([name, row?.type === 'histogram']).toEqual([name, histogram]);
      expect([name, set.has(base)]).toEqual([name, true]);
      for (const label of [...(row?.labels ?? []), ...(histogram ? ['le'] : [])]) known.add(label);
    }
    expect(labels.filter((label) => !known.has(label))).toEqual([]);
  });

  it('notices a query that cannot be answered', () => {
    expect(() => metricsIn('sum by (a (rate(x[5m]))')).toThrow('not PromQL');
    expect(metricsIn('rate(clarion_x{y="z"}[5m])')).toEqual({ metrics: ['clarion_x'], labels: ['y'] });
  });

  it('describes in every alert what happened', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Clarion[A-Z]/);
      expect(['warning', 'critical']).toContain(labels['severity']);
      expect(Object.keys(annotations).sort()).toEqual(['description', 'summary']);
    }
  });

  it('names paths of the API that there are', () => {
    const { paths } = JSON.parse(readFileSync(join(root, 'docs', 'openapi.json'), 'utf8')) as { paths: object };
    const calls = rules.flatMap(({ annotations }) => [...(annotations['description'] ?? '').matchAll(/`GET (\S+)`/g)]);
    expect(calls.length).toBeGreaterThan(3);
    for (const [, path] of calls) expect(Object.keys(paths)).toContain(path);
  });
});

describeWithKubernetesTools('monitoring and scaling', ({ helm }) => {
  const manifests = render(helm, example('distributed-everything'));

  it('leaves out alerts that are disabled', () => {
    const found = manifests.find(({ kind }) => kind === 'PrometheusRule')?.spec as { groups: { rules: Rule[] }[] };
    const names = found.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
    expect(names).toEqual(rules.map(({ alert }) => alert).filter((alert) => alert !== 'ClarionDown'));
  });

  it('scales by the layers of all callers that wait or are read, as the gateway measures them', () => {
    const triggers = manifests
      .filter(({ kind }) => kind === 'ScaledObject')
      .map(({ spec }) => (spec as { triggers: { metadata: Record<string, unknown> }[] }).triggers[0]?.metadata);
    expect(triggers.length).toBe(3);
    const set = metricsInSources();
    for (const trigger of triggers) {
      expect(Object.values(trigger ?? {}).every((value) => typeof value === 'string')).toBe(true);
      const { metrics, labels } = metricsIn(String(trigger?.['query']));
      expect(metrics).toEqual(['clarion_queue_lag', 'clarion_queue_ack_pending']);
      for (const metric of metrics) {
        expect([...set]).toContain(metric);
        const known = [...metricTable[metric as MetricName].labels, ...ofPrometheus];
        expect(labels.filter((label) => !known.includes(label))).toEqual([]);
      }
      expect(trigger?.['query']).toContain('consumer="work.layer"');
    }
  });
});
