// Opens the store and prints `ok`, or the code and remedy of the error. Usage: node run-once.cjs BUNDLE DIRECTORY
const [, , bundle, directory] = process.argv;
require(bundle)
  .openEmbeddedStore({ directory })
  .then((store) => store.close())
  .then(
    () => process.stdout.write('ok'),
    (error) => process.stdout.write(JSON.stringify({ code: error.code, message: error.message, remedy: error.remedy })),
  );
