'use strict';
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const Mocha = require('mocha');

/**
 * Mocha's `spec` output; and, as JSON in the file that the reporter option `counts` names, how many tests passed and
 * failed and the titles of those that did not run.
 */
module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = options.reporterOptions?.counts;
    if (!file) return;
    const notRun = [];
    runner.on('pending', (test) => notRun.push(test.fullTitle()));
    runner.once('end', () => {
      const { passes, failures } = this.stats;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, notRun }));
    });
  }
};
