// ONNX Runtime's side of the benchmark: node peer_onnx.js THREADS FOLDER; see peer.lua for what is
// said. The folder holds NAME.onnx, NAME.input and NAME.output (float32) of the case: the results
// must agree to 1e-4 of the largest.
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");
const ort = require("onnxruntime-node");

const threads = Number(process.argv[2]);
const folder = process.argv[3];
let current = null; // { name, session, feeds }

function floats(file) {
  const bytes = fs.readFileSync(file);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

function largestDifference(got, expected) {
  let difference = got.length === expected.length ? 0 : Infinity;
  let largest = 1e-30;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(got[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
    if (Number.isNaN(got[i] - expected[i])) difference = Infinity;
  }
  return difference / largest;
}

async function load(name) {
  if (current) await current.session.release();
  current = null;
  const base = path.join(folder, name.replace(/[^0-9A-Za-z]+/g, "-"));
  if (!fs.existsSync(base + ".onnx")) return false;
  const session = await ort.InferenceSession.create(base + ".onnx", {
    intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: "all",
  });
  const sizes = fs.readFileSync(base + ".sizes", "utf8").trim().split(" ").map(Number);
  const feeds = { x: new ort.Tensor("float32", floats(base + ".input"), sizes) };
  const output = (await session.run(feeds))[session.outputNames[0]].data;
  const difference = largestDifference(output, floats(base + ".output"));
  if (!(difference <= 1e-4)) throw new Error("results differ by " + difference.toPrecision(3));
  current = { name, session, feeds };
  return true;
}

// Time of one call, as run.lua's measure takes it.
async function measure(seconds) {
  const now = () => Number(process.hrtime.bigint()) * 1e-9;
  const { session, feeds } = current;
  let begin = now();
  await session.run(feeds);
  const batch = Math.max(1, Math.floor(1e-3 / Math.max(now() - begin, 1e-7)));
  const stop = now() + seconds;
  let best = Infinity;
  for (;;) {
    begin = now();
    for (let i = 0; i < batch; i++) await session.run(feeds);
    const end = now();
    best = Math.min(best, (end - begin) / batch);
    if (end >= stop) return best;
  }
}

async function main() {
  const version = require("onnxruntime-node/package.json").version;
  process.stdout.write("ONNX Runtime " + version + "\n");
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [, seconds, name] = line.match(/^(\S+) (.*)$/);
    try {
      const ready = (current && current.name === name) || (await load(name));
      process.stdout.write(ready ? (await measure(Number(seconds))) + "\n" : "-\n");
    } catch (error) {
      process.stdout.write("- " + String(error.message).split("\n")[0] + "\n");
    }
  }
}

main();
