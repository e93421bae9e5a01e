// A detector service that knows nothing of Clarion but the .proto file. It lists the detectors in its only argument
// (`Detector` in JSON; kind, version and title are added). It reports one package of the type `x-part` for each part
// that a detector is given, with the bytes as version; for a whole file, one with the number of bytes.
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const protos = path.resolve(__dirname, '..', '..', '..', 'proto');
const options = { includeDirs: [protos], longs: Number, enums: String, defaults: true };
const definition = loader.loadSync('clarion/detector/v1/detector.proto', options);
const { DetectorService } = /** @type {any} */ (grpc.loadPackageDefinition(definition)).clarion.detector.v1;

const detectors = JSON.parse(process.argv[2] ?? '[]').map((given) => ({
  ...{ kind: 'DETECTOR_KIND_FEATURE', version: 1, title: given.id },
  ...given,
}));

/** The packages for one file: its parts, and the formats of executables as their architecture. */
function featuresOf({ path, size, excerpt }, content) {
  if (!excerpt) return [{ type: 'x-part', name: 'whole', version: `${size} bytes`, path }];
  const [executable] = excerpt.executables;
  const architecture = executable && `${executable.format} ${executable.bits}`;
  let at = 0;
  return excerpt.parts.map(({ name, within, size, noteType }) => {
    const version = content.toString('latin1', at, (at += size));
    const part = noteType === undefined ? name : `${name} ${noteType}`;
    if (within === '') return { type: 'x-part', name: part, version, path, architecture };
    return { type: 'x-part', name: `${within}!/${part}`, version, path, within };
  });
}

function detect(call, callback) {
  let results = [];
  let header;
  let chunks = [];
  call.on('data', ({ selection, header: begun, chunk, end }) => {
    if (selection) results = selection.detectors.map((detector) => ({ detector, version: 1, features: [] }));
    else if (begun) [header, chunks] = [begun, []];
    else if (chunk) chunks.push(chunk);
    else if (end) {
      for (const index of header.wantedBy) results[index].features.push(...featuresOf(header, Buffer.concat(chunks)));
    }
  });
  call.on('end', () => callback(null, { results }));
}

const server = new grpc.Server();
server.addService(DetectorService.service, {
  listDetectors: (_, callback) => callback(null, { detectors }),
  detect,
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`listening on 127.0.0.1:${port}`);
});
process.on('SIGTERM', () => server.forceShutdown());
