// Puts results again and again until it is killed: `name n` consists of n as text, repeated.
// Usage: node endless-results.cjs BUNDLE DIRECTORY LIMIT FROM
const [, , bundle, directory, limit, from] = process.argv;
const { openEmbeddedStore } = require(bundle);

async function main() {
  const store = await openEmbeddedStore({ directory, resultBytes: Number(limit) });
  for (let n = Number(from); ; n += 1) {
    await store.putResult(`name ${n}`, Buffer.from(`${n} `.repeat(1 + ((n * 7919) % 5000))));
    if (n % 10 === 0) process.stdout.write(`${n}\n`);
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
