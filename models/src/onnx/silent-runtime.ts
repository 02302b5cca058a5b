// To be imported before onnxruntime-node, and where a thread is started that uses it. Since 1.29 it tells Microsoft about the process and each model it
// opens, and leaves a database in ~/.cache and a log in the temporary folder, unless this variable is set before it is loaded
// (https://github.com/microsoft/onnxruntime/pull/27379). Nothing of a plant leaves it unasked.
// A thread's `process.env` is a copy that native code never sees: there it can only be checked.
import { isMainThread } from "node:worker_threads";

const name = "ORT_DISABLE_TELEMETRY";
if (isMainThread) process.env[name] = "1";
else if (process.env[name] !== "1") throw new Error("onnxruntime would call home: import silent-runtime.ts where this thread is started");
