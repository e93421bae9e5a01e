import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(__dirname, '..', '..');
const compose = parse(readFileSync(join(root, 'deploy', 'compose.yaml'), 'utf8'), { merge: true });

/** Variables of each service in the published reference; for secrets also with `_FILE`. */
function documented(service: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of readFileSync(join(root, 'docs', 'configuration.md'), 'utf8').split('\n')) {
    const [, variable, secret, users] = /^\| `(CLARION_\w+)`( \(secret\))? +\| .*? +\| (.*?) +\|/.exec(line) ?? [];
    if (variable === undefined || !(users === 'all' || users?.split(', ').includes(service))) continue;
    names.add(variable);
    if (secret !== undefined) names.add(`${variable}_FILE`);
  }
  return names;
}

const services: readonly string[] = Object.keys(compose.services).filter((name) => compose.services[name].build);

describe('the compose file', () => {
  it('starts the six services', () => {
    expect([...services].sort()).toEqual([
      'api-gateway',
      'feature-detector',
      'feed-updater',
      'layer-extractor',
      'namespace-detector',
      'notifier',
    ]);
  });

  it.each(services)('gives %s only variables that it reads, and secrets that it has', (service) => {
    const { environment = {}, secrets = [] } = compose.services[service];
    const given = Object.keys(environment).filter((name) => name.startsWith('CLARION_'));
    expect(given.filter((name) => !documented(service).has(name))).toEqual([]);
    const files = given.filter((name) => name.endsWith('_FILE')).map((name) => environment[name]);
    expect(files).toEqual(secrets.map((name: string) => `/run/secrets/${name}`));
  });
});

describe('the container image', () => {
  const dockerfile = readFileSync(join(root, 'deploy', 'Dockerfile'), 'utf8');

  it('uses images that are named by digest', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(bases).toHaveLength(2);
    for (const image of bases) expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  it('runs without a shell and not as root', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER 65532:65532$/m);
    expect(last).toMatch(/^ENTRYPOINT \["\/nodejs\/bin\/node", "dist\/main\.js"\]$/m);
    expect(last).not.toMatch(/^RUN /m);
  });
});
