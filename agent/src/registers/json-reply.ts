// The text of a reply → its JSON document, or why it is not one we may use. Pure. Nothing of it is ever merged into an object of ours.

const maxDepth = 64;
/** Members and elements, all together. */
const maxItems = 100_000;

/** The document, or why there is none, to be said of the reply. A name that stands twice in one object is refused: which of the two would be meant? */
export function parseJsonReply(text: string): { readonly document: unknown } | string {
  const size = sizeOf(text);
  if (size.depth > maxDepth) return `has more than ${maxDepth} levels`;
  if (size.separators > maxItems) return `has more than ${maxItems} members`;
  try {
    const document: unknown = JSON.parse(text);
    return namesIn(document) === size.names ? { document } : "names a member twice";
  } catch {
    return "is not a JSON document";
  }
}

// Before anything is built: how deep it goes, and how many names and separators stand outside of texts.
function sizeOf(text: string): { depth: number; names: number; separators: number } {
  let [depth, deepest, names, separators, isText] = [0, 0, 0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (isText) {
      if (char === "\\") i++;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === "{" || char === "[") deepest = Math.max(deepest, ++depth);
    else if (char === "}" || char === "]") depth--;
    else if (char === ":") names++;
    else if (char === ",") separators++;
  }
  return { depth: deepest, names, separators };
}

function namesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const members: unknown[] = Object.values(value);
  return members.reduce<number>((sum, member) => sum + namesIn(member), Array.isArray(value) ? 0 : members.length);
}
