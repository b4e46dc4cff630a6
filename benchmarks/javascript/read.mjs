// Answers each line of standard input, a JSON array of filters, with a line: the microseconds a filter of the fastest
// parser that accepts them all, or null. Parsers stay warm from line to line. With --cpu it is CPU time, in which what
// the engine compiles and collects on other threads counts as well.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
// odata-parser takes a bare GUID for the name of a property, and so reads another filter than the one that was meant:
// such filters are not read by it.
const GUID = /[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?!')/;
const parsers = [
  (text) => require("@odata/parser").defaultParser.filter(text),
  (text) => require("@steedos/odata-v4-parser").filter(text),
  (text) => require("odata-v4-parser").filter(text),
  (text) => {
    if (GUID.test(text) || require("odata-parser").parse(`$filter=${text}`).error) throw new Error(text);
  },
  (text) => require("odata-filter-to-ast").parseFilter(text),
  (text) => require("@sap/cds/libx/odata/parse/parser.js").parse(`Things?$filter=${text}`, {}),
];

const cpuTime = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const clock = process.argv.includes("--cpu") ? cpuTime : () => performance.now() * 1000;

function microseconds(parse, texts) {
  const start = clock();
  try {
    for (const text of texts) parse(text);
  } catch {
    return Infinity;
  }
  return (clock() - start) / texts.length;
}

for await (const line of createInterface({ input: process.stdin })) {
  const texts = JSON.parse(line);
  const best = Math.min(...parsers.map((parse) => microseconds(parse, texts)));
  console.log(JSON.stringify(Number.isFinite(best) ? best : null));
}
