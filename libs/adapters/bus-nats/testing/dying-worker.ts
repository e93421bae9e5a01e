// A worker that dies with the first work that it receives; nats-work.spec.ts bundles and starts it.
import { openNatsBus, type NatsBusBehaviour, type NatsBusOptions } from '../src/open-nats-bus';

const ignore = () => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

void (async () => {
  const { options, behaviour } = JSON.parse(process.env['BUS'] ?? '') as {
    readonly options: NatsBusOptions;
    readonly behaviour: Omit<NatsBusBehaviour, 'log'>;
  };
  const bus = await openNatsBus(options, { ...behaviour, log });
  await bus.run(
    {
      'work.layer': async function* () {
        process.kill(process.pid, 'SIGKILL');
        yield* await new Promise<[]>(ignore);
      },
      'work.feed': async function* (event) {
        yield { ...event, kind: 'feed.updated', result: 'failed' };
        // A connection keeps the order of messages: once this one is stored, the earlier ones are too.
        await bus.publish([{ event: { ...event, feed: 'after', kind: 'feed.updated', result: 'failed' } }]);
        process.kill(process.pid, 'SIGKILL');
        await new Promise(ignore);
      },
    },
    { signal: new AbortController().signal, onDead: () => Promise.resolve() },
  );
})();
