// What can be wrong with a model or a bundle, and what a person does about it.
import { type FaultTable, faultsOf } from "@millwright/kit/fault";

export const modelFaultTable = {
  model_unreadable: {
    kind: "data",
    line: "A model file cannot be read as ONNX",
    causes: "Broken or cut off in transfer; not an ONNX file",
    next: "Copy the bundle again, or let the machine learn anew",
  },
  model_not_allowed: {
    kind: "data",
    line: "A model uses what models may not use here",
    causes: "Control flow, operators outside the list, data outside the file, or a file above the size limit",
    next: "Export the model without them; docs/specs/models.md has the list",
  },
  model_shape: {
    kind: "data",
    line: "A model's inputs or outputs are not those of its manifest",
    causes: "model.onnx and manifest.json are of different bundles, or an imported graph does not meet the contract",
    next: "Copy the whole bundle again; for an import give the graph the inputs and outputs of docs/specs/models.md",
  },
  model_hash: {
    kind: "data",
    line: "A file of a bundle is not the one its manifest names",
    causes: "Changed after training, or mixed up",
    next: "Copy the whole bundle again",
  },
  manifest_invalid: {
    kind: "data",
    line: "A bundle's manifest cannot be understood",
    causes: "Written by a later version, edited by hand, or missing",
    next: "Write the bundle again with this version",
  },
  golden_mismatch: {
    kind: "data",
    line: "A model does not give the scores it was delivered with",
    causes: "Weights damaged or exchanged; a runtime that computes differently",
    next: "Copy the bundle again; if it stays, report the machine's processor and onnxruntime version",
  },
  session_failed: {
    kind: "data",
    line: "A model failed while it was scoring",
    causes: "Out of memory, or an input it was not made for",
    next: "The prediction is unavailable until it works again; see the detail",
  },
  model_too_slow: {
    kind: "data",
    line: "A model takes too long for a row or a batch of rows",
    causes: "It is far larger than a detector needs to be, or it compares rows with each other",
    next: "Make it smaller; docs/specs/models.md has the budget",
  },
  bundle_unsigned: {
    kind: "config",
    line: "A bundle is not signed",
    causes: "It was trained or imported without a key, or signature.json was left behind",
    next: "Sign it with `millwright-models sign DIR --key FILE`, and name that key in the agent's trusted_keys",
  },
  signature_invalid: {
    kind: "data",
    line: "A bundle's signature is wrong",
    causes: "signature.json was changed or damaged",
    next: "Copy the whole bundle again",
  },
  bundle_changed: {
    kind: "data",
    line: "A bundle is not the one that was signed",
    causes: "A file was changed, cut off, added or left out; a folder or a link lies among the files",
    next: "Copy the whole bundle again, and nothing else into its folder",
  },
  signer_unknown: {
    kind: "config",
    line: "A bundle was signed by a key that is not trusted here",
    causes: "The key is missing in the agent's trusted_keys, or the bundle is from somewhere else",
    next: "If you know whose key it is, add it to trusted_keys of the agent's configuration; else do not use the bundle",
  },
  key_unusable: {
    kind: "config",
    line: "A key cannot be used",
    causes: "Wrong file, not an ed25519 key, or others may read it",
    next: "Make one with `millwright-models keygen --out FILE`; the file must be mode 0600",
  },
  bundle_unreadable: {
    kind: "config",
    line: "A bundle's directory cannot be read",
    causes: "Wrong path or rights",
    next: "Give the directory that holds manifest.json",
  },
} as const satisfies FaultTable;

export const modelFault = faultsOf(modelFaultTable);
