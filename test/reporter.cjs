'use strict';
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const Mocha = require('mocha');

/**
 * Mocha's `spec` output; and, as JSON in the file that the reporter option `counts` names, how many tests passed and
 * failed, which failed and why, and the titles of those that did not run.
 */
module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = options.reporterOptions?.counts;
    if (!file) return;
    const notRun = [];
    const failures = [];
    runner.on('pending', (test) => notRun.push(test.fullTitle()));
    runner.on('fail', (test, error) => failures.push(`${test.fullTitle()}: ${error?.message ?? error}`));
    runner.once('end', () => {
      const { passes: passed, failures: failed } = this.stats;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify({ passed, failed, failures, notRun }));
    });
  }
};
