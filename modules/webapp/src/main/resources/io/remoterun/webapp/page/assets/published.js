// anser.js and virtual-core are as they were published, for Node.js as well: of that, they ask for this.
globalThis.module = {};
globalThis.process = { env: { NODE_ENV: "production" } };
