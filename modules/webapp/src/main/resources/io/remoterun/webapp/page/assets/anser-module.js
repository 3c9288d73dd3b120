// anser.js is written for Node.js and says module.exports at its end. Here it is a script, as it was published.
globalThis.module = {};
