/**
 * Compiles the scripts that stdin lists as JSON, runs none of them, and writes down
 * what V8 says of those that it refuses.
 */
import { readFileSync } from 'node:fs';
import { compileModule, compileRule, refusal } from './compile.mjs';

/** @type {{kind: string, file: string, source: string}[]} */
const scripts = JSON.parse(readFileSync(0, 'utf8'));
const broken = scripts.flatMap((script) => {
  try {
    (script.kind === 'rule' ? compileRule : compileModule)(script);
    return [];
  } catch (error) {
    return [refusal(error, script)];
  }
});
process.stdout.write(JSON.stringify(broken));
