import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Bus, Log, WorkItem } from '@clarion/model';
import {
  canStartNatsServer,
  documentedTool,
  startNatsServer,
  startRunner,
  until,
  type NatsServer,
} from '@clarion/test-kit';
import { openNatsBus } from './open-nats-bus';

const root = path.resolve(__dirname, '../../../..');
const page = readFileSync(path.join(root, 'docs/nats.md'), 'utf8');
const commands = [...page.matchAll(/^nats (?:sub|pub|consumer) .*$/gm)].map(([line]) => line);
const ignore = (): void => undefined;
const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A command of the page as arguments, without quotes and trailing comment. */
function argumentsOf(command: string): string[] {
  const line = command.replace(/ +#.*$/, '');
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].slice(1).map(([, quoted, plain]) => quoted ?? plain ?? '');
}

const nats = canStartNatsServer() && process.env['NATS_URL'] === undefined ? documentedTool('nats') : undefined;
const suite = nats === undefined ? describe.skip : describe;

suite('the commands of docs/nats.md', () => {
  let server: NatsServer;
  let bus: Bus;
  const started: ChildProcess[] = [];
  beforeAll(async () => {
    server = await startNatsServer();
    bus = await openNatsBus({ natsUrl: [server.url], tenant: 'default' }, { log, pullMillis: 1000 });
  });
  afterAll(async () => {
    for (const child of started) child.kill();
    await bus.close();
    await server.stop();
  });

  const image = `sha256:${'9'.repeat(64)}` as const;
  const transition = {
    kind: 'image.transition',
    transition: 'affected',
    notification: 'n1',
    image,
    vulnerability: 'CVE-2024-2961',
    severity: 'Critical',
    reference: 'registry.example/team/app:1',
  } as const;
  const updated = { kind: 'feed.updated', feed: 'nvd', request: 'r1', result: 'unchanged' } as const;

  /** Starts a subscriber; once it listens, returns a function for its output so far. */
  async function subscribed(command: string): Promise<() => string> {
    const child = spawn(nats!, ['--server', server.url, ...argumentsOf(command)]);
    started.push(child);
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
    }
    await until('it listens', () => Promise.resolve(printed.includes('Subscribing on')));
    return () => printed;
  }

  it('are all of the kinds that are run here', () => {
    expect(commands.map((line) => line.split(' ')[1])).toEqual(['sub', 'sub', 'sub', 'consumer', 'pub']);
  });

  it('receive events about images and feeds, with the headers that the page documents', async () => {
    const [images, critical, feeds] = await Promise.all(
      commands.filter((line) => line.startsWith('nats sub')).map(subscribed),
    );
    // The command says that it subscribes before the server knows of it: what comes in between is not received.
    let number = 0;
    const publish = async (): Promise<void> => {
      number += 1;
      const [notification, request] = [`n${number}`, `r${number}`];
      await bus.publish([{ event: { ...transition, notification } }, { event: { ...updated, request } }]);
    };
    const printedBy = async (printed: () => string, text: string): Promise<void> => {
      await until(`${text} is printed`, async () => {
        if (!printed().includes(text)) await publish();
        return printed().includes(text);
      });
    };
    for (const printed of [images, critical]) {
      await printedBy(printed!, 'CVE-2024-2961');
      expect(printed!()).toContain('ce-type: dev.clarion.image.affected.v1');
      expect(printed!()).toContain(`ce-subject: ${image}`);
      expect(printed!()).toContain('"reference":"registry.example/team/app:1"');
      expect(printed!()).not.toContain('vulndb.updated');
    }
    await printedBy(feeds!, 'dev.clarion.vulndb.updated.v1');
    expect(feeds!()).not.toContain('CVE-2024-2961');
  });

  it('create a durable consumer, which also receives earlier events', () => {
    const command = commands.find((line) => line.startsWith('nats consumer'))!;
    const printed = execFileSync(nats!, ['--server', server.url, ...argumentsOf(command), '--defaults'], {
      encoding: 'utf8',
    });
    expect(printed).toContain('mine');
    const next = ['consumer', 'next', 'CLARION_DEFAULT_EVENTS', 'mine', '--count', '1'];
    expect(execFileSync(nats!, ['--server', server.url, ...next], { encoding: 'utf8' })).toContain('ce-id');
  });

  it('order the update of a feed', async () => {
    const done: WorkItem[] = [];
    const runner = startRunner(bus, {
      'work.feed': async function* (event) {
        done.push(event);
        yield await Promise.resolve(updated);
      },
    });
    const command = commands.find((line) => line.startsWith('nats pub'))!;
    execFileSync(nats!, ['--server', server.url, ...argumentsOf(command)]);
    await until('it is taken', () => Promise.resolve(done.length > 0));
    expect(done).toEqual([expect.objectContaining({ feed: 'debian-security-tracker', request: 'by-hand-1' })]);
    await runner.stop();
  });
});
