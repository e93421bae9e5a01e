// Sends requests over some connections with autocannon, in a separate process: options as JSON on standard input, the
// result as JSON on standard output. Each connection begins at a different request and cycles through all.
import { text } from 'node:stream/consumers';
import autocannon from 'autocannon';

const { url, requests, connections, seconds, amount } = JSON.parse(await text(process.stdin));
let clients = 0;
const result = await autocannon({
  url,
  connections,
  ...(amount === undefined ? { duration: seconds } : { amount }),
  requests: requests.slice(0, 1),
  setupClient(client) {
    const from = Math.floor((clients * requests.length) / connections);
    clients += 1;
    client.setRequests([...requests.slice(from), ...requests.slice(0, from)]);
  },
});
const { p50, p99 } = result.latency;
const failed = result.non2xx - (result['3xx'] ?? 0) + result.errors;
const { total } = result.requests;
const bytes = total === 0 ? 0 : result.throughput.total / total;
console.log(JSON.stringify({ requests: total, requestsASecond: total / result.duration, bytes, p50, p99, failed }));
