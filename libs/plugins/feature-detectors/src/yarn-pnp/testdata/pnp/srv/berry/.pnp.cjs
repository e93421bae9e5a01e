#!/usr/bin/env node
/* eslint-disable */
"use strict";

function $$SETUP_STATE(hydrateRuntimeState, basePath) {
  return hydrateRuntimeState(JSON.parse('{\
    "packageRegistryData": [\
      ["cookie", [\
        ["npm:0.4.1", {\
          "packageLocation": "./.yarn/cache/cookie-npm-0.4.1-cc5e2ebb42-bd7c47f5d9.zip/node_modules/cookie/",\
          "linkType": "HARD"\
        }]\
      ]],\
      ["@acme/odd", [\
        ["npm:1.0.0", {\
          "packageLocation": "./.yarn/__virtual__/@acme-odd-virtual-0/0/cache/@acme-odd-npm-1.0.0-0000000000-1111111111.zip/node_modules/@acme/odd/",\
          "linkType": "HARD"\
        }]\
      ]],\
      ["broken", [\
        ["npm:1.0.0", {\
          "packageLocation": "./.yarn/cache/broken-npm-1.0.0-0000000000-1111111111.zip/node_modules/broken/",\
          "linkType": "HARD"\
        }]\
      ]]\
    ]\
  }'), {basePath: basePath || __dirname});
}
